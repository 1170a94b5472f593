/** What a thread does all its life: parts of calls, as many as it gets hold of. */
import {
  ARGUMENT_COUNT,
  ARGUMENTS_AT,
  FAILED,
  FUNCTION,
  functionNames,
  JOB,
  MOST_ARGUMENTS,
  partsOf,
  PENDING,
  SCRATCH_AT,
  SCRATCH_BYTES,
  SLEEPING,
  takePart,
  watch,
} from './mailbox';

/** What a thread is given at its start; all of it can be posted to a worker. */
export interface ThreadSetup {
  readonly module: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
  /** Which of the threads this is; the caller is number 0. */
  readonly index: number;
}

type Call = (...values: number[]) => void;

/** Waits until there is another job than `seen`: awake for a while, then asleep. */
function nextJob(words: Int32Array, seen: number): number {
  const job = watch(words, JOB, seen);
  if (job !== seen) return job;
  // Counted before JOB is looked at for the last time, as the caller sets JOB before it looks who sleeps.
  Atomics.add(words, SLEEPING, 1);
  while (Atomics.load(words, JOB) === seen) Atomics.wait(words, JOB, seen);
  Atomics.sub(words, SLEEPING, 1);
  return Atomics.load(words, JOB);
}

/** Calls `ready` once it listens, and returns when a job of no parts tells it to end. */
export function serve({ module, memory, index }: ThreadSetup, ready: () => void): void {
  const { exports } = new WebAssembly.Instance(module, { env: { memory } });
  const calls = functionNames(exports).map((name) => exports[name] as Call);
  const { setShare, useScratch } = exports as Record<'setShare' | 'useScratch', Call>;
  const words = new Int32Array(memory.buffer, 0, ARGUMENTS_AT / 4);
  const values = new Float64Array(memory.buffer, ARGUMENTS_AT, MOST_ARGUMENTS);
  let scratch = 0;

  function compute(part: number, parts: number): void {
    const [at, bytes] = [words[SCRATCH_AT]!, words[SCRATCH_BYTES]!];
    if (at + index * bytes !== scratch) {
      scratch = at + index * bytes;
      useScratch(scratch, bytes);
    }
    setShare(part, parts);
    calls[words[FUNCTION]!]!(...values.slice(0, words[ARGUMENT_COUNT]));
  }

  let job = 0;
  ready();
  for (;;) {
    job = nextJob(words, job);
    if (partsOf(job) === 0) return;
    for (let part = takePart(words, job); part >= 0; part = takePart(words, job)) {
      try {
        compute(part, partsOf(job));
      } catch {
        Atomics.store(words, FAILED, index);
      }
      if (Atomics.sub(words, PENDING, 1) === 1) Atomics.notify(words, PENDING);
    }
  }
}
