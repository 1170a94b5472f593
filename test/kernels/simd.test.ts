import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Values } from '../../src/kernels/define';
import { adamWReference } from '../../src/kernels/adamw/reference';
import { groupAdvantageReference } from '../../src/kernels/advantage/reference';
import { attentionGradReference, attentionReference } from '../../src/kernels/attention/reference';
import { grpoLossReference } from '../../src/kernels/grpoloss/reference';
import { int8At, linearGradReference, linearReference } from '../../src/kernels/linear/reference';
import { matMulReference } from '../../src/kernels/matmul/reference';
import { rmsNormGradReference, rmsNormReference, rmsNormWeightGradReference } from '../../src/kernels/rmsnorm/reference';
import { rotaryReference } from '../../src/kernels/rotary/reference';
import { sampleReference } from '../../src/kernels/sample/reference';
import { tokenLogProbGradReference, tokenLogProbReference } from '../../src/kernels/tokenlogprob/reference';
import { kernelBinary, openArea, SCRATCH_BYTES, type Area } from './simdHarness';

let area: Area;
beforeAll(async () => {
  area = await openArea();
});
afterEach(() => area.release());

/** A generator of its own, so that a failure can be repeated. */
function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 4294967296;
  };
}
const floats = (size: number, next: () => number, scale = 1) => Float32Array.from({ length: size }, () => (next() * 2 - 1) * scale);
const ints = (size: number, next: () => number, below: number) => Int32Array.from({ length: size }, () => Math.floor(next() * below));
const packed = (size: number, next: () => number) => Int32Array.from({ length: size / 4 }, () => (next() * 4294967296) | 0);

/**
 * Runs the kernel and the reference over the same inputs and compares every output: differences may be
 * `tolerance` times the greatest number in it, or times `floor` where all are smaller.
 */
