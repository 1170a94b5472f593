/** The same training as in the page, from a terminal. */
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { deviceFault, NoDeviceError, openDevice, type DeviceReport } from '../kernels/device';
import { CheckpointError } from '../policy/errors';
import { decodeInspections, encodeInspections } from '../runs/inspection';
import { readRecording, writeRecording } from '../runs/recording';
import { isDue } from '../runs/settings';
import { DivergedError } from '../training/grpo';
import { Session, type ComparisonRequest } from '../training/session';
import { nodeHost, readFrom, writeWhole } from './host';
import { parseOptions, USAGE, type Options } from './options';
import { jsonPrinter, textPrinter, type Printer } from './print';
import { recordRun } from './record';
import { UsageError } from './sources';

const DEFAULT_STEPS = 100;
const DEFAULT_CONVERSATIONS = 3;

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
  const { settings, table, device, json, adapter } = options;
  const report = await openDevice(nodeHost(root), device);
  process.stderr.write(`turnwise: computing on ${report.device} (${report.detail}): ${report.reason}\n`);
  const lost = deviceFault().then((message) => {
    throw new NoDeviceError(`The graphics device failed: ${message}. Run again, or use --device wasm.`);
  });
  const session = await Session.open(settings, (name) => readFrom(join(root, 'models', name)), table);
  try {
    const printer = json ? jsonPrinter : textPrinter;
    const work = async () => {
      // What cannot be done at the end is better said at the beginning.
      session.checkGyms(options.comparison?.gyms);
      if (adapter) await session.loadAdapter(adapter);
      await announced((progress) => session.warmUp(undefined, progress));
      if (options.out !== undefined) return record(session, options.out, options, report, printer);
      await learn(session, options, printer);
      if (options.command === 'play') await play(session, options, printer);
      if (options.save !== undefined) await writeWhole(options.save, await session.saveAdapter());
      if (options.comparison) await compare(session, options.comparison, printer);
    };
    await Promise.race([work(), lost]);
  } finally {
    session.dispose();
  }
}

/** Compilation comes before anything is printed: on a GPU it may take a while in which nothing else is said. */
async function announced(
  compile: (onProgress: (done: number, total: number) => void) => Promise<number>,
): Promise<void> {
  let said = false;
  await compile((_, total) => {
    if (said || total === 0) return;
    said = true;
    process.stderr.write(`turnwise: compiling ${total} ${total === 1 ? 'program' : 'programs'}\n`);
  });
}

async function learn(
  session: Session,
  { command, settings, steps = DEFAULT_STEPS, coldStart }: Options,
  printer: Printer,
): Promise<void> {
  if (command === 'eval' || command === 'play') return;
  if (command === 'sft' || coldStart) await coldStartAll(session, printer);
  if (command === 'sft') return evaluateBoth(session, printer);
  const every = settings.evaluateEvery;
  if (every > 0) await evaluateBoth(session, printer);
  while (session.steps < steps) {
    printer.line('step', (await session.trainStep()).metrics);
    if (isDue(session.steps, every) || (every > 0 && session.steps === steps))
      await evaluateBoth(session, printer);
  }
}

async function coldStartAll(session: Session, printer: Printer): Promise<void> {
  while (!session.coldStartDone) printer.line('sft', await session.coldStartStep());
}

/** Written in one piece at the end, and read back first: a file that the page would refuse is not written. */
async function record(
  session: Session,
  out: string,
  { steps = DEFAULT_STEPS, coldStart }: Options,
  device: DeviceReport,
  printer: Printer,
): Promise<void> {
  if (coldStart) await coldStartAll(session, printer);
  const { recording, inspections } = await recordRun(session, {
    device,
    steps,
    made: new Date(),
    onStep: (metrics) => printer.line('step', metrics),
  });
  const file = writeRecording(recording);
  const parsed = await readRecording(file);
  if (!parsed.ok) throw new Error(`The recording cannot be read back: ${parsed.problem}`);
  const tokens = encodeInspections(inspections);
  const decoded = decodeInspections(tokens);
  if (!decoded.ok) throw new Error(decoded.problem);
  await writeMeasured(out, file);
  await writeMeasured(tokensFile(out), tokens);
}

/** Where what is behind the tokens of a recorded run is written: beside it, because the page fetches it later. */
const tokensFile = (out: string): string => `${out.replace(/\.json$/, '')}.tokens.json`;

async function writeMeasured(path: string, text: string): Promise<void> {
  const bytes = new TextEncoder().encode(text);
  await writeWhole(path, bytes);
  const kilobytes = (size: number) => `${(size / 1000).toFixed(0)} kB`;
  process.stderr.write(
    `turnwise: wrote ${path}, ${kilobytes(bytes.length)} (${kilobytes(gzipSync(bytes).length)} compressed)\n`,
  );
}

async function evaluateBoth(session: Session, printer: Printer): Promise<void> {
  for (const decoding of ['sampled', 'greedy'] as const)
    printer.line('evaluation', await session.evaluate(decoding));
}

async function play(
  session: Session,
  { episodes = DEFAULT_CONVERSATIONS }: Options,
  printer: Printer,
): Promise<void> {
  for (const conversation of await session.play(episodes)) printer.conversation(conversation);
}

async function compare(session: Session, request: ComparisonRequest, printer: Printer): Promise<void> {
  await announced((progress) => session.warmUpComparison(progress));
  // Where somebody watches; a log has no use for a line that is written over.
  const watched = process.stderr.isTTY;
  const table = await session.compare(request, (done, total) => {
    if (watched) process.stderr.write(`\rturnwise: ${done} of ${total} conversations`);
  });
  if (watched) process.stderr.write('\n');
  printer.comparison(table);
}
