import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { adamWReference } from '../../src/kernels/adamw/reference';
import { groupAdvantageReference } from '../../src/kernels/advantage/reference';
import { linearGradReference, linearReference } from '../../src/kernels/linear/reference';
import { int8At } from '../../src/kernels/linear/reference';
import { matMulReference } from '../../src/kernels/matmul/reference';
import {
  rmsNormGradReference,
  rmsNormReference,
  rmsNormWeightGradReference,
} from '../../src/kernels/rmsnorm/reference';
import { compare, floats, ints, kernelBinary, openArea, packed, random, type Area } from './simdHarness';

let area: Area;
beforeAll(async () => {
  area = await openArea();
});
afterEach(() => area.release());

describe('the compiled module', () => {
  it.each(['plain', 'relaxed', 'shared', 'shared-relaxed'] as const)(
    '%s has no data of its own',
    (variant) => {
      const sections: number[] = [];
      const bytes = kernelBinary(variant);
      for (let at = 8; at < bytes.length;) {
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
    },
  );

  it('wants nothing but a memory', () => {
    for (const variant of ['plain', 'shared'] as const) {
      const module = new WebAssembly.Module(kernelBinary(variant));
      expect(WebAssembly.Module.imports(module)).toEqual([{ module: 'env', name: 'memory', kind: 'memory' }]);
    }
  });
});

describe('products', () => {
  const cases: [number, number, number][] = [];
  for (const rows of [1, 3, 7, 16, 17, 65]) {
    for (const [inner, columns] of [
      [4, 1],
      [5, 3],
      [16, 8],
      [33, 21],
      [64, 100],
    ] as const)
      cases.push([rows, inner, columns]);
  }
  cases.push([8, 1000, 72], [20, 300, 270], [176, 515, 8]);

  it('matMul, either side transposed', () => {
    const next = random(1);
    for (const [rows, inner, columns] of cases) {
      for (const transposeA of [false, true]) {
        for (const transposeB of [false, true]) {
          compare(
            area,
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
    const shapes: [number, number, number, number][] = [
      [1, 64, 176, 8],
      [3, 16, 5, 4],
      [7, 20, 33, 3],
      [65, 64, 333, 8],
      [17, 300, 12, 16],
      [9, 64, 600, 0],
      [33, 128, 260, 0],
      [5, 4, 1, 1],
      [6, 16, 24, 270],
    ];
    for (const [rows, inner, outer, rank] of shapes) {
      const sizes = { rows, inner, outer, rank, ranks: rank };
      const attrs = { loraScale: 2, second: outer, third: outer, epsilon: 0 };
      const counts = [rows, inner, outer, rank, rank, 2, outer, outer] as const;
      const weight = [packed(inner * outer, next), floats(outer, next, 0.01)] as const;
      const pair = rank
        ? ([floats(rank * inner, next), floats(outer * rank, next)] as const)
        : ([undefined, undefined] as const);
      const none = new Float32Array(0);
      compare(
        area,
        [floats(rows * inner, next), ...weight, ...pair],
        [rows * outer, rank ? rows * rank : 1],
        ([x, w, s, a, b], [y, h]) => area.wasm.linear(x!, w!, s!, a!, b!, 0, 0, y!, h!, ...counts, 0),
        (i, o) => linearReference([...i, none, none], o, sizes, attrs),
        5e-6,
      );
      compare(
        area,
        [floats(rows * outer, next), ...weight, ...pair],
        [rows * inner, rank ? rows * rank : 1],
        ([dy, w, s, a, b], [dx, u]) => area.wasm.linearGrad(dy!, w!, s!, a!, b!, dx!, u!, ...counts),
        (i, o) => linearGradReference(i, o, sizes, attrs),
        5e-6,
      );
    }
  });
});

describe('row by row', () => {
  const shapes: [number, number][] = [
    [1, 64],
    [3, 16],
    [7, 5],
    [65, 176],
    [2, 3],
  ];

  it('rmsNorm and its gradients', () => {
    const next = random(8);
    for (const [rows, width] of shapes) {
      const [x, w, dy] = [floats(rows * width, next), floats(width, next), floats(rows * width, next)];
      compare(
        area,
        [x, w],
        [rows * width],
        ([a, b], [y]) => area.wasm.rmsNorm(a!, b!, y!, rows, width, 1e-6),
        (i, o) => rmsNormReference(i, o, rows, width, 1e-6),
      );
      compare(
        area,
        [dy, x, w],
        [rows * width],
        ([g, a, b], [dx]) => area.wasm.rmsNormGrad(g!, a!, b!, dx!, rows, width, 1e-6),
        (i, o) => rmsNormGradReference(i, o, rows, width, 1e-6),
      );
      compare(
        area,
        [dy, x],
        [width],
        ([g, a], [dw]) => area.wasm.rmsNormWeightGrad(g!, a!, dw!, rows, width, 1e-6),
        (i, o) => rmsNormWeightGradReference(i, o, rows, width, 1e-6),
      );
    }
  });

  it('swiGlu and its gradient', () => {
    const next = random(9);
    const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));
    for (const [rows, width] of [
      [1, 1],
      [2, 3],
      [1, 4],
      [5, 7],
      [10, 100],
    ] as const) {
      const size = rows * width;
      const gateAt = (i: number) => i + Math.floor(i / width) * width;
      for (const scale of [1, 20, 200]) {
        compare(
          area,
          [floats(2 * size, next, scale)],
          [size],
          ([x], [y]) => area.wasm.swiGlu(x!, y!, rows, width),
          ([x], [y]) => {
            for (let i = 0; i < size; i++) {
              const g = x![gateAt(i)]!;
              y![i] = g * sigmoid(g) * x![gateAt(i) + width]!;
            }
          },
        );
        compare(
          area,
          [floats(size, next), floats(2 * size, next, scale)],
          [2 * size],
          ([d, x], [dx]) => area.wasm.swiGluGrad(d!, x!, dx!, rows, width),
          ([d, x], [dx]) => {
            for (let i = 0; i < size; i++) {
              const [g, up] = [x![gateAt(i)]!, x![gateAt(i) + width]!];
              const s = sigmoid(g);
              dx![gateAt(i)] = d![i]! * up * s * (1 + g * (1 - s));
              dx![gateAt(i) + width] = d![i]! * g * s;
            }
          },
        );
      }
    }
  });

  it('embedInt8, gatherRows, scatterRows', () => {
    const next = random(10);
    for (const [rows, columns] of [
      [1, 1],
      [7, 3],
      [65, 1],
    ] as const) {
      const ids = ints(rows * columns, next, 9);
      for (const width of [4, 20, 64]) {
        compare(
          area,
          [packed(9 * width, next), floats(9, next), ids],
          [rows * width],
          ([t, s, i], [y]) => area.wasm.embedInt8(t!, s!, i!, y!, rows, width, columns),
          ([t, s, id], [y]) => {
            for (let n = 0; n < rows * width; n++) {
              const at = id![Math.floor(n / width) * columns]!;
              y![n] = int8At(t!, at * width + (n % width)) * s![at]!;
            }
          },
        );
      }
      for (const width of [1, 7, 64]) {
        compare(
          area,
          [floats(9 * width, next), ids],
          [rows * width],
          ([x, i], [y]) => area.wasm.gatherRows(x!, i!, y!, rows, width, columns),
          ([x, id], [y]) => {
            for (let n = 0; n < rows * width; n++)
              y![n] = x![id![Math.floor(n / width) * columns]! * width + (n % width)]!;
          },
        );
        compare(
          area,
          [floats(rows * width, next), ids],
          [9 * width],
          ([d, i], [dx]) => area.wasm.scatterRows(d!, i!, dx!, rows, width, columns, 9),
          ([d, id], [dx]) => {
            for (let n = 0; n < rows * width; n++)
              dx![id![Math.floor(n / width) * columns]! * width + (n % width)]! += d![n]!;
          },
        );
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
      area,
      [state, grad],
      [3 * count, 1],
      ([s, g], [next, norm]) =>
        area.wasm.adamW(
          s!,
          g!,
          next!,
          norm!,
          count,
          o.learningRate,
          o.beta1,
          o.beta2,
          o.epsilon,
          o.weightDecay,
          maxNorm,
          1 - o.beta1 ** step,
          1 - o.beta2 ** step,
        ),
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
      area.wasm.adamW(
        area.put(state),
        area.put(Float32Array.from([1, 2, 3, bad, 5, 6, 7])),
        out,
        norm,
        7,
        1e-3,
        0.9,
        0.999,
        1e-8,
        0,
        1,
        0.1,
        0.001,
      );
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
            area,
            [scores, credits, counts],
            [rows * turns, rows],
            ([s, c, n], [a, f]) =>
              area.wasm.groupAdvantage(
                s!,
                c!,
                n!,
                a!,
                f!,
                rows,
                turns,
                groupSize,
                sampleStd,
                1e-6,
                normalizeByStd,
              ),
            (i, o) =>
              groupAdvantageReference(i, o, rows, turns, {
                groupSize,
                sampleStd,
                epsilon: 1e-6,
                normalizeByStd,
              }),
          );
        }
      }
    }
  });
});
