/** The command line: what it understands, and what it says about what it does not. */
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { main } from '../../src/headless/main';
import { parseOptions } from '../../src/headless/options';
import { UsageError } from '../../src/headless/sources';
import { writeSafetensors } from '../../src/policy/safetensors';
import { DEFAULT_SETTINGS } from '../../src/runs/settings';
import { Session } from '../../src/training/session';
import { ROOT } from '../support/device';

const folder = mkdtempSync(join(tmpdir(), 'turnwise-'));
const file = (name: string, content: string) => {
  writeFileSync(join(folder, name), content);
  return join(folder, name);
};
afterAll(() => rmSync(folder, { recursive: true }));

let out = '';
let err = '';
beforeEach(() => {
  out = err = '';
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => ((out += String(text)), true));
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => ((err += String(text)), true));
});
afterEach(() => void vi.restoreAllMocks());

describe('options', () => {
  it('come with defaults', () => {
    expect(parseOptions(['train'])).toEqual({
      command: 'train',
      settings: DEFAULT_SETTINGS,
      steps: undefined,
      device: 'auto',
      coldStart: false,
      json: false,
    });
  });
  it('are all understood', () => {
    const settings = '{"seed": 3, "turnMethod": "em"}';
    const expected = {
      command: 'train',
      steps: 7,
      device: 'wasm',
      coldStart: true,
      json: true,
      settings: { ...DEFAULT_SETTINGS, seed: 3, turnMethod: 'em' },
    };
    expect(
      parseOptions([
        'train',
        '--settings',
        settings,
        '--steps',
        '7',
        '--device',
        'wasm',
        '--cold-start',
        '--json',
      ]),
    ).toEqual(expected);
    expect(
      parseOptions([
        '--json',
        '--cold-start',
        '--device=wasm',
        '--steps=7',
        `--settings=${file('some.json', settings)}`,
        'train',
      ]),
    ).toEqual(expected);
  });
  it('are the settings too, each by its name', () => {
    expect(
      parseOptions([
        'train',
        '--user-strength',
        'terse',
        '--group-size=16',
        '--learning-rate',
        '1e-3',
        '--round',
        'true',
        '--beta-1',
        '0.8',
        '--settings',
        '{"groupSize": 4, "seed": 2}',
      ])?.settings,
    ).toEqual({
      ...DEFAULT_SETTINGS,
      userStrength: 'terse',
      groupSize: 16,
      learningRate: 1e-3,
      round: true,
      beta1: 0.8,
      seed: 2,
    });
  });
  it('say whom eval plays with: the user of the settings, or others', () => {
    expect(parseOptions(['eval', '--user-strength', 'noisy'])?.comparison).toEqual({
      users: ['noisy'],
      episodes: null,
    });
    expect(
      parseOptions(['eval', '--users', 'plain, terse,plain', '--gyms', 'tau,search', '--episodes', '9'])
        ?.comparison,
    ).toEqual({ users: ['plain', 'terse'], gyms: ['tau', 'search'], episodes: 9 });
  });
  it('make training end with a comparison only where it is asked for', () => {
    expect(parseOptions(['train'])?.comparison).toBeUndefined();
    expect(
      parseOptions(['train', '--user-strength', 'terse', '--eval-users', 'plain,noisy'])?.comparison,
    ).toEqual({ users: ['plain', 'noisy'], episodes: null });
    expect(parseOptions(['sft', '--eval-episodes', '3'])?.comparison).toEqual({
      users: ['plain'],
      episodes: 3,
    });
  });
  it('take the settings that an adapter was trained with, and change them where told to', () => {
    const trained = { ...DEFAULT_SETTINGS, loraRank: 3, userStrength: 'terse', maxTurns: 4 } as const;
    const adapter = join(folder, 'adapter.safetensors');
    const bytes = writeSafetensors(new Map(), {
      kind: 'turnwise-adapter',
      step: '7',
      checkpoint_sha256: '0'.repeat(64),
      settings: JSON.stringify(trained),
    });
    writeFileSync(adapter, bytes);
    const options = parseOptions(['eval', '--adapter', adapter, '--max-turns', '6']);
    expect(options?.adapter?.step).toBe(7);
    expect(options?.settings).toEqual({ ...trained, maxTurns: 6 });
    expect(options?.comparison?.users).toEqual(['terse']);
  });
  it('make --steps the length of a cold start', () => {
    expect(parseOptions(['sft', '--steps', '12'])?.settings.sftSteps).toBe(12);
    expect(parseOptions(['sft', '--steps', '12', '--settings', '{"sftSteps": 99}'])?.settings.sftSteps).toBe(
      12,
    );
    expect(parseOptions(['sft'])?.settings.sftSteps).toBe(DEFAULT_SETTINGS.sftSteps);
  });
  it.each([[[]], [['--help']], [['train', '-h']]])('ask for help with %j', async (args) => {
    expect(parseOptions(args)).toBeUndefined();
    expect(await main(args, ROOT)).toBe(0);
    expect(out).toMatch(/^Usage: turnwise <command>/);
    expect(err).toBe('');
  });
});

