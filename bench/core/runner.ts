/** One run of the bench: who is measured at what, in which order, and what is noted down. */
import type { Backend } from './contestant';
import { checkLogits, checkLosses } from './checks';
import type { Connection, Rates } from './protocol';
import type { Entry } from './registry';
import { within } from './remote';
import type { BenchResult, Host, Measurement } from './result';
import { plannedRounds, roundOrder, type Effort } from './schedule';
import { productFlops } from './work';
import type { Task, Workload } from './workloads';

export interface Plan {
  readonly workloads: readonly Workload[];
  readonly tasks: readonly Task[];
  readonly backends: readonly Backend[];
  readonly entries: readonly Entry[];
  readonly effort: Effort;
  readonly quick: boolean;
  /** Starts what measures a backend bare; no contestant. */
  readonly startRates: () => Connection;
}

export interface Watcher {
  /** What is being done right now, in words. */
  readonly said: (text: string) => void;
  /** The result so far, after each group of contestants. */
  readonly grown: (result: BenchResult) => void;
}

type Draft = { -readonly [K in keyof BenchResult]: BenchResult[K] };

/** A contestant in the middle of a measurement. */
interface Running {
  readonly entry: Entry;
  readonly backend: Backend;
  readonly connection: Connection;
  measured: Measurement;
  lastMs: number;
}

export async function runBench(
  plan: Plan,
  host: Host,
  watcher: Watcher,
  signal: AbortSignal,
): Promise<BenchResult> {
  const { workloads, backends, effort } = plan;
  const result: Draft = {
    format: 'turnwise-bench',
    version: 1,
    date: new Date().toISOString(),
    quick: plan.quick,
    host,
    contestants: plan.entries.map(({ id, name, version, ours }) => ({ id, name, version, ours })),
    workloads: workloads.map(({ id, title, config, train, sample }) => ({
      id,
      title,
      layers: config.num_hidden_layers,
      hidden: config.hidden_size,
      vocabulary: config.vocab_size,
      train,
      sample,
    })),
    measurements: [],
    failures: [],
    checks: [],
    limits: [],
  };
  const rates = new Map<Backend, Rates>();
  for (const backend of backends.filter((one) => one !== 'python')) {
    watcher.said(`What ${backend} can do at best`);
    const measured = await backendRates(plan.startRates(), backend, effort).catch((error: Error) => error);
    if (!(measured instanceof Error)) rates.set(backend, measured);
    else result.failures.push({ workload: '-', contestant: 'limit', backend, reason: measured.message });
    signal.throwIfAborted();
  }
  for (const workload of workloads) {
    const references = new Map<Backend, Float32Array>();
    for (const task of plan.tasks.filter((one) => workload.tasks.includes(one))) {
      for (const group of groups(plan, workload, task)) {
        await measureGroup(group, workload, task, effort, result, references, watcher, signal);
        addLimits(result, group, workload, task, rates);
        watcher.grown({ ...result });
      }
    }
  }
  return result;
}

type Seat = readonly [Entry, Backend];

/** Who is measured side by side: all of one backend; Python sits with the first that computes on the CPU. */
function groups({ backends, entries }: Plan, workload: Workload, task: Task): Seat[][] {
  const seats = (backend: Backend): Seat[] =>
    entries
      .filter(
        (entry) => entry.tasks.includes(task) && entry.backends.includes(backend) && entry.takes(workload),
      )
      .map((entry) => [entry, backend]);
  const inBrowser = backends.filter((backend) => backend !== 'python');
  const withPython = inBrowser.find((backend) => backend !== 'webgpu') ?? inBrowser[0];
  return inBrowser
    .map((backend) => [
      ...seats(backend),
      ...(backend === withPython && backends.includes('python') ? seats('python') : []),
    ])
    .filter((group) => group.length > 0);
}

