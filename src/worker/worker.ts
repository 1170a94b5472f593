/// <reference lib="webworker" />
/**
 * The engine's side of protocol.ts: one session, one request at a time, events on the way. A request that
 * arrives while another runs waits its turn, except `stop`, which ends the running one, `configure`, which
 * takes effect at its next step, `inspect`, which is answered between two steps, and what only asks about a
 * conversation or puts one aside for a step.
 */
import { deviceFault, NoDeviceError, openDevice } from '../kernels/device';
import { fetchFrom, type ReadFile } from '../policy/checkpoint';
import { CheckpointError } from '../policy/errors';
import type { Addition, ConversationRequest } from '../runs/conversation';
import type { GroupRecord } from '../runs/record';
import { isDue } from '../runs/settings';
import { DivergedError } from '../training/grpo';
import { pause } from '../training/pause';
import { Session } from '../training/session';
import { TableError } from '../gyms/own/problems';
import { browserHost } from './host';
import type {
  EngineEvent,
  Failure,
  FromWorker,
  Opened,
  Outcome,
  Request,
  ResultOf,
  ToWorker,
  UserStrength,
} from './protocol';

declare const self: DedicatedWorkerGlobalScope;

/** models/ lies beside the page; the built worker lies one folder below it. */
const MODELS = new URL(
  import.meta.env.DEV ? '/models' : '../models',
  import.meta.env.DEV ? self.location.origin : import.meta.url,
).href;

let session: Session | undefined;
/** Whether the programs of the session are compiled. */
let compiled = false;
/** One for each request that runs or waits; `stop` ends them all. */
const open = new Set<AbortController>();
let queue: Promise<void> = Promise.resolve();
/** Requests to look into a step, for the next moment at which the device is free. */
let inspections: { readonly id: number; readonly request: Inspect }[] = [];
/** Set once the GPU is gone; from then on only a new worker helps. */
let lost: string | undefined;
let fault: Promise<never> = new Promise(() => {});

type Inspect = Extract<Request, { kind: 'inspect' }>;
type Work = Exclude<Request, { kind: 'stop' | 'configure' | 'inspect' | 'hear' | 'addToTraining' }>;

const send = (message: FromWorker) => self.postMessage(message);
const emit = (event: EngineEvent) => send({ event });
const status = (phase: Extract<EngineEvent, { kind: 'status' }>['phase'], text: string, progress?: number) =>
  emit(progress === undefined ? { kind: 'status', phase, text } : { kind: 'status', phase, text, progress });

self.onmessage = ({ data: { id, request } }: MessageEvent<ToWorker>) => {
  if (request.kind === 'stop') {
    for (const controller of open) controller.abort(new DOMException('Stopped', 'AbortError'));
    send({ id, outcome: { kind: 'completed', value: null } });
  } else if (request.kind === 'configure') {
    session?.configure(request.settings);
    send({ id, outcome: { kind: 'completed', value: null } });
  } else if (request.kind === 'inspect') {
    inspections.push({ id, request });
    // Whoever comes first: the run that is on, at its next step, or the queue.
    queue = queue.then(answerInspections);
  } else if (request.kind === 'hear') {
    const value = session?.hear(request.conversation, request.text) ?? null;
    send({ id, outcome: { kind: 'completed', value } });
  } else if (request.kind === 'addToTraining') {
    send({ id, outcome: { kind: 'completed', value: addToTraining(request.conversations) } });
  } else {
    const controller = new AbortController();
    open.add(controller);
    queue = queue.then(() => answer(id, request, controller));
  }
};

async function answer(id: number, request: Work, controller: AbortController): Promise<void> {
  const outcome = await outcomeOf(() => {
    controller.signal.throwIfAborted();
    return perform(request, controller.signal);
  });
  open.delete(controller);
  status('idle', '');
  send({ id, outcome });
}

async function answerInspections(): Promise<void> {
  const asked = inspections;
  inspections = [];
  for (const { id, request } of asked) {
    const { step, group, rollout } = request;
    const outcome = await outcomeOf(async () => (await session?.inspect(step, group, rollout)) ?? null);
    send({ id, outcome });
  }
}

async function outcomeOf<T>(work: () => Promise<T>): Promise<Outcome<T>> {
  try {
    // A GPU that is gone may leave a step waiting for ever, so its end must be able to end the step.
    return { kind: 'completed', value: await Promise.race([work(), fault]) };
  } catch (error) {
    return isAbort(error) ? { kind: 'aborted' } : { kind: 'failed', failure: describe(error) };
  }
}

function perform(request: Work, signal: AbortSignal): Promise<ResultOf[Request['kind']]> {
  switch (request.kind) {
    case 'open':
      return openRun(request, signal);
    case 'train':
      return train(request.steps, signal);
    case 'coldStart':
      return coldStart(signal);
    case 'evaluate':
      return evaluate(request.decoding, signal);
    case 'compare':
      return compare(request.users, signal);
    case 'converse':
      return converse(request, signal);
    case 'say':
      return say(request.conversation, request.text, signal);
  }
}

async function openRun(
  { settings, device, table }: Extract<Request, { kind: 'open' }>,
  signal: AbortSignal,
): Promise<Opened> {
  session?.dispose();
  session = undefined;
  compiled = false;
  status('loading', 'Looking for a device');
  const report = await openDevice(browserHost, device);
  fault = deviceFault().then((message) => {
    lost = message || 'no reason given';
    throw new Error(lost);
  });
  // Whoever races against it handles it; between requests nobody does.
  fault.catch(() => {});
  signal.throwIfAborted();
  status('loading', 'Loading the policy');
  const files = (name: string) => untilStopped(fetchFrom(`${MODELS}/${name}`), signal);
  session = await Session.open(settings, files, table);
  signal.throwIfAborted();
  return { device: report, policy: session.policyReport, baselines: await session.baselines() };
}

