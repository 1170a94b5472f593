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
