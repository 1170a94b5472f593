/**
 * Where the calling thread and the others meet: the first bytes of the shared memory. What one writes and others
 * poll lies in cache lines of its own.
 *
 * A call is announced by a new value of JOB, in which the number of threads that take part is written beside a
 * counter: whoever is not among them must read nothing else, for the next call may already be on its way.
 */
export const MAILBOX_BYTES = 1024;

/** Indices of 32-bit words. */
export const JOB = 0;
/** How many of the other threads have not finished their part. */
export const PENDING = 16;
/** Index of the function among the module's exports. */
export const FUNCTION = 32;
export const ARGUMENT_COUNT = 33;
/** Not 0 once a thread has failed. */
export const FAILED = 34;
/** Arguments are written as doubles from this byte on. */
export const ARGUMENTS_AT = 256;
export const MOST_ARGUMENTS = (MAILBOX_BYTES - ARGUMENTS_AT) / 8;

/** The lower bits of JOB: how many threads take part, the caller included. */
export const PARTS_MASK = 63;
export const JOB_STEP = 64;
/** Threads that a mailbox has room for. */
export const MOST_THREADS = 32;

/**
 * How often a value is looked at before the thread goes to sleep: some tens of microseconds, which is longer than
 * JavaScript needs from one kernel of a training step to the next, and less than waking a thread costs.
 */
export const SPINS = 20_000;

/** The functions a module exports, in an order that every instance of it agrees on. */
export function functionNames(exports: WebAssembly.Exports): string[] {
  return Object.keys(exports).filter((name) => typeof exports[name] === 'function');
}
