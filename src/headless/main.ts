/** The same training as in the page, from a terminal. */
import { join } from 'node:path';
import { deviceFault, NoDeviceError, openDevice } from '../kernels/device';
import { CheckpointError } from '../policy/errors';
import type { EvaluationRecord, SftMetrics, StepMetrics } from '../runs/record';
import { DivergedError } from '../training/grpo';
import { Session } from '../training/session';
import { nodeHost, readFrom } from './host';
import { parseOptions, USAGE, UsageError, type Options } from './options';

const DEFAULT_STEPS = 100;

/** Runs the command line. Returns the exit code: 0 done, 1 failed, 2 misused. `root` is the project's folder. */
export async function main(args: readonly string[], root: string): Promise<number> {
  try {
    const options = parseOptions(args);
    if (!options) {
      process.stdout.write(USAGE);
      return 0;
    }
    await run(options, root);
    return 0;
  } catch (error) {
    const expected =
      error instanceof UsageError ||
      error instanceof NoDeviceError ||
      error instanceof CheckpointError ||
      error instanceof DivergedError;
    process.stderr.write(
      `turnwise: ${expected ? error.message : error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
    );
    return error instanceof UsageError ? 2 : 1;
  }
}

async function run(options: Options, root: string): Promise<void> {
  const { command, settings, device, json } = options;
  const report = await openDevice(nodeHost(root), device);
  process.stderr.write(`turnwise: computing on ${report.device} (${report.detail}): ${report.reason}\n`);
  const lost = deviceFault().then((message) => {
    throw new NoDeviceError(`The graphics device failed: ${message}. Run again, or use --device wasm.`);
  });
  const session = await Session.open(settings, (name) => readFrom(join(root, 'models', name)));
  try {
    const print = json ? printJson : printRow;
    const work = async () => {
      await compile(session);
      await (command === 'eval' ? evaluateBoth(session, print) : train(session, options, print));
    };
    await Promise.race([work(), lost]);
  } finally {
    session.dispose();
  }
}

/** Before anything is printed, and announced: on a GPU it may take a while in which nothing else is said. */
async function compile(session: Session): Promise<void> {
  let announced = false;
  await session.warmUp(undefined, (_, total) => {
    if (announced || total === 0) return;
    announced = true;
    process.stderr.write(`turnwise: compiling ${total} ${total === 1 ? 'program' : 'programs'}\n`);
  });
}

type Line = StepMetrics | SftMetrics | EvaluationRecord;
type Print = (kind: 'step' | 'sft' | 'evaluation', line: Line) => void;

async function train(
  session: Session,
  { command, settings, steps = DEFAULT_STEPS, coldStart }: Options,
  print: Print,
): Promise<void> {
  if (command === 'sft' || coldStart) {
    while (!session.coldStartDone) print('sft', await session.coldStartStep());
  }
  if (command === 'sft') return evaluateBoth(session, print);
  const every = settings.evaluateEvery;
  if (every > 0) await evaluateBoth(session, print);
  while (session.steps < steps) {
    print('step', (await session.trainStep()).metrics);
    if (every > 0 && (session.steps % every === 0 || session.steps === steps))
      await evaluateBoth(session, print);
  }
}

async function evaluateBoth(session: Session, print: Print): Promise<void> {
  for (const decoding of ['sampled', 'greedy'] as const)
    print('evaluation', await session.evaluate(decoding));
}

const printJson: Print = (kind, line) => process.stdout.write(`${JSON.stringify({ kind, ...line })}\n`);

/** The numbers one watches, as a line of text. */
const COLUMNS: readonly string[] = [
  'decoding',
  'loss',
  'score',
  'reward',
  'success',
  'turns',
  'validity',
  'entropy',
  'kl',
  'step_time',
  'peak_memory',
];

const printRow: Print = (kind, line) => {
  const values = line as unknown as Record<string, number | string | undefined>;
  const cells = COLUMNS.flatMap((name) => {
    const value = values[name];
    if (value === undefined) return [];
    if (name === 'peak_memory') return [`peak ${(Number(value) / 2 ** 20).toFixed(1)} MiB`];
    return [`${name} ${typeof value === 'number' ? value.toFixed(3) : value}`];
  });
  process.stdout.write(`${kind.padEnd(10)} ${String(line.step).padStart(4)}  ${cells.join('  ')}\n`);
  if (!('gyms' in line)) return;
  for (const { gym, score, score_ci95, success, episodes } of line.gyms ?? []) {
    const numbers = `score ${score.toFixed(3)} ± ${score_ci95.toFixed(3)}  success ${success.toFixed(3)}`;
    process.stdout.write(`${' '.repeat(17)}${gym.padEnd(10)} ${numbers}  episodes ${episodes}\n`);
  }
};
