/**
 * Every differentiable op: its gradient on the cpu backend against central differences of its formula in double
 * precision (the reference implementations take arrays of doubles as well), and on the others against cpu.
 */
import {
  engine,
  grads,
  tensor,
  tidy,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
} from '@tensorflow/tfjs-core';
import { describe, test } from 'vitest';
import {
  attention,
  gatherRows,
  grpoLossOp,
  linear,
  lmHead,
  matMul,
  heads,
  rmsNorm,
  swiGlu,
  weightedLoss,
} from '../../src/kernels';
import { attentionReference } from '../../src/kernels/attention/reference';
import type { Values } from '../../src/kernels/define';
import type { DeviceName } from '../../src/kernels/device';
import { grpoLossReference } from '../../src/kernels/grpoloss/reference';
import { headsReference } from '../../src/kernels/heads/reference';
import { lmHeadLossReference, lmHeadReference } from '../../src/kernels/lmhead/reference';
import { linearReference } from '../../src/kernels/linear/reference';
import { matMulReference } from '../../src/kernels/matmul/reference';
import { rmsNormReference } from '../../src/kernels/rmsnorm/reference';
import { Random } from '../../src/random';
import { on, openBackends, read } from './backends';
import { expectClose } from './closeness';
import { grpoInputs, Inputs, packedTokens, RAGGED, toTensor, type Input } from './inputs';

interface Differentiable {
  readonly title: string;
  /** Those with respect to which it is differentiated, in the order in which `op` and `formula` take them. */
  readonly by: readonly Input[];
  /** Everything else. */
  readonly fixed?: readonly Input[];
  op(by: readonly Tensor[], fixed: readonly Tensor[]): Tensor;
  /** Writes the values of the op, in doubles. */
  formula(by: readonly Values[], out: Values, fixed: readonly Values[]): void;
  readonly size: number;
}

const doubles = (length: number) => new Float64Array(length) as unknown as Values;

const RELATIVE_STEP = 1e-5;

/** Factors that make a number of a tensor, so that every element of the gradient is put to the test. */
const factorsFor = (size: number): Float32Array => {
  const random = new Random(size);
  return Float32Array.from({ length: size }, () => random.normal());
};

function numericGradients({ by, fixed = [], formula, size }: Differentiable): Float64Array[] {
  const factors = factorsFor(size);
  const inputs = by.map(({ values }) => Float64Array.from(values));
  const out = new Float64Array(size);
  const objective = () => {
    formula(
      inputs as unknown as Values[],
      out.fill(0) as unknown as Values,
      fixed.map(({ values }) => values),
    );
    return out.reduce((total, y, i) => total + y * factors[i]!, 0);
  };
  return inputs.map((values) =>
    values.map((x, i) => {
      const step = RELATIVE_STEP * Math.max(1, Math.abs(x));
      values[i] = x + step;
      const above = objective();
      values[i] = x - step;
      const below = objective();
      values[i] = x;
      return (above - below) / (2 * step);
    }),
  );
}

const analyticGradients = (backend: DeviceName, { by, fixed = [], op, size }: Differentiable) =>
  on(backend, () => {
    const others = fixed.map(toTensor);
    const factors = factorsFor(size);
    const xs = by.map(toTensor);
    const { shape } = tidy(() => op(xs, others));
    return read(grads((...inputs: Tensor[]) => op(inputs, others))(xs, tensor(factors, shape)));
  });

function matMuls(): Differentiable[] {
  return [false, true].flatMap((transposeA) =>
    [false, true].map((transposeB) => {
      const make = new Inputs(1);
      const [rows, inner, columns] = [5, 7, 6];
      const attrs = { transposeA, transposeB, alpha: 0.5 };
      return {
        title: `matMul${transposeA ? ', A transposed' : ''}${transposeB ? ', B transposed' : ''}`,
        by: [
          make.normal(transposeA ? [inner, rows] : [rows, inner]),
          make.normal(transposeB ? [columns, inner] : [inner, columns]),
        ],
        op: ([a, b]) => matMul(a as Tensor2D, b as Tensor2D, attrs),
        formula: (inputs, out) => matMulReference(inputs, [out], { rows, inner, columns }, attrs),
        size: rows * columns,
      } satisfies Differentiable;
    }),
  );
}

