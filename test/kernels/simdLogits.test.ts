import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { grpoLossReference } from '../../src/kernels/grpoloss/reference';
import { sampleReference } from '../../src/kernels/sample/reference';
import {
  lmHeadGradReference,
  lmHeadLossReference,
  lmHeadReference,
} from '../../src/kernels/lmhead/reference';
import { compare, floats, ints, openArea, packed, random, type Area } from './simdHarness';

let area: Area;
beforeAll(async () => {
  area = await openArea();
});
afterEach(() => area.release());

describe('over rows of logits', () => {
  const shapes: [number, number][] = [
    [1, 333],
    [3, 600],
    [7, 5],
    [65, 33],
    [2, 3],
    [4, 1],
  ];

  /** Several blocks of rows, of words, edges of tiles in every direction, and logits far apart. */
  const heads: [number, number, number, number, number][] = [
    [1, 32, 333, 1, 0.3],
    [130, 8, 20, 0.7, 2],
    [7, 20, 5, 2, 30],
    [9, 12, 1024, 1, 1],
    [131, 8, 2100, 0.7, 3],
    [3, 64, 3000, 1, 0.5],
    [2, 4, 1, 1, 1],
  ];

  it('lmHead, int8 and float, with no, one and both gradients', () => {
    const next = random(11);
    for (const [rows, inner, vocabulary, temperature, spread] of heads) {
      const sizes = { rows, inner, vocabulary };
      const x = floats(rows * inner, next, spread);
      const targets = ints(rows, next, vocabulary);
      const scale = Float32Array.from({ length: vocabulary }, () => 0.002 + 0.01 * next());
      for (const table of [packed(vocabulary * inner, next), floats(vocabulary * inner, next)]) {
        for (const gradients of [0, 1, 2]) {
          compare(
            area,
            [x, table, table instanceof Int32Array ? scale : undefined, targets],
            [rows * 2, ...new Array<number>(gradients).fill(rows * inner)],
            ([x0, table0, scale0, y], [scores, u = 0, w = 0]) =>
              area.wasm.lmHead(
                x0!,
                table0!,
                scale0!,
                y!,
                scores!,
                u,
                w,
                rows,
                inner,
                vocabulary,
                temperature,
              ),
            (i, o) => lmHeadReference(i, o, sizes, { temperature, gradients }),
            4e-6,
            0.5,
          );
        }
      }
    }
  });

  it('lmHeadLoss and lmHeadGrad', () => {
    const next = random(14);
    // The last needs the logits twice: too few of its rows fit the scratch at once.
    for (const [rows, inner, vocabulary, temperature, spread] of [...heads, [3, 4, 150_000, 1, 1] as const]) {
      const sizes = { rows, inner, vocabulary };
      compare(
        area,
        [
          floats(rows * inner, next, spread),
          floats(vocabulary * inner, next),
          ints(rows, next, vocabulary),
          floats(rows, next),
        ],
        [rows * 2, rows * inner, vocabulary * inner],
        ([x, table, y, c], [scores, dx, dTable]) =>
          area.wasm.lmHeadLoss(
            x!,
            table!,
            y!,
            c!,
            scores!,
            dx!,
            dTable!,
            rows,
            inner,
            vocabulary,
            temperature,
          ),
        (i, o) => lmHeadLossReference(i, o, sizes, temperature),
        4e-6,
        0.5,
      );
      for (const both of [false, true]) {
        compare(
          area,
          [floats(rows * 2, next), floats(rows * inner, next), both ? floats(rows * inner, next) : undefined],
          [rows * inner],
          ([d, u, w], [dx]) => area.wasm.lmHeadGrad(d!, u!, w!, dx!, rows, inner),
          (i, o) => lmHeadGradReference(i, o, rows, inner),
        );
      }
    }
  });

  it('grpoLoss, all estimators and clips', () => {
    const next = random(12);
    for (const rows of [1, 3, 65]) {
      for (const klEstimator of [0, 1, 2]) {
        for (const [dualClip, entropyCoefficient] of [
          [0, 0],
          [3, 0.01],
        ] as const) {
          const o = {
            clipLow: 0.2,
            clipHigh: 0.28,
            dualClip,
            klCoefficient: 0.04,
            klEstimator,
            entropyCoefficient,
          };
          const scores = Float32Array.from({ length: rows * 2 }, (_, i) => (i % 2 ? 1 : -1) * 3 * next());
          const near = (spread: number) =>
            Float32Array.from({ length: rows }, (_, n) => scores[n * 2]! + (next() - 0.5) * spread);
          const weights = floats(rows, next);
          weights[0] = 0;
          compare(
            area,
            [scores, near(2), near(1), floats(rows, next), weights],
            [rows * 8, rows * 2],
            ([given, old, ref, a, c], [stats, d]) =>
              area.wasm.grpoLoss(
                given!,
                old!,
                ref!,
                a!,
                c!,
                stats!,
                d!,
                rows,
                0.2,
                0.28,
                dualClip,
                0.04,
                klEstimator,
                entropyCoefficient,
              ),
            (i, out) => grpoLossReference(i, out, rows, o),
            4e-6,
          );
        }
      }
    }
  });

  it('sample draws the tokens of the reference', () => {
    const next = random(13);
    for (const [rows, width] of [...shapes, [64, 600] as [number, number]]) {
      for (const temperature of [0, 0.7, 1]) {
        for (let counter = 0; counter < 5; counter++) {
          const logits = floats(rows * width, next, 3);
          const seed = Math.floor(next() * 4294967296);
          const table = Array.from({ length: rows }, (_, r) => {
            // Some rows have ended.
            const id = next() < 0.2 ? 2 : 7;
            return [id, 0, 5 + r, 0, (next() * 4294967296) | 0, counter, 1, 9, 9, -1, -1];
          });
          const fields = table[0]!.length;
          const state = Int32Array.from(table.flat());
          const at = area.put(state);
          area.wasm.sample(area.put(logits), at, fields, rows, width, temperature, seed, 2, 1);
          sampleReference(
            [logits, state],
            [
              [rows, width],
              [rows, fields],
            ],
            { temperature, seed, endToken: 2, padToken: 1 },
          );
          const actual = area.ints(at, state.length);
          const logp = (values: Int32Array, i: number) => new Float32Array(values.slice(i, i + 1).buffer)[0]!;
          state.forEach((value, i) => {
            if (i % fields === fields - 1) expect(logp(actual, i)).toBeCloseTo(logp(state, i), 5);
            else expect(actual[i]).toBe(value);
          });
          area.release();
        }
      }
    }
  });
});
