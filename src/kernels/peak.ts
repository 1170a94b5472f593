/**
 * The most memory held at once. TensorFlow.js' own count will not do: it counts a tensor again for every alias,
 * and every tensor saved for a gradient is one.
 *
 * In the wasm and cpu backends each array passes through one table, so that it is counted there when it is made
 * and when it goes: exact, and an addition each. The WebGPU backend counts its buffers itself, its pool of free
 * ones included, which are held too; that count is looked at after every kernel of ours. Scratch that kernels
 * have for good (eight MiB on wasm) is not in it.
 */
import { backend, type DataId } from '@tensorflow/tfjs-core';

/** An entry of the table of either backend. */
interface Stored {
  readonly shape?: readonly number[];
  readonly values?: { readonly byteLength?: number } | null;
}

interface Table {
  get(id: DataId): Stored;
  set(id: DataId, stored: Stored): void;
  delete(id: DataId): boolean;
}

interface Counted {
  readonly bufferManager?: { readonly numBytesAllocated: number };
  readonly dataIdMap?: Table;
  readonly data?: Table;
}

interface Count {
  held: number;
}

let peak = 0;
const counts = new WeakMap<object, Count>();

/** All numbers of ours take four bytes. */
const bytesOf = ({ shape, values }: Stored): number =>
  shape ? 4 * shape.reduce((size, side) => size * side, 1) : (values?.byteLength ?? 0);

/** Begins to count what the current backend holds; must come before its first tensor. */
export function countAllocations(): void {
  const current = backend() as unknown as Counted;
  const table = current.bufferManager ? undefined : (current.dataIdMap ?? current.data);
  if (!table || counts.has(current)) return;
  const count: Count = { held: 0 };
  counts.set(current, count);
  const set = table.set.bind(table);
  const remove = table.delete.bind(table);
  table.set = (id, stored) => {
    set(id, stored);
    count.held += bytesOf(stored);
    if (count.held > peak) peak = count.held;
  };
  table.delete = (id) => {
    count.held -= bytesOf(table.get(id));
    return remove(id);
  };
}

/** Bytes held on the device now. */
export function heldBytes(): number {
  const current = backend() as unknown as Counted;
  return current.bufferManager?.numBytesAllocated ?? counts.get(current)?.held ?? 0;
}

export function notePeak(): void {
  const held = heldBytes();
  if (held > peak) peak = held;
}

/** Begins a new measurement. */
export function resetPeak(): void {
  peak = heldBytes();
}

/** The most bytes seen since `resetPeak`. */
export const peakBytes = (): number => peak;
