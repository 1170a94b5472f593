/**
 * The memory in which tensors lie, and who may have which part of it: a two-level segregated-fit allocator
 * (Masmano et al., ECRTS 2004). Free blocks are kept in lists by size, 16 classes to every power of two; two words of
 * bits say which lists are not empty, so that a fitting one is found without searching, and a freed block is joined
 * with free neighbours at once. Both take constant time, and batches whose size changes from step to step
 * find room again where the last one lay. What is known of blocks is kept outside of the memory, where no kernel
 * can spoil it.
 */

/** Every address and every size is a multiple of this many bytes. */
const UNIT = 16;
const CLASS_BITS = 4;
const CLASSES = 1 << CLASS_BITS;
const PAGE = 65536;
/** The least by which the memory grows: growing an unshared one makes every view of it anew. */
const LEAST_GROWTH = 16 << 20;

/** A part of the memory. Addresses and sizes in bytes. */
export interface Block {
  readonly address: number;
  readonly bytes: number;
}

class Span implements Block {
  /** The blocks next to this one in the memory. */
  before: Span | undefined;
  after: Span | undefined;
  /** The blocks next to this one in its list, while it is free. */
  previous: Span | undefined;
  next: Span | undefined;
  free = false;

  constructor(
    readonly address: number,
    public bytes: number,
  ) {}
}

/** Index of the list in which blocks of so many units lie: a power of two, and a sixteenth of it. */
function listOf(units: number): number {
  if (units < CLASSES) return units;
  const power = 31 - Math.clz32(units);
  return ((power - CLASS_BITS + 1) << CLASS_BITS) + ((units >>> (power - CLASS_BITS)) & (CLASSES - 1));
}

/** The least number of units, from `units` on, with which a list begins: all blocks in that list are large enough. */
function roundUp(units: number): number {
  if (units < CLASSES) return units;
  const step = 1 << (31 - Math.clz32(units) - CLASS_BITS);
  return units + step - 1 - ((units + step - 1) % step);
}

export class HeapFullError extends Error {
  constructor(bytes: number, reserved: number) {
    super(
      `The WASM device is out of memory: ${Math.ceil(bytes / 2 ** 20)} MB more were asked for, ` +
        `and its ${Math.round(reserved / 2 ** 20)} MB cannot grow so far. Choose a smaller batch.`,
    );
    this.name = 'HeapFullError';
  }
}

export class Heap {
  readonly memory: WebAssembly.Memory;
  readonly #lists: (Span | undefined)[] = [];
  /** Which powers of two have a list that is not empty, and for each which of its sixteen lists. */
  #powers = 0;
  readonly #classes = new Int32Array(32);
  /** The block at the end of the memory. */
  #last: Span | undefined;
  #used = 0;
  #blocks = 0;

  /** Manages `memory` from `start` on. */
  constructor(memory: WebAssembly.Memory, start: number) {
    this.memory = memory;
    const first = Math.ceil(start / UNIT) * UNIT;
    this.#append(first, memory.buffer.byteLength - first);
  }

  /** Bytes in blocks that are in use. */
  get used(): number {
    return this.#used;
  }
  /** How many blocks are in use. */
  get blocks(): number {
    return this.#blocks;
  }
  /** Bytes of the whole memory. */
  get reserved(): number {
    return this.memory.buffer.byteLength;
  }

  /** A block of at least so many bytes, whose contents are anything. May grow the memory, never moves a block. */
  allocate(bytes: number): Block {
    const size = Math.max(1, Math.ceil(bytes / UNIT)) * UNIT;
    const span = this.#find(size / UNIT) ?? this.#grow(size);
    this.#remove(span);
    if (span.bytes > size) this.#split(span, size);
    this.#used += span.bytes;
    this.#blocks++;
    return span;
  }

  free(block: Block): void {
    let span = block as Span;
    if (span.free) throw new Error('A block of the heap was freed twice.');
    this.#used -= span.bytes;
    this.#blocks--;
    const { before, after } = span;
    if (before?.free) {
      this.#remove(before);
      span = this.#join(before, span);
    }
    if (after?.free) {
      this.#remove(after);
      span = this.#join(span, after);
    }
    this.#insert(span);
  }

  #find(units: number): Span | undefined {
    const list = listOf(roundUp(units));
    let power = list >> CLASS_BITS;
    let found = this.#classes[power]! & (-1 << (list & (CLASSES - 1)));
    if (found === 0) {
      const greater = power === 31 ? 0 : this.#powers & (-1 << (power + 1));
      if (greater === 0) return undefined;
      power = 31 - Math.clz32(greater & -greater);
      found = this.#classes[power]!;
    }
    return this.#lists[(power << CLASS_BITS) + 31 - Math.clz32(found & -found)];
  }

  /** Makes the memory larger, until its last block is free and of `size` bytes or more. */
  #grow(size: number): Span {
    const end = this.reserved;
    const present = this.#last?.free ? this.#last.bytes : 0;
    // Lists are looked in only where every block of theirs fits; the last block may fit nevertheless.
    if (this.#last && present >= size) return this.#last;
    const least = Math.ceil((size - present) / PAGE);
    // A quarter more than there is, so that growing becomes rare; only what is needed where that cannot be had.
    const pages = Math.max(least, Math.ceil(Math.max(LEAST_GROWTH, end / 4) / PAGE));
    if (!this.#tryGrow(pages) && !this.#tryGrow(least)) throw new HeapFullError(size, end);
    return this.#append(end, this.reserved - end);
  }

  #tryGrow(pages: number): boolean {
    try {
      this.memory.grow(pages);
      return true;
    } catch {
      return false;
    }
  }

  #append(address: number, bytes: number): Span {
    let span = new Span(address, bytes);
    const last = this.#last;
    this.#last = span;
    if (last) {
      last.after = span;
      span.before = last;
      if (last.free) {
        this.#remove(last);
        span = this.#join(last, span);
      }
    }
    this.#insert(span);
    return span;
  }

  #split(span: Span, bytes: number): void {
    const rest = new Span(span.address + bytes, span.bytes - bytes);
    rest.before = span;
    rest.after = span.after;
    if (span.after) span.after.before = rest;
    else this.#last = rest;
    span.after = rest;
    span.bytes = bytes;
    this.#insert(rest);
  }

  /** Adds the block `after` to the one before it. */
  #join(span: Span, after: Span): Span {
    span.bytes += after.bytes;
    // Nobody may give it back again.
    after.free = true;
    span.after = after.after;
    if (after.after) after.after.before = span;
    else this.#last = span;
    return span;
  }

  #insert(span: Span): void {
    const list = listOf(span.bytes / UNIT);
    const head = this.#lists[list];
    span.free = true;
    span.previous = undefined;
    span.next = head;
    if (head) head.previous = span;
    this.#lists[list] = span;
    this.#classes[list >> CLASS_BITS]! |= 1 << (list & (CLASSES - 1));
    this.#powers |= 1 << (list >> CLASS_BITS);
  }

  #remove(span: Span): void {
    span.free = false;
    if (span.next) span.next.previous = span.previous;
    if (span.previous) {
      span.previous.next = span.next;
      return;
    }
    const list = listOf(span.bytes / UNIT);
    this.#lists[list] = span.next;
    if (span.next) return;
    const power = list >> CLASS_BITS;
    this.#classes[power]! &= ~(1 << (list & (CLASSES - 1)));
    if (this.#classes[power] === 0) this.#powers &= ~(1 << power);
  }
}
