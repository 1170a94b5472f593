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
  rmsNorm,
  rotary,
  swiGlu,
  weightedLoss,
} from '../../src/kernels';
import { attentionReference } from '../../src/kernels/attention/reference';
import type { Values } from '../../src/kernels/define';
import type { DeviceName } from '../../src/kernels/device';
import { grpoLossReference } from '../../src/kernels/grpoloss/reference';
import { lmHeadLossReference, lmHeadReference } from '../../src/kernels/lmhead/reference';
import { linearReference } from '../../src/kernels/linear/reference';
import { matMulReference } from '../../src/kernels/matmul/reference';
import { rmsNormReference } from '../../src/kernels/rmsnorm/reference';
import { rotaryReference } from '../../src/kernels/rotary/reference';
import { Random } from '../../src/random';
import { on, openBackends, read } from './backends';
import { expectClose } from './closeness';
import { grpoInputs, Inputs, packedSpans, RAGGED, toTensor, type Input } from './inputs';

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

function linears(): Differentiable[] {
  const make = new Inputs(2);
  const sizes = { rows: 5, inner: 12, outer: 9, rank: 3, loraScale: 2 };
  const [x, a, b] = [make.normal([5, 12]), make.normal([3, 12], 0.3), make.normal([9, 3], 0.3)];
  const fixed = [make.packed([9, 3]), make.floats([9], () => 0.001 + 0.01 * make.random.next())];
  const weight = ([packed, scale]: readonly Tensor[]) => ({
    packed: packed as Tensor2D,
    scale: scale as Tensor1D,
  });
  return [
    {
      title: 'linear with adapter',
      by: [x, a, b],
      fixed,
      op: ([x0, a0, b0], rest) =>
        linear(x0 as Tensor2D, weight(rest), { a: a0 as Tensor2D, b: b0 as Tensor2D, scale: 2 }),
      formula: ([x0, a0, b0], out, [w, scale]) =>
        linearReference([x0!, w!, scale!, a0!, b0!], [out, doubles(15)], sizes),
      size: 45,
    },
    {
      title: 'linear without adapter',
      by: [x],
      fixed,
      op: ([x0], rest) => linear(x0 as Tensor2D, weight(rest)),
      formula: ([x0], out, [w, scale]) =>
        linearReference([x0!, w!, scale!, doubles(0), doubles(0)], [out, doubles(1)], {
          ...sizes,
          rank: 0,
          loraScale: 0,
        }),
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
      by: [make.normal([3, 11], 3), make.normal([3, 11])],
      op: ([gate, up]) => swiGlu(gate as Tensor2D, up as Tensor2D),
      formula: ([gate, up], out) => {
        for (let i = 0; i < 33; i++) out[i] = (gate![i]! / (1 + Math.exp(-gate![i]!))) * up![i]!;
      },
      size: 33,
    },
  ];
}

function attentions(): Differentiable[] {
  const make = new Inputs(4);
  const spans = packedSpans([1, 6, 3, 9]);
  const n = spans.shape[0]!;
  const [heads, kvHeads, d] = [4, 2, 4];
  const positions = packedSpans(RAGGED);
  const m = positions.shape[0]!;
  const turn = { heads: 2, base: 100, offset: 0 };
  return [
    {
      title: 'attention',
      by: [make.normal([n, heads * d]), make.normal([n, kvHeads * d]), make.normal([n, kvHeads * d])],
      fixed: [spans],
      op: ([q, k, v], [spans0]) =>
        attention(q as Tensor2D, k as Tensor2D, v as Tensor2D, spans0 as Tensor2D, { heads, kvHeads }),
      formula: (inputs, out, [spans0]) =>
        attentionReference([...inputs, spans0!], [out], n, d, { heads, kvHeads, offset: 0 }),
      size: n * heads * d,
    },
    {
      title: 'rotary',
      by: [make.normal([m, 8])],
      fixed: [positions],
      op: ([x], [spans0]) => rotary(x as Tensor2D, spans0 as Tensor2D, turn),
      formula: ([x], out, [spans0]) =>
        rotaryReference([x!, spans0!], [out], m, 8, { ...turn, inverse: false }),
      size: m * 8,
    },
  ];
}

function heads(): Differentiable[] {
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

const differentiables = [...matMuls(), ...linears(), ...rows(), ...attentions(), ...heads(), ...losses()];
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