/** A download may hang for minutes, and nobody who has pressed Pause waits for it. */
function untilStopped(read: ReadFile, signal: AbortSignal): ReadFile {
  return (file) =>
    new Promise((resolve, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
      read(file).then(resolve, reject);
    });
}

/**
 * The session, its programs compiled. They are when its first work is asked for rather than at the opening: until
 * then the settings may change, and with them the programs; and what has been started can be paused.
 */
async function ready(signal: AbortSignal): Promise<Session> {
  if (!session) throw new Error('No run is open');
  const run = session;
  if (!compiled) {
    await run.warmUp(signal, compiling(signal));
    signal.throwIfAborted();
    compiled = true;
  }
  return run;
}

/** Compilation may outlive a stop by a program, of which nobody wants to hear any more. */
const compiling = (signal: AbortSignal) => (done: number, total: number) => {
  if (total > 0 && !signal.aborted) emit({ kind: 'compiling', done, total });
};

async function train(steps: number | null, signal: AbortSignal): Promise<{ step: number }> {
  const run = await ready(signal);
  const last = steps === null ? Infinity : run.steps + steps;
  if (run.steps === 0) await look(run, signal);
  while (run.steps < last) {
    signal.throwIfAborted();
    status('rolling-out', `Step ${run.steps + 1}: the policy talks with the user`);
    const { metrics, groups } = await run.trainStep(signal, () =>
      status('training', `Step ${run.steps + 1}: the policy learns from what was said`),
    );
    emit({ kind: 'step', metrics, groups: shown(groups), tasks: groups.length });
    // Lets in what was asked for while the step was made.
    await pause();
    await answerInspections();
    await look(run, signal);
  }
  return { step: run.steps };
}

/** What is looked at now and then, where it is due: the watched tasks first, which are few and soon done. */
async function look(run: Session, signal: AbortSignal): Promise<void> {
  const { watchEvery, evaluateEvery } = run.settings;
  if (isDue(run.steps, watchEvery)) {
    status('evaluating', 'Trying the watched tasks');
    emit({ kind: 'watched', step: run.steps, groups: shown(await run.watch(signal)) });
  }
  if (isDue(run.steps, evaluateEvery)) await evaluateBoth(run, signal);
}

/** Rollouts that go to the page with a step. It takes about 25 ms to unpack these and to draw what is seen of them. */
const MOST_SHOWN = 256;

function shown(groups: readonly GroupRecord[]): readonly GroupRecord[] {
  const size = groups[0]?.rollouts.length ?? 1;
  return groups.slice(0, Math.max(1, Math.floor(MOST_SHOWN / size)));
}

async function coldStart(signal: AbortSignal): Promise<{ step: number }> {
  const run = await ready(signal);
  let step = 0;
  while (!run.coldStartDone) {
    signal.throwIfAborted();
    const metrics = await run.coldStartStep(undefined, signal);
    step = metrics.step;
    status(
      'cold-start',
      `Cold start: update ${step} of ${run.settings.sftSteps}`,
      step / run.settings.sftSteps,
    );
    emit({ kind: 'sftStep', metrics });
    await pause();
  }
  return { step };
}

async function evaluateBoth(run: Session, signal: AbortSignal): Promise<void> {
  for (const decoding of ['sampled', 'greedy'] as const) {
    status('evaluating', `Playing the test tasks (${decoding})`);
    emit({ kind: 'evaluation', result: await run.evaluate(decoding, signal) });
  }
}

async function evaluate(decoding: 'sampled' | 'greedy', signal: AbortSignal) {
  const run = await ready(signal);
  status('evaluating', `Playing the test tasks (${decoding})`);
  const result = await run.evaluate(decoding, signal);
  emit({ kind: 'evaluation', result });
  return result;
}

async function compare(users: readonly UserStrength[], signal: AbortSignal) {
  const run = await ready(signal);
  await run.warmUpComparison(compiling(signal));
  signal.throwIfAborted();
  status('evaluating', 'Comparing players on the test tasks', 0);
  const progress = (done: number, total: number) => emit({ kind: 'comparing', done, total });
  return run.compare({ users, episodes: null }, progress, signal);
}

async function converse(request: ConversationRequest, signal: AbortSignal) {
  const run = await ready(signal);
  status('talking', 'The policy begins to talk with you');
  return run.converse(request, signal);
}

async function say(conversation: number, text: string, signal: AbortSignal) {
  status('talking', 'The policy thinks about what you said');
  return (await session?.say(conversation, text, signal)) ?? null;
}

const addToTraining = (conversations: readonly number[]): Addition =>
  session?.addToTraining(conversations) ?? { added: false, problem: 'No run is open.' };

const isAbort = (error: unknown) => error instanceof DOMException && error.name === 'AbortError';

function describe(error: unknown): Failure {
  if (lost !== undefined) {
    return {
      code: 'device-lost',
      message: `The graphics device failed (${lost}). Reset to start again; what was trained since the start is gone.`,
    };
  }
  if (error instanceof NoDeviceError) return { code: 'no-device', message: error.message };
  if (error instanceof CheckpointError) return { code: error.code, message: error.message };
  if (error instanceof TableError) return { code: 'bad-settings', message: error.message };
  if (error instanceof DivergedError) return { code: 'diverged', message: error.message };
  return { code: 'internal', message: error instanceof Error ? error.message : String(error) };
}