async function measureGroup(
  group: readonly Seat[],
  workload: Workload,
  task: Task,
  effort: Effort,
  result: Draft,
  references: Map<Backend, Float32Array>,
  watcher: Watcher,
  signal: AbortSignal,
): Promise<void> {
  let running: Running[] = [];
  /** Does something with one contestant; one that fails is noted and leaves. */
  const attempt = async (entry: Entry, backend: Backend, work: () => Promise<void>): Promise<boolean> => {
    signal.throwIfAborted();
    try {
      await work();
      return true;
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      result.failures.push({ workload: workload.id, task, contestant: entry.id, backend, reason });
      return false;
    }
  };
  const what = `${workload.id}, ${task}`;
  try {
    for (const [entry, backend] of group) {
      watcher.said(`${what}: starting ${entry.name}, ${backend}`);
      const connection = entry.start();
      let begun: Running | undefined;
      const good = await attempt(entry, backend, async () => {
        begun = await begin(entry, backend, connection, workload, task, effort);
        await checkLogits(begun, workload, result, references, effort.patience);
      });
      if (good && begun) running.push(begun);
      else connection.close();
    }
    const roundSeconds = running.reduce((sum, { lastMs }) => sum + lastMs / 1000, 0);
    const rounds = plannedRounds(effort, running.length, roundSeconds);
    for (let round = 0; round < rounds; round++) {
      const gone = new Set<Running>();
      for (const at of roundOrder(running.length, round)) {
        const one = running[at]!;
        watcher.said(`${what}: round ${round + 1} of ${rounds}: ${one.entry.name}, ${one.backend}`);
        const good = await attempt(one.entry, one.backend, () => countedStep(one, effort));
        if (!good) gone.add(one);
      }
      for (const one of gone) one.connection.close();
      running = running.filter((one) => !gone.has(one));
    }
    const done = running.map(({ measured }) => measured);
    result.measurements.push(...done);
    if (task === 'train')
      result.checks.push(
        ...checkLosses(
          done,
          running.map(({ entry }) => entry),
        ),
      );
  } finally {
    for (const { connection } of running) connection.close();
  }
}

/** Opens, prepares, takes the first step and the warm-ups. */
async function begin(
  entry: Entry,
  backend: Backend,
  connection: Connection,
  workload: Workload,
  task: Task,
  effort: Effort,
): Promise<Running> {
  const wait = <T>(promise: Promise<T>) => within(effort.patience, promise);
  const started = performance.now();
  const device = await wait(connection.ask<'open'>({ kind: 'open', backend }));
  const { parameters, note } = await wait(connection.ask<'prepare'>({ kind: 'prepare', task, workload }));
  const prepareMs = performance.now() - started;
  const step = () => wait(connection.ask<'step'>({ kind: 'step' }));
  let last = await step();
  const firstMs = last.ms;
  const losses = last.loss === undefined ? [] : [last.loss];
  // A step that already took most of the time there is needs no warming up.
  for (let i = 0; i < effort.warmUps && last.ms < effort.seconds * 2000; i++) {
    last = await step();
    if (last.loss !== undefined) losses.push(last.loss);
  }
  const measured: Measurement = {
    workload: workload.id,
    task,
    contestant: entry.id,
    backend,
    device,
    parameters,
    ...(note === undefined ? {} : { note }),
    tokens: [],
    ms: [],
    prepareMs,
    firstMs,
    losses,
    dispatches: last.dispatches,
  };
  return { entry, backend, connection, measured, lastMs: last.ms };
}

async function countedStep(one: Running, effort: Effort): Promise<void> {
  const { ms, tokens, loss, dispatches } = await within(
    effort.patience,
    one.connection.ask<'step'>({ kind: 'step' }),
  );
  const { measured } = one;
  measured.ms.push(ms);
  measured.tokens.push(tokens);
  if (loss !== undefined) measured.losses.push(loss);
  measured.dispatches = dispatches;
}

async function backendRates(connection: Connection, backend: Backend, effort: Effort): Promise<Rates> {
  try {
    await within(effort.patience, connection.ask<'open'>({ kind: 'open', backend }));
    return await within(effort.patience, connection.ask<'rates'>({ kind: 'rates' }));
  } finally {
    connection.close();
  }
}

/** What our steps would take if they were nothing but their products, or nothing but their dispatches. */
function addLimits(
  result: Draft,
  group: readonly Seat[],
  workload: Workload,
  task: Task,
  rates: ReadonlyMap<Backend, Rates>,
): void {
  for (const [entry, backend] of group) {
    const rate = rates.get(backend);
    const measured = result.measurements.find(
      (m) =>
        m.workload === workload.id && m.task === task && m.contestant === entry.id && m.backend === backend,
    );
    if (!entry.ours || !rate || !measured) continue;
    const flops = productFlops(task, workload, entry.adapterOnly ?? false);
    result.limits.push({
      workload: workload.id,
      task,
      contestant: entry.id,
      backend,
      productMs: flops === null ? null : flops / (rate.gflops * 1e6),
      gflops: rate.gflops,
      product: rate.product,
      dispatchMs: rate.dispatchUs === null ? null : (measured.dispatches * rate.dispatchUs) / 1000,
      dispatches: measured.dispatches,
    });
  }
}