function compare(
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
  reference(inputs.map((values) => values ?? new Float32Array(0)), expected);
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

describe('the compiled module', () => {
  it('has no data and no memory of its own', () => {
    const module = new WebAssembly.Module(kernelBinary());
    expect(WebAssembly.Module.imports(module)).toEqual([{ module: 'env', name: 'memory', kind: 'memory' }]);
    const sections: number[] = [];
    const bytes = kernelBinary();
    for (let at = 8; at < bytes.length; ) {
      sections.push(bytes[at++]!);
      let size = 0;
      for (let shift = 0; ; shift += 7) {
        const byte = bytes[at++]!;
        size |= (byte & 127) << shift;
        if (byte < 128) break;
      }
      at += size;
    }
    const [MEMORY, START, DATA] = [5, 8, 11];
    for (const section of [MEMORY, START, DATA]) expect(sections).not.toContain(section);
  });
});

describe('products', () => {
  const cases: [number, number, number][] = [];
  for (const rows of [1, 3, 7, 16, 17, 65]) {
    for (const [inner, columns] of [[4, 1], [5, 3], [16, 8], [33, 21], [64, 100]] as const) cases.push([rows, inner, columns]);
  }
  cases.push([8, 1000, 72], [20, 300, 270], [176, 515, 8]);

  it('matMul, either side transposed', () => {
    const next = random(1);
    for (const [rows, inner, columns] of cases) {
      for (const transposeA of [false, true]) {
        for (const transposeB of [false, true]) {
          compare(
            [floats(rows * inner, next), floats(inner * columns, next)],
            [rows * columns],
            ([a, b], [c]) => area.wasm.matMul(a!, b!, c!, rows, inner, columns, transposeA, transposeB, 0.5),
            (i, o) => matMulReference(i, o, { rows, inner, columns }, { transposeA, transposeB, alpha: 0.5 }),
            5e-6,
          );
        }
      }
    }
  });

  it('linear and linearGrad, with and without an adapter', () => {
    const next = random(2);
    const shapes: [number, number, number, number][] = [[1, 64, 176, 8], [3, 16, 5, 4], [7, 20, 33, 3], [65, 64, 333, 8], [17, 300, 12, 16], [9, 64, 600, 0], [33, 128, 260, 0], [5, 4, 1, 1], [6, 16, 24, 270]];
    for (const [rows, inner, outer, rank] of shapes) {
      const attrs = { rows, inner, outer, rank, loraScale: 2 };
      const weight = [packed(inner * outer, next), floats(outer, next, 0.01)] as const;
      const pair = rank ? ([floats(rank * inner, next), floats(outer * rank, next)] as const) : ([undefined, undefined] as const);
      compare(
        [floats(rows * inner, next), ...weight, ...pair],
        [rows * outer, rank ? rows * rank : 1],
        ([x, w, s, a, b], [y, h]) => area.wasm.linear(x!, w!, s!, a!, b!, y!, h!, rows, inner, outer, rank, 2),
        (i, o) => linearReference(i, o, attrs),
        5e-6,
      );
      compare(
        [floats(rows * outer, next), ...weight, ...pair],
        [rows * inner, rank ? rows * rank : 1],
        ([dy, w, s, a, b], [dx, u]) => area.wasm.linearGrad(dy!, w!, s!, a!, b!, dx!, u!, rows, inner, outer, rank, 2),
        (i, o) => linearGradReference(i, o, attrs),
        5e-6,
      );
    }
  });
});

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
          qkv, [nq],
          ([q, k, v, s], [out]) => area.wasm.attention(q!, k!, v!, s!, out!, rows, heads, kvHeads, d, 0),
          (i, o) => attentionReference(i, o, rows, d, attrs),
          4e-6,
        );
        compare(
          [...qkv, floats(nq, next)], [nq, nk, nk],
          ([q, k, v, s, g], [dq, dk, dv]) => area.wasm.attentionGrad(q!, k!, v!, s!, g!, dq!, dk!, dv!, rows, heads, kvHeads, d),
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
    const spans = Int32Array.from([50, 9, 100, 0, 33, 50, ...Array.from({ length: 7 }, (_, i) => [100, 11 + i, 150]).flat()]);
    const rows = spans.length / 3;
    for (const { heads, kvHeads, d } of shapes) {
      for (const offset of [0, 5]) {
        compare(
          [floats(rows * heads * d, next), floats(slots * kvHeads * d, next), floats(slots * kvHeads * d, next), spans],
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
        qkv, [90 * 16],
        ([q, k, v, s], [out]) => area.wasm.attention(q!, k!, v!, s!, out!, 90, 1, 1, 16, 0),
        (i, o) => attentionReference(i, o, 90, 16, { heads: 1, kvHeads: 1, offset: 0 }),
        4e-6,
      );
      const backward = () =>
        compare(
          [...qkv, floats(90 * 16, next)], [90 * 16, 90 * 16, 90 * 16],
          ([q, k, v, s, g], [dq, dk, dv]) => area.wasm.attentionGrad(q!, k!, v!, s!, g!, dq!, dk!, dv!, 90, 1, 1, 16),
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
    for (const [heads, d, base, offset] of [[4, 16, 10000, 0], [2, 20, 1e6, 3], [1, 2, 10000, 1], [2, 128, 1e6, 600], [4, 16, 10000, 90000]] as const) {
      for (const inverse of [false, true]) {
        compare(
          [floats(rows * heads * d, next), spans], [rows * heads * d],
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

describe('row by row', () => {
  const shapes: [number, number][] = [[1, 64], [3, 16], [7, 5], [65, 176], [2, 3]];

  it('rmsNorm and its gradients', () => {
    const next = random(8);
    for (const [rows, width] of shapes) {
      const [x, w, dy] = [floats(rows * width, next), floats(width, next), floats(rows * width, next)];
      compare([x, w], [rows * width], ([a, b], [y]) => area.wasm.rmsNorm(a!, b!, y!, rows, width, 1e-6), (i, o) => rmsNormReference(i, o, rows, width, 1e-6));
      compare([dy, x, w], [rows * width], ([g, a, b], [dx]) => area.wasm.rmsNormGrad(g!, a!, b!, dx!, rows, width, 1e-6), (i, o) => rmsNormGradReference(i, o, rows, width, 1e-6));
      compare([dy, x], [width], ([g, a], [dw]) => area.wasm.rmsNormWeightGrad(g!, a!, dw!, rows, width, 1e-6), (i, o) => rmsNormWeightGradReference(i, o, rows, width, 1e-6));
    }
  });

  it('swiGlu and its gradient', () => {
    const next = random(9);
    const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));
    for (const size of [1, 3, 4, 7, 1000]) {
      for (const scale of [1, 20, 200]) {
        compare([floats(size, next, scale), floats(size, next)], [size], ([g, u], [y]) => area.wasm.swiGlu(g!, u!, y!, size), ([g, u], [y]) => {
          for (let i = 0; i < size; i++) y![i] = g![i]! * sigmoid(g![i]!) * u![i]!;
        });
        compare([floats(size, next), floats(size, next, scale), floats(size, next)], [size, size], ([d, g, u], [dg, du]) => area.wasm.swiGluGrad(d!, g!, u!, dg!, du!, size), ([d, g, u], [dg, du]) => {
          for (let i = 0; i < size; i++) {
            const s = sigmoid(g![i]!);
            dg![i] = d![i]! * u![i]! * s * (1 + g![i]! * (1 - s));
            du![i] = d![i]! * g![i]! * s;
          }
        });
      }
    }
  });

  it('embedInt8, gatherRows, scatterRows', () => {
    const next = random(10);
    for (const [rows, columns] of [[1, 1], [7, 3], [65, 1]] as const) {
      const ids = ints(rows * columns, next, 9);
      for (const width of [4, 20, 64]) {
        compare([packed(9 * width, next), floats(9, next), ids], [rows * width], ([t, s, i], [y]) => area.wasm.embedInt8(t!, s!, i!, y!, rows, width, columns), ([t, s, id], [y]) => {
          for (let n = 0; n < rows * width; n++) {
            const at = id![Math.floor(n / width) * columns]!;
            y![n] = int8At(t!, at * width + (n % width)) * s![at]!;
          }
        });
      }
      for (const width of [1, 7, 64]) {
        compare([floats(9 * width, next), ids], [rows * width], ([x, i], [y]) => area.wasm.gatherRows(x!, i!, y!, rows, width, columns), ([x, id], [y]) => {
          for (let n = 0; n < rows * width; n++) y![n] = x![id![Math.floor(n / width) * columns]! * width + (n % width)]!;
        });
        compare([floats(rows * width, next), ids], [9 * width], ([d, i], [dx]) => area.wasm.scatterRows(d!, i!, dx!, rows, width, columns, 9), ([d, id], [dx]) => {
          for (let n = 0; n < rows * width; n++) dx![id![Math.floor(n / width) * columns]! * width + (n % width)]! += d![n]!;
        });
      }
    }
  });
});

describe('over rows of logits', () => {
  const shapes: [number, number][] = [[1, 333], [3, 600], [7, 5], [65, 33], [2, 3], [4, 1]];

  it('tokenLogProb and its gradient', () => {
    const next = random(11);
    for (const [rows, width] of shapes) {
      for (const [temperature, scale] of [[1, 3], [0.7, 40], [2, 200]] as const) {
        const logits = floats(rows * width, next, scale);
        const targets = ints(rows, next, width);
        compare([logits, targets], [rows * 2], ([z, t], [out]) => area.wasm.tokenLogProb(z!, t!, out!, rows, width, temperature), (i, o) => tokenLogProbReference(i, o, rows, width, temperature), 1e-6, 0.5);
        compare([logits, targets, floats(rows * 2, next)], [rows * width], ([z, t, d], [out]) => area.wasm.tokenLogProbGrad(z!, t!, d!, out!, rows, width, temperature), (i, o) => tokenLogProbGradReference(i, o, rows, width, temperature), 4e-6, 0.05);
      }
    }
  });

  it('grpoLoss, all estimators and clips', () => {
    const next = random(12);
    for (const [rows, width] of shapes) {
      for (const klEstimator of [0, 1, 2]) {
        for (const [dualClip, temperature, entropyCoefficient] of [[0, 1, 0], [3, 0.8, 0.01]] as const) {
          const o = { temperature, clipLow: 0.2, clipHigh: 0.28, dualClip, klCoefficient: 0.04, klEstimator, entropyCoefficient };
          const logits = floats(rows * width, next, 4);
          const targets = ints(rows, next, width);
          const logp = new Float32Array(rows * 2);
          tokenLogProbReference([logits, targets], [logp], rows, width, temperature);
          const near = (spread: number) => Float32Array.from({ length: rows }, (_, n) => logp[n * 2]! + (next() - 0.5) * spread);
          const weights = floats(rows, next);
          weights[0] = 0;
          compare(
            [logits, targets, near(2), near(1), floats(rows, next), weights], [rows * 8, rows * width],
            ([z, t, old, ref, a, w], [stats, d]) =>
              area.wasm.grpoLoss(z!, t!, old!, ref!, a!, w!, stats!, d!, rows, width, temperature, 0.2, 0.28, dualClip, 0.04, klEstimator, entropyCoefficient),
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
          area.wasm.sample(area.put(logits), area.put(keys), previous ? area.put(previous) : 0, out, rows, width, temperature, seed, counter, 2, 1);
          const expected = new Int32Array(rows * 3);
          sampleReference([logits, keys, previous ?? new Int32Array(0)], [expected], rows, width, { temperature, seed, counter, endToken: 2, padToken: 1 });
          const actual = area.ints(out, rows * 3);
          const logp = (values: Int32Array, r: number) => new Float32Array(values.slice(r * 3 + 1, r * 3 + 2).buffer)[0]!;
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

describe('updates', () => {
  const options = { learningRate: 1e-3, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0.01 };
  const run = (state: Float32Array, grad: Float32Array, maxNorm: number, step: number, tolerance = 2e-6) => {
    const count = grad.length;
    const o = { ...options, maxNorm, step };
    compare(
      [state, grad], [3 * count, 1],
      ([s, g], [next, norm]) => area.wasm.adamW(s!, g!, next!, norm!, count, o.learningRate, o.beta1, o.beta2, o.epsilon, o.weightDecay, maxNorm, 1 - o.beta1 ** step, 1 - o.beta2 ** step),
      (i, out) => adamWReference(i, out, count, o),
      tolerance,
    );
  };

  it('adamW, clipped and not, first step and later', () => {
    const next = random(14);
    for (const count of [1, 3, 7, 1001]) {
      const state = floats(3 * count, next);
      for (let i = 2 * count; i < 3 * count; i++) state[i] = Math.abs(state[i]!);
      run(state, floats(count, next), 1, 10);
      run(state, floats(count, next, 1e-3), 1e9, 1);
      const fresh = new Float32Array(3 * count);
      fresh.set(floats(count, next));
      run(fresh, floats(count, next, 1e-12), 1, 1);
    }
  });

  it('adamW leaves the state alone where the norm is not finite', () => {
    const state = floats(21, random(15));
    for (const bad of [NaN, Infinity]) {
      const out = area.room(21);
      const norm = area.room(1);
      area.wasm.adamW(area.put(state), area.put(Float32Array.from([1, 2, 3, bad, 5, 6, 7])), out, norm, 7, 1e-3, 0.9, 0.999, 1e-8, 0, 1, 0.1, 0.001);
      expect(area.floats(out, 21)).toEqual(state);
      expect(area.floats(norm, 1)[0]).toBe(bad);
      area.release();
    }
  });

  it('groupAdvantage', () => {
    const next = random(16);
    for (const groupSize of [1, 4]) {
      for (const sampleStd of [false, true]) {
        for (const normalizeByStd of [false, true]) {
          const [rows, turns] = [12, 5];
          const scores = floats(rows, next);
          scores.fill(0.25, 4, 8);
          const credits = floats(rows * turns, next).map((c, i) => (i % 3 ? Math.abs(c) : 0));
          credits.fill(0, 0, 5);
          const counts = Float32Array.from(ints(rows * turns, next, 9));
          compare(
            [scores, credits, counts], [rows * turns, rows],
            ([s, c, n], [a, f]) => area.wasm.groupAdvantage(s!, c!, n!, a!, f!, rows, turns, groupSize, sampleStd, 1e-6, normalizeByStd),
            (i, o) => groupAdvantageReference(i, o, rows, turns, { groupSize, sampleStd, epsilon: 1e-6, normalizeByStd }),
          );
        }
      }
    }
  });
});