describe('misuse ends with code 2 and one message', () => {
  it.each([
    [
      'an unknown command',
      ['trian'],
      /There is no command "trian"\. Commands are train, sft, eval, play, record\./,
    ],
    ['one word too many', ['train', 'now', 'please'], /Do not know what to do with "now please"/],
    ['an unknown option', ['train', '--jsno'], /There is no option --jsno\. Did you mean --json\?/],
    ['a misspelt setting', ['train', '--grop-size', '4'], /--grop-size\. Did you mean --group-size\?/],
    ['a setting in words', ['train', '--group-size', 'four'], /groupSize: must be a number/],
    ['an unknown user', ['eval', '--users', 'plain,shy'], /There is no user "shy".* helpful, plain, terse/],
    ['no user', ['eval', '--users', ''], /There is no user ""/],
    ['an unknown gym', ['eval', '--gyms', 'all'], /There is no gym "all".* travel, turtle/],
    ['no episodes', ['eval', '--episodes', '0'], /--episodes must be a whole number from 1/],
    ['an option of another command', ['train', '--users', 'plain'], /--users is for eval, not for train/],
    ['training users in eval', ['eval', '--eval-users', 'plain'], /for train and sft, not for eval/],
    ['nothing to save', ['eval', '--save', 'a.safetensors'], /--save is for train and sft/],
    [
      'a folder that is not there',
      ['train', '--save', join(folder, 'no/such/a.safetensors')],
      /--save: there is no folder/,
    ],
    [
      'an adapter that is not there',
      ['eval', '--adapter', join(folder, 'none.safetensors')],
      /The file ".*none\.safetensors" is not there/,
    ],
    ['an option without its value', ['train', '--settings'], /--settings/],
    [
      'an unknown device',
      ['train', '--device', 'gpu'],
      /There is no device "gpu"\. Devices are auto, webgpu, wasm, cpu\./,
    ],
    ['no steps', ['train', '--steps', '0'], /--steps must be a whole number from 1, not "0"/],
    ['half a step', ['train', '--steps', '1.5'], /--steps.*"1\.5"/],
    ['steps in words', ['train', '--steps', 'many'], /--steps.*"many"/],
    ['steps backwards', ['train', '--steps=-3'], /--steps.*"-3"/],
    ['steps without a number', ['train', '--steps', ''], /--steps/],
    [
      'an unknown setting',
      ['train', '--settings', '{"gropSize": 4}'],
      /no setting is called "gropSize"; did you mean groupSize\?/,
    ],
    [
      'a setting out of range',
      ['train', '--settings', '{"groupSize": 1000}'],
      /groupSize: must be a whole number between 1 and 64, but got 1000/,
    ],
    ['half a rollout', ['train', '--settings', '{"groupSize": 1.5}'], /groupSize: must be a whole number/],
    [
      'a setting of the wrong type',
      ['train', '--settings', '{"groupSize": "8"}'],
      /groupSize: must be a number/,
    ],
    [
      'a choice that is none',
      ['train', '--settings', '{"turnMethod": "best"}'],
      /turnMethod: must be one of equalized, naive, r2g, em/,
    ],
    [
      'settings that are no JSON',
      ['train', '--settings', '{"groupSize": }'],
      /The settings are not valid JSON/,
    ],
    [
      'a settings file that is not there',
      ['train', '--settings', join(folder, 'none.json')],
      /The settings file ".*none\.json" cannot be read/,
    ],
    [
      'a settings file that is no JSON',
      ['train', '--settings', file('broken.json', 'seed = 3')],
      /broken\.json" is not valid JSON/,
    ],
    [
      'a settings file with a list',
      ['train', '--settings', file('list.json', '[1, 2]')],
      /settings must be an object/,
    ],
    [
      'a settings file with nothing',
      ['sft', '--steps', '3', '--settings', file('null.json', 'null')],
      /settings must be an object/,
    ],
    ['a recording that has no place', ['record'], /--out FILE/],
    [
      'a recording in a folder that is none',
      ['record', '--out', join(ROOT, 'none', 'run.json')],
      /--out: there is no folder ".*none"/,
    ],
    [
      'a file that nothing is written to',
      ['train', '--out', 'run.json'],
      /--out is for record, not for train/,
    ],
    ['a cold start that is too long', ['sft', '--steps', '100000'], /sftSteps/],
  ])('for %s', async (_, args, message) => {
    expect(() => parseOptions(args)).toThrow(UsageError);
    expect(await main(args, ROOT)).toBe(2);
    expect(err).toMatch(message);
    expect(err.match(/turnwise: /g)).toHaveLength(1);
    expect(err.endsWith('\n')).toBe(true);
    expect(err).not.toMatch(/\n\s+at /);
    expect(out).toBe('');
  });
  it('names every setting that is wrong', async () => {
    expect(await main(['train', '--settings', '{"groupSize": 0, "sed": 1, "std": "none"}'], ROOT)).toBe(2);
    for (const name of ['groupSize', 'sed', 'std'])
      expect(err).toMatch(new RegExp(`^  - .*\\b${name}\\b`, 'm'));
  });
});

