import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { grpoLossReference } from '../../src/kernels/grpoloss/reference';
import { sampleReference } from '../../src/kernels/sample/reference';
import { tokenLogProbGradReference, tokenLogProbReference } from '../../src/kernels/tokenlogprob/reference';
import { compare, floats, ints, openArea, random, type Area } from './simdHarness';

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

  it('tokenLogProb and its gradient', () => {
    const next = random(11);
    for (const [rows, width] of shapes) {
      for (const [temperature, scale] of [
        [1, 3],
        [0.7, 40],
        [2, 200],
      ] as const) {
        const logits = floats(rows * width, next, scale);
        const targets = ints(rows, next, width);
        compare(
          area,
          [logits, targets],
          [rows * 2],
          ([z, t], [out]) => area.wasm.tokenLogProb(z!, t!, out!, rows, width, temperature),
          (i, o) => tokenLogProbReference(i, o, rows, width, temperature),
          1e-6,
          0.5,
        );
        compare(
          area,
          [logits, targets, floats(rows * 2, next)],
          [rows * width],
          ([z, t, d], [out]) => area.wasm.tokenLogProbGrad(z!, t!, d!, out!, rows, width, temperature),
          (i, o) => tokenLogProbGradReference(i, o, rows, width, temperature),
          4e-6,
          0.05,
        );
      }
    }
  });

  it('grpoLoss, all estimators and clips', () => {
    const next = random(12);
    for (const [rows, width] of shapes) {
      for (const klEstimator of [0, 1, 2]) {
        for (const [dualClip, temperature, entropyCoefficient] of [
          [0, 1, 0],
          [3, 0.8, 0.01],
        ] as const) {
          const o = {
            temperature,
            clipLow: 0.2,
            clipHigh: 0.28,
            dualClip,
            klCoefficient: 0.04,
            klEstimator,
            entropyCoefficient,
          };
          const logits = floats(rows * width, next, 4);
          const targets = ints(rows, next, width);
          const logp = new Float32Array(rows * 2);
          tokenLogProbReference([logits, targets], [logp], rows, width, temperature);
          const near = (spread: number) =>
            Float32Array.from({ length: rows }, (_, n) => logp[n * 2]! + (next() - 0.5) * spread);
          const weights = floats(rows, next);
          weights[0] = 0;
          compare(
            area,
            [logits, targets, near(2), near(1), floats(rows, next), weights],
            [rows * 8, rows * width],
            ([z, t, old, ref, a, w], [stats, d]) =>
              area.wasm.grpoLoss(
                z!,
                t!,
                old!,
                ref!,
                a!,
                w!,
                stats!,
                d!,
                rows,
                width,
                temperature,
                0.2,
                0.28,
                dualClip,
                0.04,
                klEstimator,
                entropyCoefficient,
              ),
            (i, out) => grpoLossReference(i, out, rows, width, o),
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
          const keys = Int32Array.from({ length: rows }, () => (next() * 4294967296) | 0);
          const previous = counter % 2 ? ints(rows * 3, next, 2) : undefined;
          const seed = Math.floor(next() * 4294967296);
          const out = area.room(rows * 3);
          area.wasm.sample(
            area.put(logits),
            area.put(keys),
            previous ? area.put(previous) : 0,
            out,
            rows,
            width,
            temperature,
            seed,
            counter,
            2,
            1,
          );
          const expected = new Int32Array(rows * 3);
          sampleReference([logits, keys, previous ?? new Int32Array(0)], [expected], rows, width, {
            temperature,
            seed,
            counter,
            endToken: 2,
            padToken: 1,
          });
          const actual = area.ints(out, rows * 3);
          const logp = (values: Int32Array, r: number) =>
            new Float32Array(values.slice(r * 3 + 1, r * 3 + 2).buffer)[0]!;
          for (let r = 0; r < rows; r++) {
            expect(actual[r * 3]).toBe(expected[r * 3]);
            expect(actual[r * 3 + 2]).toBe(expected[r * 3 + 2]);
            expect(logp(actual, r)).toBeCloseTo(logp(expected, r), 5);
          }
          area.release();
        }
      }
    }
  });
});
