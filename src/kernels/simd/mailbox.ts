/**
 * Where the calling thread and the others meet: the first bytes of the shared memory. What one writes and others
 * poll lies in cache lines of its own.
 *
 * A call is announced by a new value of JOB: a counter in steps of 64, plus the number of parts it is cut into. Parts
 * are taken one by one, by whoever is free, the caller too: NEXT is the job's counter plus the number of parts taken.
 * So the caller never waits for a thread that has yet to wake up, or that the operating system runs something else on,
 * and a thread that comes late finds another job's counter there, takes nothing, and reads nothing.
 */
export const MAILBOX_BYTES = 1024;

/** Indices of 32-bit words. */
export const JOB = 0;
export const NEXT = 16;
/** How many parts are not finished. */
export const PENDING = 32;
/** How many threads sleep, or are about to, and must be woken. */
export const SLEEPING = 40;
/** Index of the function among the module's exports. */
export const FUNCTION = 48;
export const ARGUMENT_COUNT = 49;
/** Where the threads' scratch areas lie, one after the other, and the bytes of each. */
export const SCRATCH_AT = 50;
export const SCRATCH_BYTES = 51;
/** Not 0 once a thread has failed. */
export const FAILED = 52;
/** Arguments are written as doubles from this byte on. */
export const ARGUMENTS_AT = 256;
export const MOST_ARGUMENTS = (MAILBOX_BYTES - ARGUMENTS_AT) / 8;

/** The lower bits of JOB: how many parts there are. */
const PARTS_MASK = 63;
export const MOST_PARTS = PARTS_MASK;
const JOB_STEP = PARTS_MASK + 1;
export const partsOf = (job: number): number => job & PARTS_MASK;

/** The job after `job`, cut into so many parts. */
export const jobAfter = (job: number, parts: number): number => ((job & ~PARTS_MASK) + JOB_STEP + parts) | 0;
/** NEXT of a job of which no part is taken. */
export const untouched = (job: number): number => job & ~PARTS_MASK;

/**
 * How long a value is looked at before the thread goes to sleep: longer than JavaScript needs from one kernel of a
 * training step to the next, so that threads are awake while there is work, and little enough not to matter after.
 */
const SPIN_MS = 0.15;
/** Looks between two at the clock. */
const LOOKS = 64;

/** Looks at a word until it differs from `seen`, or for as long as a thread stays awake. Returns what it was last. */
export function watch(words: Int32Array, index: number, seen: number): number {
  const until = performance.now() + SPIN_MS;
  do {
    for (let i = 0; i < LOOKS; i++) {
      const value = Atomics.load(words, index);
      if (value !== seen) return value;
    }
  } while (performance.now() < until);
  return seen;
}

/** Takes a part of the job, and returns which; -1 where none is left, or the job is over. */
export function takePart(words: Int32Array, job: number): number {
  for (;;) {
    const next = Atomics.load(words, NEXT);
    const part = (next - untouched(job)) | 0;
    if (part < 0 || part >= partsOf(job)) return -1;
    if (Atomics.compareExchange(words, NEXT, next, next + 1) === next) return part;
  }
}

/** The functions a module exports, in an order that every instance of it agrees on. */
export function functionNames(exports: WebAssembly.Exports): string[] {
  return Object.keys(exports).filter((name) => typeof exports[name] === 'function');
}