describe('what cannot be done ends with code 1 and one message', () => {
  it('where the checkpoint is missing', async () => {
    expect(await main(['train', '--device', 'cpu'], folder)).toBe(1);
    expect(err).toContain(join(folder, 'models', 'nano'));
    expect(err).toContain('is not there or cannot be read.');
    expect(err).not.toMatch(/\n\s+at /);
    expect(out).toBe('');
  });
  it('where the adapter is no adapter', async () => {
    expect(await main(['eval', '--adapter', file('text.safetensors', 'not at all safe')], ROOT)).toBe(1);
    expect(err).toMatch(/^turnwise: .*text\.safetensors is broken: /);
    expect(err).not.toMatch(/\n\s+at /);
  });
  it('where a gym to compare in is not known to the policy, before anything is trained', async () => {
    // A policy that has never heard of apartments.
    const untaught = join(folder, 'untaught');
    cpSync(join(ROOT, 'models', 'nano'), join(untaught, 'models', 'nano'), { recursive: true });
    const tokenizer = join(untaught, 'models', 'nano', 'tokenizer.json');
    writeFileSync(tokenizer, readFileSync(tokenizer, 'utf8').replace('"apartment"', '"igloo"'));
    expect(await main(['train', '--device', 'cpu', '--eval-gyms', 'travel'], untaught)).toBe(1);
    expect(err).toMatch(/does not know 1 of the \d+ words of travel/);
    expect(out).toBe('');
  });
  it('where the device does not start', async () => {
    expect(await main(['train', '--device', 'wasm'], folder)).toBe(1);
    expect(err).toMatch(/^turnwise: Cannot compute on wasm: .*kernels\/plain\.wasm/);
    expect(err).not.toMatch(/\n\s+at /);
  });
});

describe('compilation', () => {
  const evaluate = () =>
    main(['eval', '--device', 'cpu', '--settings', '{"maxTurns": 1}', '--episodes', '4'], ROOT);
  it('is announced once, before the first result', async () => {
    vi.spyOn(Session.prototype, 'warmUp').mockImplementation((_, onProgress) => {
      expect(out).toBe('');
      for (let done = 0; done <= 3; done++) onProgress?.(done, 3);
      return Promise.resolve(3);
    });
    expect(await evaluate()).toBe(0);
    expect(err).toMatch(/^turnwise: computing on cpu .*\nturnwise: compiling 3 programs\n$/);
    expect(out).toMatch(/^comparison/);
  });
  it('is not spoken of where there is nothing to compile', async () => {
    expect(await evaluate()).toBe(0);
    expect(err).toMatch(/^turnwise: computing on cpu .*\n$/);
  });
});

describe('a gym of one’s own', () => {
  const table = join(folder, 'table.csv');
  const parse = (text: string, ...more: string[]) => {
    writeFileSync(table, text);
    return parseOptions(['train', '--own', table, ...more]);
  };
  it('is made from the table that is named', () => {
    const options = parse('bird,can fly\nowl,yes\nemu,no', '--seed', '3');
    expect(options?.settings).toEqual({ ...DEFAULT_SETTINGS, gym: 'own', seed: 3 });
    expect(options?.table).toMatchObject({ kind: 'things', noun: 'bird' });
  });
  it('is refused in words where table and settings do not go together', () => {
    expect(() => parse('bird,can fly\nowl,yes\nemu,who knows')).toThrow(/cannot be used:\n {2}- row 3/);
    expect(() => parse('bird,can fly\nowl,yes\nemu,no', '--gym', 'travel')).toThrow(/ask for "travel"/);
    expect(() => parseOptions(['train', '--gym', 'own'])).toThrow(/name its file with --own/);
    expect(() => parseOptions(['train', '--own', join(folder, 'none.csv')])).toThrow(/cannot be read/);
  });
});
