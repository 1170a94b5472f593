/** The command line, parsed and checked. */
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import type { DevicePreference } from '../kernels/device';
import type { Settings } from '../runs/settings';
import { parseSettings } from '../runs/validate';

export const USAGE = `Usage: turnwise <command> [options]

Commands
  train   reinforcement learning (GRPO), one line a step
  sft     the supervised cold start, one line an update
  eval    play the test tasks, sampled and greedy

Options
  --settings FILE|JSON   settings that differ from the defaults, e.g. '{"seed": 1, "groupSize": 16}'
  --steps N              how many steps (train: 100 by default; sft: the setting sftSteps)
  --device NAME          auto (default), webgpu, wasm or cpu
  --cold-start           train: make the cold start first
  --json                 print one JSON object a line instead of a table
  --help                 this text
`;

/** Something on the command line cannot be used; `message` says what. */
export class UsageError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'UsageError';
  }
}

const COMMANDS = ['train', 'sft', 'eval'] as const;
export type Command = (typeof COMMANDS)[number];
const DEVICES: readonly DevicePreference[] = ['auto', 'webgpu', 'wasm', 'cpu'];

export interface Options {
  readonly command: Command;
  readonly settings: Settings;
  readonly steps: number | undefined;
  readonly device: DevicePreference;
  readonly coldStart: boolean;
  readonly json: boolean;
}

/** Parses what follows `turnwise`. `undefined` asks for the usage text. Throws a `UsageError`. */
export function parseOptions(args: readonly string[]): Options | undefined {
  const { values, positionals } = parse(args);
  if (values.help || positionals.length === 0) return undefined;
  const [name, ...rest] = positionals;
  const command = COMMANDS.find((known) => known === name);
  if (!command) throw new UsageError(`There is no command "${name}". Commands are ${COMMANDS.join(', ')}.`);
  if (rest.length) throw new UsageError(`Do not know what to do with "${rest.join(' ')}".`);
  const device = DEVICES.find((known) => known === (values.device ?? 'auto'));
  if (!device)
    throw new UsageError(`There is no device "${values.device}". Devices are ${DEVICES.join(', ')}.`);
  const steps = values.steps === undefined ? undefined : Number(values.steps);
  if (steps !== undefined && !(Number.isInteger(steps) && steps >= 1)) {
    throw new UsageError(`--steps must be a whole number from 1, not "${values.steps}".`);
  }
  const given = values.settings === undefined ? {} : readSettings(values.settings);
  const parsed = parseSettings(command === 'sft' && steps ? withSteps(given, steps) : given);
  if (!parsed.ok)
    throw new UsageError(
      `The settings cannot be used:\n${parsed.problems.map((problem) => `  - ${problem}`).join('\n')}`,
    );
  return {
    command,
    settings: parsed.settings,
    steps,
    device,
    coldStart: values['cold-start'] ?? false,
    json: values.json ?? false,
  };
}

/** For `sft`, --steps is the setting `sftSteps`: the learning rate's cosine has to know where it ends. */
function withSteps(given: unknown, steps: number): unknown {
  return typeof given === 'object' && given !== null ? { ...given, sftSteps: steps } : given;
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        settings: { type: 'string' },
        steps: { type: 'string' },
        device: { type: 'string' },
        'cold-start': { type: 'boolean' },
        json: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

function readSettings(source: string): unknown {
  const inline = source.trimStart().startsWith('{');
  let text = source;
  if (!inline) {
    try {
      text = readFileSync(source, 'utf8');
    } catch {
      throw new UsageError(`The settings file "${source}" cannot be read.`);
    }
  }
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw new UsageError(
      `${inline ? 'The settings are' : `"${source}" is`} not valid JSON: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}
