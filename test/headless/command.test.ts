/** The command itself, bundled and run as a process of its own. */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { MEASURE_NAMES } from '../../src/runs/measures';
import type {
  ConversationRecord,
  EvaluationRecord,
  EvaluationTable,
  SftMetrics,
  StepMetrics,
} from '../../src/runs/record';
import { ROOT } from '../support/device';

/** Every key of the type, which is how a new metric without a test shows. */
const STEP: Record<keyof StepMetrics, true> = {
  step: true,
  reward: true,
  score: true,
  reward_std: true,
  frac_reward_zero_std: true,
  frac_all_good: true,
  frac_all_bad: true,
  success: true,
  turns: true,
  validity: true,
  entropy: true,
  kl: true,
  policy_loss: true,
  'clip_ratio/low_mean': true,
  'clip_ratio/high_mean': true,
  'clip_ratio/region_mean': true,
  grad_norm: true,
  learning_rate: true,
  'completions/mean_length': true,
  rollouts_with_person: true,
  num_tokens: true,
  step_time: true,
  rollout_time: true,
  train_time: true,
  other_time: true,
  num_tensors: true,
  num_bytes: true,
  peak_memory: true,
};
const EVALUATION: Record<Exclude<keyof EvaluationRecord, 'gyms'>, true> = {
  step: true,
  split: true,
  decoding: true,
  episodes: true,
  reward: true,
  score: true,
  score_ci95: true,
  success: true,
  turns: true,
  validity: true,
};
const SFT: Record<Exclude<keyof SftMetrics, 'validity'>, true> = {
  step: true,
  loss: true,
  grad_norm: true,
  learning_rate: true,
  num_tokens: true,
  step_time: true,
};

const turnwise = (...args: string[]) =>
  new Promise<{ code: number; out: string; err: string }>((resolve) => {
    execFile(process.execPath, [join(ROOT, 'bin/turnwise.js'), ...args], (error, out, err) =>
      resolve({ code: typeof error?.code === 'number' ? error.code : error ? -1 : 0, out, err }),
    );
  });
const settings = (more: object = {}) =>
  JSON.stringify({
    tasksPerStep: 1,
    groupSize: 2,
    maxTurns: 2,
    evaluationEpisodes: 8,
    evaluateEvery: 2,
    sftBatch: 2,
    loraRank: 2,
    ...more,
  });
type Line = { readonly kind: string } & Readonly<Record<string, unknown>>;
const lines = (out: string) =>
  out
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Line);
const keys = ({ kind: _, ...rest }: Line) => Object.keys(rest).sort();