const none = new Float64Array(0) as unknown as Values;

function linears(): Differentiable[] {
  const make = new Inputs(2);
  const weight = ([packed, scale]: readonly Tensor[]) => ({
    packed: packed as Tensor2D,
    scale: scale as Tensor1D,
  });
  const adapted = (title: string, outer: number, starts: readonly number[]): Differentiable => {
    const ranks = 3 * (starts.length + 1);
    const [second = outer, third = outer] = starts;
    const [x, residual] = [make.normal([5, 12]), make.normal([5, outer])];
    const [a, b] = [make.normal([ranks, 12], 0.3), make.normal([outer, 3], 0.3)];
    return {
      title,
      by: [x, a, b, residual],
      fixed: [make.packed([outer, 3]), make.floats([outer], () => 0.001 + 0.01 * make.random.next())],
      op: ([x0, a0, b0, r0], rest) =>
        linear(x0 as Tensor2D, weight(rest), {
          lora: { a: a0 as Tensor2D, b: b0 as Tensor2D, scale: 2, starts },
          residual: r0 as Tensor2D,
        }),
      formula: ([x0, a0, b0, r0], out, [w, scale]) =>
        linearReference(
          [x0!, w!, scale!, a0!, b0!, none, r0!],
          [out, doubles(5 * ranks)],
          { rows: 5, inner: 12, outer, rank: 3, ranks },
          { loraScale: 2, second, third, epsilon: 0 },
        ),
      size: 5 * outer,
    };
  };
  return [
    adapted('linear with an adapter', 9, []),
    adapted('linear with two adapters', 12, [4]),
    adapted('linear with three adapters', 16, [8, 12]),
    {
      title: 'linear without adapter',
      by: [make.normal([5, 12])],
      fixed: [make.packed([9, 3]), make.floats([9], () => 0.001 + 0.01 * make.random.next())],
      op: ([x0], rest) => linear(x0 as Tensor2D, weight(rest)),
      formula: ([x0], out, [w, scale]) =>
        linearReference(
          [x0!, w!, scale!, none, none, none, none],
          [out, doubles(1)],
          { rows: 5, inner: 12, outer: 9, rank: 0, ranks: 0 },
          { loraScale: 0, second: 9, third: 9, epsilon: 0 },
        ),
      size: 45,
    },
  ];
}

function rows(): Differentiable[] {
  const make = new Inputs(3);
  const [x, w] = [make.normal([6, 8], 2), make.normal([8])];
  const ids = make.ints([7, 2], (i) => [3, 0, 3, 5, 3, 1, 0][i >> 1]!);
  return [
    {
      title: 'rmsNorm with its weight',
      by: [x, w],
      op: ([x0, w0]) => rmsNorm(x0 as Tensor2D, w0 as Tensor1D, 1e-5, { trainWeight: true }),
      formula: (inputs, out) => rmsNormReference(inputs, [out], 6, 8, 1e-5),
      size: 48,
    },
    {
      title: 'rmsNorm, weight frozen',
      by: [x],
      fixed: [w],
      op: ([x0], [w0]) => rmsNorm(x0 as Tensor2D, w0 as Tensor1D, 1e-5),
      formula: ([x0], out, [w0]) => rmsNormReference([x0!, w0!], [out], 6, 8, 1e-5),
      size: 48,
    },
    {
      title: 'gatherRows with repeated ids',
      by: [x],
      fixed: [ids],
      op: ([x0], [ids0]) => gatherRows(x0 as Tensor2D, ids0 as Tensor2D),
      formula: ([x0], out, [ids0]) => {
        for (let i = 0; i < 56; i++) out[i] = x0![ids0![(i >> 3) * 2]! * 8 + (i & 7)]!;
      },
      size: 56,
    },
    {
      title: 'swiGlu',
      by: [make.normal([3, 22], 3)],
      op: ([gateUp]) => swiGlu(gateUp as Tensor2D),
      formula: ([gateUp], out) => {
        for (let i = 0; i < 33; i++) {
          const at = i + Math.floor(i / 11) * 11;
          out[i] = (gateUp![at]! / (1 + Math.exp(-gateUp![at]!))) * gateUp![at + 11]!;
        }
      },
      size: 33,
    },
  ];
}

