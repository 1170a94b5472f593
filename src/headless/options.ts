/** The command line, parsed and checked. */
import { existsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import type { DevicePreference } from '../kernels/device';
import { GYM_NAMES, OWN } from '../gyms/options';
import type { OwnTable } from '../gyms/own/table';
import { readAdapter, type AdapterFile } from '../runs/adapter-file';
import { nearestName } from '../runs/nearest';
import { SETTING_KEYS, type SettingKey, type Settings } from '../runs/settings';
import { parseSettings, readValue } from '../runs/validate';
import type { ComparisonRequest } from '../training/session';
import { USER_STRENGTHS } from '../users/types';
import { readBytes, readJson, readTable, UsageError } from './sources';

export const USAGE = `Usage: turnwise <command> [options]

Commands
  train   reinforcement learning (GRPO), one line a step
  sft     the supervised cold start, one line an update
  eval    play every test task, greedily, with every player: random, before and after learning, oracle
  play    play some test tasks, sampled, and print the conversations
  record  train, and write the run to a file that the page can show

Options
  --settings FILE|JSON   settings that differ from the defaults, e.g. '{"seed": 1, "groupSize": 16}'
  --SETTING VALUE        one setting by its name, e.g. --seed 1 --group-size 16 --user-strength terse
  --own FILE             a gym of your own from a table (CSV or JSON), or one of UserRL's data files
  --steps N              how many steps (train, record: 100 by default; sft: the setting sftSteps)
  --device NAME          auto (default), webgpu, wasm or cpu
  --cold-start           train, record: make the cold start first
  --save FILE            train, sft: write what was learnt, as safetensors
  --out FILE             record: where to write the run
  --json                 print one JSON object a line instead of a table
  --help                 this text

Evaluation: with eval, or after train and sft by the names in brackets
  --adapter FILE         eval, play: what was learnt, from --save, with the settings it was learnt under
  --users A,B            [--eval-users] users to talk with: ${USER_STRENGTHS.join(', ')}
  --gyms A,B             [--eval-gyms] other gyms than those of the run: ${GYM_NAMES.join(', ')}
  --episodes N           [--eval-episodes] at most so many test tasks of a gym; all by default (play: 3)

Train with one user, test with others:
  turnwise train --user-strength terse --steps 60 --eval-users plain,noisy
`;

const COMMANDS = ['train', 'sft', 'eval', 'play', 'record'] as const;
export type Command = (typeof COMMANDS)[number];
const DEVICES: readonly DevicePreference[] = ['auto', 'webgpu', 'wasm', 'cpu'];

export interface Options {
  readonly command: Command;
  readonly settings: Settings;
  /** What the gym `own` is made from. */
  readonly table: OwnTable | undefined;
  readonly steps: number | undefined;
  readonly device: DevicePreference;
  readonly coldStart: boolean;
  readonly json: boolean;
  /** Where the adapter is to go. */
  readonly save: string | undefined;
  /** Where `record` writes; the other commands have no such file. */
  readonly out: string | undefined;
  readonly adapter: AdapterFile | undefined;
  /** play: how many conversations. */
  readonly episodes: number | undefined;
  /** The comparison of players at the end, if there is to be one. */
  readonly comparison: ComparisonRequest | undefined;
}

/** `--group-size` for groupSize. */
const optionOf = (key: SettingKey): string => key.replace(/[A-Z]|\d+/g, (part) => `-${part.toLowerCase()}`);
const SETTING_OPTIONS = new Map(SETTING_KEYS.map((key) => [optionOf(key), key]));

const text = { type: 'string' } as const;
const flag = { type: 'boolean' } as const;
const OPTIONS = {
  settings: text,
  own: text,
  steps: text,
  device: text,
  'cold-start': flag,
  save: text,
  out: text,
  json: flag,
  help: { ...flag, short: 'h' },
  adapter: text,
  users: text,
  gyms: text,
  episodes: text,
  'eval-users': text,
  'eval-gyms': text,
  'eval-episodes': text,
} as const;

/** Options that only some commands have. */
const BELONGS: Readonly<Partial<Record<keyof typeof OPTIONS, readonly Command[]>>> = {
  'cold-start': ['train', 'record'],
  save: ['train', 'sft'],
  out: ['record'],
  adapter: ['eval', 'play'],
  users: ['eval'],
  gyms: ['eval'],
  episodes: ['eval', 'play'],
  'eval-users': ['train', 'sft'],
  'eval-gyms': ['train', 'sft'],
  'eval-episodes': ['train', 'sft'],
};

/** Parses what follows `turnwise`. `undefined` asks for the usage text. Throws a `UsageError`. */
export function parseOptions(args: readonly string[]): Options | undefined {
  const { values, settings: single, positionals } = parse(args);
  if (values.help || positionals.length === 0) return undefined;
  const [name, ...rest] = positionals;
  const command = COMMANDS.find((known) => known === name);
  if (!command) throw new UsageError(`There is no command "${name}". Commands are ${COMMANDS.join(', ')}.`);
  if (rest.length) throw new UsageError(`Do not know what to do with "${rest.join(' ')}".`);
  for (const option of Object.keys(values) as (keyof typeof OPTIONS)[]) {
    const commands = BELONGS[option];
    if (commands && !commands.includes(command))
      throw new UsageError(`--${option} is for ${commands.join(' and ')}, not for ${command}.`);
  }
  if (command === 'record' && values.out === undefined)
    throw new UsageError('record needs to know where to write the run: --out FILE.');
  const device = DEVICES.find((known) => known === (values.device ?? 'auto'));
  if (!device)
    throw new UsageError(`There is no device "${values.device}". Devices are ${DEVICES.join(', ')}.`);
  for (const option of ['save', 'out'] as const) {
    const file = values[option];
    if (file !== undefined && !existsSync(dirname(resolve(file))))
      throw new UsageError(`--${option}: there is no folder "${dirname(file)}".`);
  }

  const steps = wholeNumber('steps', values.steps);
  const adapter =
    values.adapter === undefined ? undefined : readAdapter(readBytes(values.adapter), values.adapter);
  const table = values.own === undefined ? undefined : readTable(values.own);
  const parsed = parseSettings(
    layered([
      adapter?.settings,
      // Whoever names a table means its gym.
      table && { gym: OWN },
      values.settings === undefined ? undefined : readJson(values.settings),
      single,
      // The learning rate's cosine has to know where it ends.
      command === 'sft' && steps !== undefined ? { sftSteps: steps } : undefined,
    ]),
  );
  if (!parsed.ok)
    throw new UsageError(
      `The settings cannot be used:\n${parsed.problems.map((problem) => `  - ${problem}`).join('\n')}`,
    );
  if (parsed.settings.gym === OWN && !table)
    throw new UsageError('The gym "own" is made from a table; name its file with --own.');
  if (table && parsed.settings.gym !== OWN)
    throw new UsageError(
      `--own makes a gym from a table, but the settings ask for "${parsed.settings.gym}".`,
    );
  return {
    command,
    settings: parsed.settings,
    table,
    steps,
    device,
    coldStart: values['cold-start'] ?? false,
    json: values.json ?? false,
    save: values.save,
    out: values.out,
    adapter,
    episodes: wholeNumber('episodes', values.episodes),
    comparison: comparisonOf(command, values, parsed.settings),
  };
}

/** Later layers win. What is no object of settings is handed on alone, to be refused as such. */
function layered(layers: readonly unknown[]): unknown {
  const given = layers.filter((layer) => layer !== undefined);
  const odd = given.find((layer) => typeof layer !== 'object' || layer === null || Array.isArray(layer));
  return odd === undefined ? Object.assign({}, ...(given as object[])) : odd;
}

type Values = ReturnType<typeof parse>['values'];

function comparisonOf(command: Command, values: Values, settings: Settings): ComparisonRequest | undefined {
  if (command === 'play') return undefined;
  const own = command === 'eval' ? '' : 'eval-';
  const users = values[`${own}users`];
  const gyms = values[`${own}gyms`];
  const episodes = values[`${own}episodes`];
  if (command !== 'eval' && users === undefined && gyms === undefined && episodes === undefined)
    return undefined;
  return {
    users: users === undefined ? [settings.userStrength] : listOf(users, USER_STRENGTHS, 'user'),
    ...(gyms !== undefined && { gyms: listOf(gyms, GYM_NAMES, 'gym') }),
    episodes: wholeNumber(`${own}episodes`, episodes) ?? null,
  };
}

/** Names apart by commas, each once. */
function listOf<Name extends string>(given: string, known: readonly Name[], what: string): Name[] {
  const names = given.split(',').map((part) => {
    const name = known.find((one) => one === part.trim());
    if (name === undefined)
      throw new UsageError(`There is no ${what} "${part.trim()}". There are ${known.join(', ')}.`);
    return name;
  });
  return [...new Set(names)];
}

function wholeNumber(option: string, given: string | undefined): number | undefined {
  if (given === undefined) return undefined;
  const value = Number(given);
  if (!(Number.isInteger(value) && value >= 1))
    throw new UsageError(`--${option} must be a whole number from 1, not "${given}".`);
  return value;
}

function parse(args: readonly string[]) {
  const config = {
    args: [...args],
    allowPositionals: true,
    options: { ...Object.fromEntries([...SETTING_OPTIONS.keys()].map((name) => [name, text])), ...OPTIONS },
  } as const;
  try {
    const { values, positionals } = parseArgs(config);
    const settings: Record<string, unknown> = {};
    const others: Record<string, unknown> = {};
    for (const [name, value] of Object.entries(values)) {
      const key = SETTING_OPTIONS.get(name);
      if (key) settings[key] = readValue(key, String(value));
      else others[name] = value;
    }
    return {
      // What is left after the settings are the options that `OPTIONS` gives their types.
      values: others as ReturnType<typeof parseArgs<{ options: typeof OPTIONS }>>['values'],
      settings: Object.keys(settings).length > 0 ? settings : undefined,
      positionals,
    };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const [, unknown] = /^Unknown option '--([^']+)'/.exec(message) ?? [];
    const nearest = unknown && nearestName(unknown, Object.keys(config.options));
    throw new UsageError(nearest ? `There is no option --${unknown}. Did you mean --${nearest}?` : message);
  }
}