describe('turnwise', { timeout: 120_000 }, () => {
  beforeAll(async () => {
    const { buildHeadless } = (await import('../../scripts/build-headless.mjs' as string)) as {
      buildHeadless(): Promise<void>;
    };
    await buildHeadless();
  }, 120_000);

  it('train --json prints every metric of every step', async () => {
    const { code, out, err } = await turnwise(
      'train',
      '--json',
      '--steps',
      '2',
      '--device',
      'wasm',
      '--settings',
      settings(),
    );
    expect({ code, err }).toMatchObject({
      code: 0,
      err: expect.stringMatching(/^turnwise: computing on wasm/) as string,
    });
    const printed = lines(out);
    expect(printed.map(({ kind, step, decoding }) => [kind, step, decoding])).toEqual([
      ['evaluation', 0, 'sampled'],
      ['evaluation', 0, 'greedy'],
      ['step', 1, undefined],
      ['step', 2, undefined],
      ['evaluation', 2, 'sampled'],
      ['evaluation', 2, 'greedy'],
    ]);
    for (const line of printed) {
      expect(keys(line)).toEqual(Object.keys(line.kind === 'step' ? STEP : EVALUATION).sort());
      for (const [name, value] of Object.entries(line)) {
        if (!['kind', 'split', 'decoding'].includes(name))
          expect({ name, finite: Number.isFinite(value) }).toEqual({ name, finite: true });
      }
    }
  });

  it('sft --json prints every update, the validity with the last', async () => {
    const { code, out } = await turnwise(
      'sft',
      '--json',
      '--steps',
      '3',
      '--device',
      'wasm',
      '--settings',
      settings(),
    );
    expect(code).toBe(0);
    const printed = lines(out);
    expect(printed.map(({ kind, step }) => [kind, step])).toEqual([
      ['sft', 1],
      ['sft', 2],
      ['sft', 3],
      ['evaluation', 0],
      ['evaluation', 0],
    ]);
    expect(keys(printed[0]!)).toEqual(Object.keys(SFT).sort());
    expect(keys(printed[2]!)).toEqual([...Object.keys(SFT), 'validity'].sort());
  });

  it('train --cold-start makes the cold start first', async () => {
    const { code, out } = await turnwise(
      'train',
      '--cold-start',
      '--json',
      '--steps',
      '1',
      '--device',
      'wasm',
      '--settings',
      settings({ evaluateEvery: 0, sftSteps: 2 }),
    );
    expect(code).toBe(0);
    expect(lines(out).map(({ kind }) => kind)).toEqual(['sft', 'sft', 'step']);
  });

  it('play prints conversations, the same ones each time', async () => {
    const play = (...more: string[]) =>
      turnwise('play', '--device', 'cpu', '--episodes', '2', '--settings', settings(), ...more);
    const { code, out } = await play('--json');
    expect(code).toBe(0);
    const conversations = lines(out) as unknown as (Line & ConversationRecord)[];
    expect(conversations.map(({ kind, task }) => [kind, task])).toEqual([
      ['conversation', 'intention/test-0000'],
      ['conversation', 'intention/test-0001'],
    ]);
    for (const { turns, reward, score } of conversations) {
      expect(turns.length).toBeGreaterThan(0);
      expect(turns.length).toBeLessThanOrEqual(2);
      expect(turns.reduce((sum, turn) => sum + turn.reward, 0)).toBeCloseTo(reward, 9);
      expect(score).toBeGreaterThanOrEqual(0);
    }
    expect((await play('--json')).out).toBe(out);
    const [first, opening] = (await play()).out.split('\n');
    expect(first).toMatch(/^intention\/test-0000: .* in all, \d+ % of what was possible$/);
    expect(opening).toBe(`user    ${conversations[0]!.opening}`);
  });

  it('eval prints a table for people', async () => {
    const { code, out } = await turnwise(
      'eval',
      '--device',
      'cpu',
      '--episodes',
      '4',
      '--settings',
      settings(),
    );
    expect(code).toBe(0);
    const [title, blank, user, players, ...measures] = out.trimEnd().split('\n');
    expect([title, blank, user]).toEqual([
      expect.stringMatching(
        /^comparison at step 0: test tasks, greedy, at most 2 turns; mean \[95 % interval\]$/,
      ),
      '',
      'user plain, gym intention, 4 tasks',
    ]);
    expect(players?.trim().split(/ {2,}/)).toEqual(['Random', 'SFT-only', 'Oracle']);
    expect(measures).toHaveLength(MEASURE_NAMES.length);
    const estimate = String.raw`\d\.\d{3} \[\d\.\d{3}, \d\.\d{3}\]`;
    for (const line of measures)
      expect(line).toMatch(new RegExp(`^  [A-Z].* ${estimate} +${estimate} +${estimate}$`));
  });

  it('trains with one user and tests with others, saves that, and evaluates it again to the same numbers', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'turnwise-'));
    const adapter = join(folder, 'learnt.safetensors');
    const shared = ['--json', '--device', 'wasm'];
    const trained = await turnwise(
      ...['train', ...shared, '--steps', '2', '--user-strength', 'terse', '--save', adapter],
      ...[
        '--eval-users',
        'plain,noisy',
        '--eval-episodes',
        '6',
        '--settings',
        settings({ evaluateEvery: 0 }),
      ],
    );
    expect(trained.code).toBe(0);
    const last = lines(trained.out).at(-1)! as Line & EvaluationTable;
    expect(last).toMatchObject({ kind: 'comparison', step: 2, settings: { userStrength: 'terse' } });
    expect(last.rows.map(({ user, player }) => `${user} ${player}`)).toEqual(
      ['plain', 'noisy'].flatMap((user) =>
        ['random', 'sft', 'trained', 'oracle'].map((player) => `${user} ${player}`),
      ),
    );
    const again = () =>
      turnwise('eval', ...shared, '--adapter', adapter, '--users', 'plain,noisy', '--episodes', '6');
    const { code, out } = await again();
    expect(code).toBe(0);
    expect(lines(out)).toEqual([last]);
    expect((await again()).out).toBe(out);
    rmSync(folder, { recursive: true });
  });

  it('exits with 2 where it is misused, and with 0 where it is asked for help', async () => {
    const misused = await turnwise('train', '--steps', '0');
    expect(misused).toMatchObject({ code: 2, out: '' });
    expect(misused.err.trimEnd().split('\n')).toHaveLength(1);
    expect(await turnwise('--help')).toMatchObject({ code: 0, err: '' });
  });
});
