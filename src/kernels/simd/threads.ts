/**
 * The compiled kernels as callers see them, and the threads behind them. A call that is enough work is written
 * into the mailbox, and every thread computes its part of the outputs in an instance of its own over the same
 * memory (assembly/share.ts); the caller does its own part and waits for the others. So a call has ended when it
 * returns, and its numbers are those of one thread, bit by bit.
 */
import type * as Assembly from './assembly.d';
import type { Block, Heap } from './heap';
import {
  ARGUMENT_COUNT,
  ARGUMENTS_AT,
  FAILED,
  FUNCTION,
  functionNames,
  JOB,
  JOB_STEP,
  MOST_ARGUMENTS,
  MOST_THREADS,
  PARTS_MASK,
  PENDING,
  SPINS,
} from './mailbox';
import type { ThreadSetup } from './thread';
import { WORK, WORTH_A_THREAD } from './work';

export type SimdExports = typeof Assembly;

/** A thread that has been started. */
export interface Thread {
  /** Ends it, whatever it is doing. */
  end(): void;
}

/** Scratch memory of a thread to begin with; attention over long sequences asks for more. */
const SCRATCH_BYTES = 2 << 20;
/** A thread that takes longer than this for its part will not come back. */
const PATIENCE_MS = 60_000;

type Value = number | boolean;
type Call = (...values: Value[]) => void;

/** Bytes of scratch memory a call needs, where they depend on its arguments. */
const SCRATCH: Partial<Record<keyof SimdExports, (wasm: SimdExports, values: readonly Value[]) => number>> = {
  attention: (wasm, [, , , spans, , rows, , , d, offset]) =>
    wasm.attentionScratch(spans as number, rows as number, d as number, offset as number),
  attentionGrad: (wasm, [, , , spans, , , , , rows, , , d]) =>
    wasm.attentionGradScratch(spans as number, rows as number, d as number),
};

export class ThreadPool {
  /** Every kernel; a call is shared where that pays. */
  readonly kernels: SimdExports;
  readonly #module: WebAssembly.Module;
  readonly #heap: Heap;
  readonly #worth: number;
  readonly #own: SimdExports;
  readonly #calls: readonly Call[];
  readonly #words: Int32Array;
  readonly #values: Float64Array;
  #threads: readonly Thread[] = [];
  #scratch: Block | undefined;
  #scratchBytes = 0;
  #job = 0;
  /** Among how many the caller's own instance divides at present. */
  #divided = 1;

  /** `worth` is the work, in nanoseconds, for which a thread is called. */
  constructor(module: WebAssembly.Module, heap: Heap, worth = WORTH_A_THREAD) {
    this.#worth = worth;
    this.#module = module;
    this.#heap = heap;
    const { memory } = heap;
    const { exports } = new WebAssembly.Instance(module, { env: { memory } });
    this.#own = exports as unknown as SimdExports;
    const names = functionNames(exports);
    this.#calls = names.map((name) => exports[name] as Call);
    this.#words = new Int32Array(memory.buffer, 0, ARGUMENTS_AT / 4);
    this.#values = new Float64Array(memory.buffer, ARGUMENTS_AT, MOST_ARGUMENTS);
    this.kernels = Object.fromEntries(
      names.map((name, index) => [name, this.#entry(name as keyof SimdExports, index)]),
    ) as unknown as SimdExports;
    this.#reserveScratch(SCRATCH_BYTES);
  }

  /** How many threads compute, the caller included. */
  get threads(): number {
    return this.#threads.length + 1;
  }

  /** Starts further threads, so that there are `count` in all. Where one does not start, none stays. */
  async start(count: number, startThread: (setup: ThreadSetup) => Promise<Thread>): Promise<void> {
    const { memory } = this.#heap;
    const started = await Promise.allSettled(
      Array.from({ length: Math.min(count, MOST_THREADS) - 1 }, (_, i) =>
        startThread({ module: this.#module, memory, index: i + 1 }),
      ),
    );
    const threads = started.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
    const failure = started.find((result) => result.status === 'rejected');
    if (failure) {
      for (const thread of threads) thread.end();
      throw failure.reason;
    }
    this.#threads = threads;
    this.#reserveScratch(this.#scratchBytes);
  }

  /** Ends the other threads; the caller can go on alone. */
  dispose(): void {
    if (this.#threads.length === 0) return;
    this.#announce(0);
    for (const thread of this.#threads) thread.end();
    this.#threads = [];
  }

  #entry(name: keyof SimdExports, index: number): Call {
    const own = this.#calls[index]!;
    const work = WORK[name] as ((...values: Value[]) => number) | undefined;
    const scratch = SCRATCH[name];
    if (!work) {
      return (...values) => {
        this.#divide(1);
        own(...values);
      };
    }
    return (...values) => {
      if (scratch) {
        const bytes = scratch(this.#own, values);
        if (bytes > this.#scratchBytes) this.#reserveScratch(bytes);
      }
      const parts = Math.min(this.threads, Math.trunc(work(...values) / this.#worth));
      if (parts > 1) this.#share(index, parts, values);
      else {
        this.#divide(1);
        own(...values);
      }
    };
  }

  #divide(parts: number): void {
    if (this.#divided === parts) return;
    this.#own.setShare(0, parts);
    this.#divided = parts;
  }

  /** Gives every thread an area of its own, larger than before. */
  #reserveScratch(bytes: number): void {
    const area = this.#heap.allocate(bytes * this.threads);
    if (this.#scratch) this.#heap.free(this.#scratch);
    this.#scratch = area;
    this.#scratchBytes = bytes;
    const index = this.#calls.indexOf(this.#own.useScratch as Call);
    if (this.threads > 1) this.#share(index, this.threads, [area.address, bytes]);
    else this.#own.useScratch(area.address, bytes);
  }

  #announce(parts: number): void {
    this.#job = (this.#job & ~PARTS_MASK) + JOB_STEP + parts;
    Atomics.store(this.#words, JOB, this.#job);
    Atomics.notify(this.#words, JOB);
  }

  #share(index: number, parts: number, values: readonly Value[]): void {
    const words = this.#words;
    this.#divide(parts);
    words[FUNCTION] = index;
    words[ARGUMENT_COUNT] = values.length;
    this.#values.set(values as ArrayLike<number>);
    Atomics.store(words, FAILED, 0);
    Atomics.store(words, PENDING, parts - 1);
    this.#announce(parts);
    try {
      this.#calls[index]!(...values);
    } finally {
      this.#awaitOthers();
    }
    const failed = Atomics.load(words, FAILED);
    if (failed !== 0) throw new Error(`Thread ${failed} of the WASM device failed.`);
  }

  #awaitOthers(): void {
    const words = this.#words;
    for (let i = 0; i < SPINS; i++) if (Atomics.load(words, PENDING) === 0) return;
    for (;;) {
      const pending = Atomics.load(words, PENDING);
      if (pending === 0) return;
      if (Atomics.wait(words, PENDING, pending, PATIENCE_MS) === 'timed-out')
        throw new Error('A thread of the WASM device does not answer.');
    }
  }
}
