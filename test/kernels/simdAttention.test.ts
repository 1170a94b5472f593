import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { attentionGradReference, attentionReference } from '../../src/kernels/attention/reference';
import { rotaryReference } from '../../src/kernels/rotary/reference';
import { compare, floats, openArea, random, SCRATCH_BYTES, type Area } from './simdHarness';

let area: Area;
beforeAll(async () => {
  area = await openArea();
});
afterEach(() => area.release());

/** Spans of sequences of the given lengths, one after the other. */
function spansOf(lengths: readonly number[]): Int32Array {
  const rows: number[] = [];
  let first = 0;
  for (const length of lengths) {
    for (let i = 1; i <= length; i++) rows.push(first, i, first + length);
    first += length;
  }
  return Int32Array.from(rows);
}

describe('attention', () => {
  const shapes = [
    { heads: 4, kvHeads: 4, d: 16 },
    { heads: 4, kvHeads: 2, d: 32 },
    { heads: 3, kvHeads: 1, d: 20 },
    { heads: 2, kvHeads: 2, d: 4 },
    { heads: 2, kvHeads: 1, d: 6 },
  ];
  const batches = [[1], [3, 7], [65, 1, 2, 5, 40], [4, 110, 33]];

  it('forward and backward over a ragged batch', () => {
    const next = random(3);
    for (const { heads, kvHeads, d } of shapes) {
      for (const lengths of batches) {
        const spans = spansOf(lengths);
        const rows = spans.length / 3;
        const attrs = { heads, kvHeads, offset: 0 };
        const [nq, nk] = [rows * heads * d, rows * kvHeads * d];
        const qkv = [floats(nq, next, 3), floats(nk, next), floats(nk, next), spans];
        compare(
          area,
          qkv,
          [nq],
          ([q, k, v, s], [out]) => area.wasm.attention(q!, k!, v!, s!, out!, rows, heads, kvHeads, d, 0),
          (i, o) => attentionReference(i, o, rows, d, attrs),
          4e-6,
        );
        compare(
          area,
          [...qkv, floats(nq, next)],
          [nq, nk, nk],
          ([q, k, v, s, g], [dq, dk, dv]) =>
            area.wasm.attentionGrad(q!, k!, v!, s!, g!, dq!, dk!, dv!, rows, heads, kvHeads, d),
          (i, o) => attentionGradReference(i, o, rows, d, attrs),
          1e-5,
        );
      }
    }
  });

  it('decoding and chunked prefill over a cache', () => {
    const next = random(4);
    const slots = 3 * 50;
    // Two sequences alone, then a chunk of seven tokens of the third.
    const spans = Int32Array.from([
      50,
      9,
      100,
      0,
      33,
      50,
      ...Array.from({ length: 7 }, (_, i) => [100, 11 + i, 150]).flat(),
    ]);
    const rows = spans.length / 3;
    for (const { heads, kvHeads, d } of shapes) {
      for (const offset of [0, 5]) {
        compare(
          area,
          [
            floats(rows * heads * d, next),
            floats(slots * kvHeads * d, next),
            floats(slots * kvHeads * d, next),
            spans,
          ],
          [rows * heads * d],
          ([q, k, v, s], [out]) => area.wasm.attention(q!, k!, v!, s!, out!, rows, heads, kvHeads, d, offset),
          (i, o) => attentionReference(i, o, rows, d, { heads, kvHeads, offset }),
          4e-6,
        );
      }
    }
  });

  it('keeps its head with scores of any size', () => {
    const next = random(5);
    const spans = spansOf([20]);
    for (const scale of [100, 1e4]) {
      compare(
        area,
        [floats(20 * 16, next, scale), floats(20 * 16, next), floats(20 * 16, next), spans],
        [20 * 16],
        ([q, k, v, s], [out]) => area.wasm.attention(q!, k!, v!, s!, out!, 20, 1, 1, 16, 0),
        (i, o) => attentionReference(i, o, 20, 16, { heads: 1, kvHeads: 1, offset: 0 }),
        2e-3,
      );
    }
  });

  it('makes do with little scratch memory, or refuses', () => {
    const next = random(17);
    const spans = spansOf([90]);
    const qkv = [floats(90 * 16, next), floats(90 * 16, next), floats(90 * 16, next), spans];
    const fixed = 795_000;
    // Room for all; for twelve queries at once; for the scores of a single one.
    for (const bytes of [60_000, 33_000, 2_000]) {
      area.wasm.useScratch(16, fixed + bytes);
      compare(
        area,
        qkv,
        [90 * 16],
        ([q, k, v, s], [out]) => area.wasm.attention(q!, k!, v!, s!, out!, 90, 1, 1, 16, 0),
        (i, o) => attentionReference(i, o, 90, 16, { heads: 1, kvHeads: 1, offset: 0 }),
        4e-6,
      );
      const backward = () =>
        compare(
          area,
          [...qkv, floats(90 * 16, next)],
          [90 * 16, 90 * 16, 90 * 16],
          ([q, k, v, s, g], [dq, dk, dv]) =>
            area.wasm.attentionGrad(q!, k!, v!, s!, g!, dq!, dk!, dv!, 90, 1, 1, 16),
          (i, o) => attentionGradReference(i, o, 90, 16, { heads: 1, kvHeads: 1, offset: 0 }),
          1e-5,
        );
      if (bytes > 30_000) backward();
      else expect(backward).toThrow(WebAssembly.RuntimeError);
    }
    area.wasm.useScratch(16, SCRATCH_BYTES);
  });

  it('rotary, forwards and backwards, wide and narrow, near and far', () => {
    const next = random(6);
    const spans = spansOf([3, 65, 300]);
    const rows = spans.length / 3;
    for (const [heads, d, base, offset] of [
      [4, 16, 10000, 0],
      [2, 20, 1e6, 3],
      [1, 2, 10000, 1],
      [2, 128, 1e6, 600],
      [4, 16, 10000, 90000],
    ] as const) {
      for (const inverse of [false, true]) {
        compare(
          area,
          [floats(rows * heads * d, next), spans],
          [rows * heads * d],
          ([x, s], [y]) => area.wasm.rotary(x!, s!, y!, rows, heads, d, base, offset, inverse),
          (i, o) => rotaryReference(i, o, rows, heads * d, { heads, base, offset, inverse }),
          5e-7,
        );
      }
    }
  });

  it('cacheAppend touches its slots only', () => {
    const next = random(7);
    for (const width of [1, 16, 22]) {
      const cache = floats(30 * width, next);
      const rows = floats(3 * width, next);
      const spans = Int32Array.from([20, 4, 30, 0, 1, 10, 10, 7, 20]);
      const address = area.put(cache);
      area.wasm.cacheAppend(address, area.put(rows), area.put(spans), 3, width, 2);
      [25, 2, 18].forEach((slot, n) => cache.set(rows.subarray(n * width, (n + 1) * width), slot * width));
      expect(area.floats(address, 30 * width)).toEqual(cache);
      area.release();
    }
  });
});