function attentions(): Differentiable[] {
  const make = new Inputs(4);
  const tokens = packedTokens([1, 6, 3, 9]);
  const n = tokens.shape[0]!;
  const sizes = { heads: 4, kvHeads: 2, d: 4 };
  const stacked = [n, 8 * 4];
  const turned = packedTokens(RAGGED);
  const m = turned.shape[0]!;
  const attrs = { heads: 2, kvHeads: 1, base: 100, epsilon: 1e-5, positions: 64 };
  const headsFormula = (inputs: readonly Values[], out: Values) => {
    const shapes = [[m, 24], [6], [6], [m, 4], []];
    headsReference([...inputs, none], [out], shapes, attrs);
  };
  const [qkv, qNorm, kNorm] = [make.normal([m, 24], 2), make.normal([6]), make.normal([6])];
  return [
    {
      title: 'attention',
      by: [make.normal(stacked)],
      fixed: [tokens],
      op: ([x], [table]) => attention(x as Tensor2D, table as Tensor2D, sizes),
      formula: ([x], out, [table]) =>
        attentionReference([x!, x!, table!], [out, doubles(n * 4)], [stacked, stacked, [n, 4]], {
          ...sizes,
          keys: 16,
          values: 24,
        }),
      size: n * 16,
    },
    {
      title: 'heads with their norms',
      by: [qkv, qNorm, kNorm],
      fixed: [turned],
      op: ([x, q, k], [table]) =>
        heads(x as Tensor2D, { query: q as Tensor1D, key: k as Tensor1D }, table as Tensor2D, attrs, {
          trainWeight: true,
        }),
      formula: ([x, q, k], out, [table]) => headsFormula([x!, q!, k!, table!], out),
      size: m * 24,
    },
    {
      title: 'heads, norms frozen',
      by: [qkv],
      fixed: [qNorm, kNorm, turned],
      op: ([x], [q, k, table]) =>
        heads(x as Tensor2D, { query: q as Tensor1D, key: k as Tensor1D }, table as Tensor2D, attrs),
      formula: ([x], out, [q, k, table]) => headsFormula([x!, q!, k!, table!], out),
      size: m * 24,
    },
  ];
}

