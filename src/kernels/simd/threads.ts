/**
 * The compiled kernels as callers see them, and the threads behind them. A call that is enough work is cut into parts
 * (assembly/share.ts) and written into the mailbox, from which every thread, the caller among them, takes parts as
 * long as there are any, each in an instance of its own over the same memory. So a call has ended when it
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
  jobAfter,
  MOST_ARGUMENTS,
  MOST_PARTS,
  NEXT,
  PENDING,
  SCRATCH_AT,
  SCRATCH_BYTES,
  SLEEPING,
  takePart,
  untouched,
  watch,
} from './mailbox';
import { Payoff } from './payoff';
import type { ThreadSetup } from './thread';
import { WORK, WORTH_A_THREAD } from './work';

export type SimdExports = typeof Assembly;

/** A thread that has been started. */
export interface Thread {
  /** Ends it, whatever it is doing. */
  end(): void;
}

/** Scratch memory of a thread to begin with; attention over long sequences asks for more. */
const FIRST_SCRATCH_BYTES = 2 << 20;
/** Parts a thread computes of a large call. */
const PARTS_A_THREAD = 2;
/** A thread that takes longer than this for its part will not come back. */
const PATIENCE_MS = 60_000;

type Value = number | boolean;
type Call = (...values: Value[]) => number | void;

/** Bytes of scratch memory a call needs, where they depend on its arguments. */
const SCRATCH: Partial<Record<keyof SimdExports, (wasm: SimdExports, values: readonly Value[]) => number>> = {
  linear: (wasm, [, , , , , norm, , , , rows, inner, , , ranks]) =>
    wasm.linearScratch(rows as number, inner as number, ranks as number, norm !== 0),
  attention: (wasm, [, , , , , tokens, fields, , , rows, , , d]) =>
    wasm.attentionScratch(tokens as number, fields as number, rows as number, d as number),
  attentionGrad: (wasm, [, tokens, fields, , , rows, , , d]) =>
    wasm.attentionGradScratch(tokens as number, fields as number, rows as number, d as number),
};

/** When calls are shared. */
export interface Sharing {
  /** The work, in nanoseconds, that makes a part. */
  readonly worth?: number;
  /** Also where it does not pay. */
  readonly always?: boolean;
}

export class ThreadPool {
  /** Every kernel; a call is shared where that pays. */
  readonly kernels: SimdExports;
  readonly #module: WebAssembly.Module;
  readonly #heap: Heap;
  readonly #worth: number;
  readonly #payoff: Payoff | undefined;
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

  constructor(
    module: WebAssembly.Module,
    heap: Heap,
    { worth = WORTH_A_THREAD, always = false }: Sharing = {},
  ) {
    this.#worth = worth;
    this.#payoff = always ? undefined : new Payoff();
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
    this.#reserveScratch(FIRST_SCRATCH_BYTES);
  }

  /** How many threads compute, the caller included. */
  get threads(): number {
    return this.#threads.length + 1;
  }

  /** Starts further threads, so that there are `count` in all. Where one does not start, none stays. */
  async start(count: number, startThread: (setup: ThreadSetup) => Promise<Thread>): Promise<void> {
    const { memory } = this.#heap;
    const started = await Promise.allSettled(
      Array.from({ length: count - 1 }, (_, i) =>
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
        this.#divide(0, 1);
        return own(...values);
      };
    }
    return (...values) => {
      if (scratch) {
        const bytes = scratch(this.#own, values);
        if (bytes > this.#scratchBytes) this.#reserveScratch(bytes);
      }
      const parts = this.#partsFor(work(...values));
      if (parts > 1) this.#share(index, parts, values);
      else {
        this.#divide(0, 1);
        own(...values);
      }
    };
  }

  /** Into how many parts so much work is cut: more than there are threads, so that none waits long for another. */
  #partsFor(work: number): number {
    const parts = Math.min(PARTS_A_THREAD * this.threads, MOST_PARTS, Math.trunc(work / this.#worth));
    if (this.#threads.length === 0 || parts < 2) return 1;
    return this.#payoff?.worthwhile(performance.now()) === false ? 1 : parts;
  }

  #divide(part: number, parts: number): void {
    if (parts === 1 && this.#divided === 1) return;
    this.#own.setShare(part, parts);
    this.#divided = parts;
  }

  /** Gives every thread an area of its own, larger than before. The others hear of it with their next part. */
  #reserveScratch(bytes: number): void {
    const area = this.#heap.allocate(bytes * this.threads);
    if (this.#scratch) this.#heap.free(this.#scratch);
    this.#scratch = area;
    this.#scratchBytes = bytes;
    this.#own.useScratch(area.address, bytes);
  }

  #announce(parts: number): void {
    const words = this.#words;
    this.#job = jobAfter(this.#job, parts);
    Atomics.store(words, NEXT, untouched(this.#job));
    Atomics.store(words, JOB, this.#job);
    if (Atomics.load(words, SLEEPING) > 0) Atomics.notify(words, JOB);
  }

  #share(index: number, parts: number, values: readonly Value[]): void {
    const words = this.#words;
    words[FUNCTION] = index;
    words[ARGUMENT_COUNT] = values.length;
    words[SCRATCH_AT] = this.#scratch!.address;
    words[SCRATCH_BYTES] = this.#scratchBytes;
    this.#values.set(values as ArrayLike<number>);
    Atomics.store(words, FAILED, 0);
    Atomics.store(words, PENDING, parts);
    const start = performance.now();
    this.#announce(parts);
    const call = this.#calls[index]!;
    let own = 0;
    let failure: { readonly error: unknown } | undefined;
    for (let part = takePart(words, this.#job); part >= 0; part = takePart(words, this.#job)) {
      try {
        this.#divide(part, parts);
        if (!failure) call(...values);
      } catch (error) {
        failure = { error };
      }
      own++;
      Atomics.sub(words, PENDING, 1);
    }
    const computed = performance.now();
    this.#awaitOthers();
    const end = performance.now();
    this.#payoff?.note(end, own, parts, computed - start, end - computed);
    if (failure) throw failure.error;
    const failed = Atomics.load(words, FAILED);
    if (failed !== 0) throw new Error(`Thread ${failed} of the WASM device failed.`);
  }

  /** Until the parts that others have taken are finished. */
  #awaitOthers(): void {
    const words = this.#words;
    for (;;) {
      const pending = Atomics.load(words, PENDING);
      if (pending === 0) return;
      // Any part that is finished is a reason to look on.
      if (watch(words, PENDING, pending) !== pending) continue;
      if (Atomics.wait(words, PENDING, pending, PATIENCE_MS) === 'timed-out')
        throw new Error('A thread of the WASM device does not answer.');
    }
  }
}
