/**
 * The compiled SIMD kernels over a memory of their own, without TensorFlow.js: arrays go in, arrays come out.
 * Every array is followed by a few words of a canary, and outputs start as NaN, so that a kernel that writes
 * too far or too little is caught.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import type { Values } from '../../src/kernels/define';
import type { SimdVariant } from '../../src/kernels/simd/variant';
import type { SimdExports } from '../../src/kernels/simd/threads';

const root = fileURLToPath(new URL('../..', import.meta.url));
export const SCRATCH_BYTES = 8 << 20;
const CANARY = 0x7fa5a5a5;
const CANARY_WORDS = 4;

/** A compiled binary, made anew where the sources have changed. */
export function kernelBinary(variant: SimdVariant = 'plain'): Uint8Array<ArrayBuffer> {
  execFileSync(process.execPath, ['scripts/build-kernels.mjs'], { cwd: root });
  return new Uint8Array(readFileSync(`${root}build/kernels/${variant}.wasm`));
}

export interface Area {
  readonly wasm: SimdExports;
  /** Copies values in and returns their address. */
  put(values: Values): number;
  /** Reserves `size` words. */
  room(size: number): number;
  floats(address: number, size: number): Float32Array;
  ints(address: number, size: number): Int32Array;
  /** Frees everything and throws if anything wrote beyond its array. */
  release(): void;
}

export async function openArea(megabytes = 64): Promise<Area> {
  const memory = new WebAssembly.Memory({ initial: megabytes * 16 });
  const { instance } = await WebAssembly.instantiate(kernelBinary(), { env: { memory } });
  const wasm = instance.exports as unknown as SimdExports;
  const words = new Int32Array(memory.buffer);
  words.fill(CANARY);
  wasm.useScratch(16, SCRATCH_BYTES);
  const start = (SCRATCH_BYTES + 64) / 4;
  let next = start;
  let ends: number[] = [];
  const room = (size: number) => {
    const at = next;
    next += size + CANARY_WORDS;
    // Not 16-byte aligned throughout: tensors may lie anywhere that four bytes may.
    ends.push(at + size);
    return at * 4;
  };
  return {
    wasm,
    room,
    put(values) {
      const address = room(values.length);
      words.set(new Int32Array(values.buffer, values.byteOffset, values.length), address / 4);
      return address;
    },
    floats: (address, size) => new Float32Array(memory.buffer, address, size).slice(),
    ints: (address, size) => words.slice(address / 4, address / 4 + size),
    release() {
      const spoiled = ends.some((end) =>
        words.subarray(end, end + CANARY_WORDS).some((word) => word !== CANARY),
      );
      words.fill(CANARY, start, next);
      next = start;
      ends = [];
      if (spoiled) throw new Error('A kernel wrote beyond one of its arrays.');
    },
  };
}

/** A generator of its own, so that a failure can be repeated. */
export function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 4294967296;
  };
}
export const floats = (size: number, next: () => number, scale = 1) =>
  Float32Array.from({ length: size }, () => (next() * 2 - 1) * scale);
export const ints = (size: number, next: () => number, below: number) =>
  Int32Array.from({ length: size }, () => Math.floor(next() * below));
export const packed = (size: number, next: () => number) =>
  Int32Array.from({ length: size / 4 }, () => (next() * 4294967296) | 0);

/**
 * Runs the kernel and the reference over the same inputs and compares every output: differences may be
 * `tolerance` times the greatest number in it, or times `floor` where all are smaller.
 */
export function compare(
  area: Area,
  inputs: readonly (Values | undefined)[],
  sizes: readonly number[],
  simd: (inputs: number[], outputs: number[]) => void,
  reference: (inputs: Values[], outputs: Values[]) => void,
  tolerance = 2e-6,
  floor = 1e-3,
): void {
  const addresses = inputs.map((values) => (values ? area.put(values) : 0));
  const outputs = sizes.map((size) => area.room(size));
  simd(addresses, outputs);
  const expected = sizes.map((size) => new Float32Array(size));
  reference(
    inputs.map((values) => values ?? new Float32Array(0)),
    expected,
  );
  sizes.forEach((size, i) => {
    const scale = expected[i]!.reduce((top, x) => Math.max(top, Math.abs(x)), floor);
    area.floats(outputs[i]!, size).forEach((value, j) => {
      const wanted = expected[i]![j]!;
      if (!(Math.abs(value - wanted) <= tolerance * scale)) {
        expect.fail(`output ${i}, element ${j} of ${size}: ${value}, expected ${wanted} (scale ${scale})`);
      }
    });
  });
  area.release();
}