function lmHeads(): Differentiable[] {
  const make = new Inputs(5);
  const [rows, inner, vocabulary] = [9, 8, 13];
  const sizes = { rows, inner, vocabulary };
  const attrs = { temperature: 0.7, gradients: 0 };
  const x = make.normal([rows, inner]);
  const targets = make.indices(rows, 1, vocabulary);
  const float = make.normal([vocabulary, inner]);
  const packed = make.packed([vocabulary, inner / 4]);
  const scale = make.floats([vocabulary], () => 0.005 + 0.01 * make.random.next());
  const weights = make.floats([rows], () => make.random.normal());
  return [
    {
      title: 'lmHead, int8',
      by: [x],
      fixed: [packed, scale, targets],
      op: ([x0], [table, scale0, y]) =>
        lmHead(x0 as Tensor2D, { packed: table as Tensor2D, scale: scale0 as Tensor1D }, y as Tensor2D, {
          temperature: 0.7,
          gradient: 'both',
        }),
      formula: ([x0], out, [table, scale0, y]) =>
        lmHeadReference([x0!, table!, scale0!, y!], [out], sizes, attrs),
      size: rows * 2,
    },
    {
      title: 'lmHead, float',
      by: [x],
      fixed: [float, targets],
      op: ([x0], [table, y]) =>
        lmHead(x0 as Tensor2D, { float: table as Tensor2D }, y as Tensor2D, {
          temperature: 0.7,
          gradient: 'both',
        }),
      formula: ([x0], out, [table, y]) => lmHeadReference([x0!, table!, doubles(0), y!], [out], sizes, attrs),
      size: rows * 2,
    },
    {
      title: 'weightedLoss',
      by: [x, float],
      fixed: [targets, weights],
      op: ([x0, table], [y, weights0]) =>
        weightedLoss(x0 as Tensor2D, table as Tensor2D, y as Tensor2D, weights0 as Tensor1D, 0.7),
      formula: ([x0, table], out, [y, weights0]) => {
        const scores = doubles(rows * 2);
        const gradients = [doubles(rows * inner), doubles(vocabulary * inner)];
        lmHeadLossReference([x0!, table!, y!, weights0!], [scores, ...gradients], sizes, 0.7);
        for (let n = 0; n < rows; n++) out[0]! -= weights0![n]! * scores[n * 2]!;
      },
      size: 1,
    },
  ];
}

function losses(): Differentiable[] {
  const count = 9;
  const { scores, ...rest } = grpoInputs(count, 6);
  const options = {
    clipLow: 0.2,
    clipHigh: 0.3,
    dualClip: 1.5,
    klCoefficient: 0.1,
    entropyCoefficient: 0.02,
  };
  const estimators = ['k1', 'k2', 'k3'] as const;
  return estimators.map((klEstimator, index) => ({
    title: `grpoLoss, ${klEstimator}`,
    by: [scores],
    fixed: [rest.old, rest.ref, rest.advantages, rest.weights],
    op: ([given], [old, ref, advantages, weights]) =>
      grpoLossOp(
        given as Tensor2D,
        {
          old: old as Tensor1D,
          ref: ref as Tensor1D,
          advantages: advantages as Tensor1D,
          weights: weights as Tensor1D,
        },
        { ...options, klEstimator },
        (stats) => stats.dispose(),
      ),
    formula: ([given], out, fixed) => {
      const stats = doubles(count * 8);
      grpoLossReference([given!, ...fixed], [stats, doubles(count * 2)], count, {
        ...options,
        klEstimator: index,
      });
      for (let n = 0; n < count; n++) out[0]! += stats[n * 8]!;
    },
    size: 1,
  }));
}

const differentiables = [...matMuls(), ...linears(), ...rows(), ...attentions(), ...lmHeads(), ...losses()];
const titled = differentiables.map((entry) => [entry.title, entry] as const);
const backends = await openBackends();

describe('on cpu as by central differences', () => {
  test.each(titled)('%s', async (_, entry) => {
    const numeric = numericGradients(entry);
    const analytic = await analyticGradients('cpu', entry);
    // Differences in double precision are good to 1e-9; the kernels round what they store to floats.
    numeric.forEach((expected, i) => expectClose(analytic[i]!, expected, 1e-6, `gradient by input ${i}`));
  });
});

describe.each(backends.filter((backend) => backend !== 'cpu'))('on %s as on cpu', (backend) => {
  test.each(titled)('%s', async (_, entry) => {
    const expected = await analyticGradients('cpu', entry);
    const actual = await analyticGradients(backend, entry);
    expected.forEach((values, i) => expectClose(actual[i]!, values, 1e-5, `gradient by input ${i}`));
  });

  test('leaves no tensor behind', async () => {
    const before = engine().memory().numTensors;
    for (const entry of differentiables) await analyticGradients(backend, entry);
    if (engine().memory().numTensors !== before) throw new Error('tensors were left behind');
  });
});
