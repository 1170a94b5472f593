/** Cases of the kernels between logits and the next update: sampling, credit, loss, optimiser. */
import { grpoInputs, Inputs, type Case, type Input } from './inputs';

/** Tables of one block and of several, of one word, of a size that no tile divides. */
function headCases(): Case[] {
  return (
    [
      [1, 32, 333, 1, 1],
      [5, 16, 333, 0.7, 3],
      [65, 64, 64, 1.5, 1],
      [3, 8, 1, 1, 1],
      [150, 8, 50, 1, 1],
      [3, 16, 2500, 0.8, 6],
    ] as const
  ).flatMap(([rows, inner, vocabulary, temperature, spread], i) => {
    const make = new Inputs(800 + i);
    const x = make.normal([rows, inner], spread / Math.sqrt(inner));
    const targets = make.indices(rows, 1, vocabulary);
    const int8 = {
      table: make.packed([vocabulary, inner / 4]),
      scale: make.floats([vocabulary], () => (0.5 + make.random.next()) / 74),
    };
    const float = { table: make.normal([vocabulary, inner]) };
    const title = `${rows}x${inner} over ${vocabulary} at ${temperature}`;
    const heads = [0, 1, 2].flatMap((gradients) =>
      Object.entries({ int8, float }).map(([form, table]) => ({
        kernel: 'LmHead',
        title: `${title}, ${form}, ${gradients} gradients`,
        inputs: { x, ...table, targets },
        attrs: { temperature, gradients },
      })),
    );
    const weights = make.floats([rows], () => make.random.normal() / rows);
    return [
      ...heads,
      { kernel: 'LmHeadLoss', title, inputs: { x, ...float, targets, weights }, attrs: { temperature } },
    ];
  });
}

/** More logits than a block of the GPU holds. */
function tallHeadCases(): Case[] {
  const make = new Inputs(860);
  const [rows, inner, vocabulary] = [1060, 4, 2000];
  const x = make.normal([rows, inner]);
  const targets = make.indices(rows, 1, vocabulary);
  const table = make.normal([vocabulary, inner]);
  const weights = make.floats([rows], () => make.random.normal() / rows);
  const title = `${rows}x${inner} over ${vocabulary}`;
  const words = 151_936;
  const many = {
    x: make.normal([15, 8]),
    table: make.packed([words, 2]),
    scale: make.floats([words], () => (0.5 + make.random.next()) / 74),
    targets: make.indices(15, 1, words),
  };
  return [
    {
      kernel: 'LmHead',
      title: `15x8 over ${words}, int8`,
      inputs: many,
      attrs: { temperature: 1, gradients: 2 },
    },
    { kernel: 'LmHead', title, inputs: { x, table, targets }, attrs: { temperature: 1, gradients: 2 } },
    { kernel: 'LmHeadLoss', title, inputs: { x, table, targets, weights }, attrs: { temperature: 1 } },
  ];
}

function headGradCases(): Case[] {
  const make = new Inputs(850);
  const inputs = { dScores: make.normal([9, 2]), u: make.normal([9, 12]) };
  return [
    { kernel: 'LmHeadGrad', title: 'log-probabilities', inputs, attrs: {} },
    { kernel: 'LmHeadGrad', title: 'both', inputs: { ...inputs, w: make.normal([9, 12]) }, attrs: {} },
  ];
}

function grpoCases(): Case[] {
  const plain = {
    clipLow: 0.2,
    clipHigh: 0.2,
    dualClip: 0,
    klCoefficient: 0.05,
    klEstimator: 2,
    entropyCoefficient: 0.01,
  };
  return [
    { title: '65 tokens, k3', inputs: grpoInputs(65, 900), attrs: plain },
    {
      title: '65 tokens, k1, dual clip',
      inputs: grpoInputs(65, 901),
      attrs: { ...plain, klEstimator: 0, dualClip: 1.5 },
    },
    {
      title: '65 tokens, k2, high clip, no entropy',
      inputs: grpoInputs(65, 902),
      attrs: { ...plain, klEstimator: 1, clipHigh: 0.5, entropyCoefficient: 0 },
    },
    {
      title: '3 tokens, no KL',
      inputs: grpoInputs(3, 903),
      attrs: { ...plain, klCoefficient: 0 },
    },
    { title: 'one token', inputs: grpoInputs(1, 904), attrs: plain },
  ].map((rest) => ({ kernel: 'GrpoLoss', ...rest }));
}

function adamWCases(): Case[] {
  const attrs = {
    learningRate: 3e-3,
    beta1: 0.9,
    beta2: 0.95,
    epsilon: 1e-8,
    weightDecay: 0.01,
    maxNorm: 1,
    step: 1,
  };
  const make = new Inputs(1000);
  const state = (count: number): Input => {
    const { values, shape } = make.normal([3, count]);
    // Second moments are not negative.
    return { shape, dtype: 'float32', values: values.map((x, i) => (i >= 2 * count ? x * x * 0.01 : x)) };
  };
  const broken = (count: number, value: number): Input => {
    const grad = make.normal([count]);
    grad.values[count - 2] = value;
    return grad;
  };
  return [
    { title: 'one parameter', inputs: { state: state(1), grad: make.normal([1]) }, attrs },
    {
      title: '333, clipped',
      inputs: { state: state(333), grad: make.normal([333]) },
      attrs: { ...attrs, step: 50 },
    },
    {
      title: '4096, not clipped, no decay',
      inputs: { state: state(4096), grad: make.normal([4096], 1e-3) },
      attrs: { ...attrs, weightDecay: 0, step: 7 },
    },
    { title: 'a gradient of zero', inputs: { state: state(8), grad: make.floats([8], () => 0) }, attrs },
    { title: 'a gradient with NaN', inputs: { state: state(333), grad: broken(333, NaN) }, attrs },
    { title: 'a gradient with infinity', inputs: { state: state(64), grad: broken(64, -Infinity) }, attrs },
  ].map((rest) => ({ kernel: 'AdamW', ...rest }));
}

function advantageCases(): Case[] {
  const attrs = { groupSize: 8, sampleStd: true, epsilon: 1e-6, normalizeByStd: true };
  const make = new Inputs(1100);
  const inputs = (rows: number, turns: number, score = () => Math.round(make.random.next() * 10) / 10) => ({
    scores: make.floats([rows], score),
    credits: make.floats([rows, turns], () =>
      make.random.next() < 0.2 ? 0 : Math.round(make.random.next() * 10) / 10,
    ),
    counts: make.floats([rows, turns], () => make.random.int(7)),
  });
  return [
    { title: '4 groups of 8', inputs: inputs(32, 6), attrs },
    { title: 'population deviation', inputs: inputs(16, 5), attrs: { ...attrs, sampleStd: false } },
    {
      title: 'not divided by the deviation',
      inputs: inputs(16, 5),
      attrs: { ...attrs, normalizeByStd: false },
    },
    { title: 'groups of 1', inputs: inputs(3, 4), attrs: { ...attrs, groupSize: 1 } },
    { title: 'groups of 2 and one turn', inputs: inputs(6, 1), attrs: { ...attrs, groupSize: 2 } },
    { title: 'all alike', inputs: inputs(8, 4, () => 0.7), attrs },
    { title: 'no credit at all', inputs: { ...inputs(8, 4), credits: make.floats([8, 4], () => 0) }, attrs },
  ].map((rest) => ({ kernel: 'GroupAdvantage', ...rest }));
}

function sampleCases(): Case[] {
  const attrs = { temperature: 1, seed: 1234, endToken: 2, padToken: 0 };
  const make = new Inputs(1200);
  /** The state of rows that have drawn `drawn` tokens of a turn of four; `id` is the last of them. */
  const inputs = (rows: number, width: number, drawn: number, id: () => number) => {
    const samples = Array.from({ length: 2 * drawn }, () => make.random.int(50));
    const table = Array.from({ length: rows }, (_, r) => [
      ...[id(), 64 * r, 5, 0, r * 7919, 16, drawn, ...samples],
      ...new Array<number>(2 * (4 - drawn)).fill(-1),
    ]);
    return {
      logits: make.normal([rows, width], 2),
      rows: make.ints([rows, table[0]!.length], (i) => table.flat()[i]!),
    };
  };
  const going = () => 7;
  return [
    { title: '65x333', inputs: inputs(65, 333, 0, going), attrs },
    { title: '65x333 with finished rows', inputs: inputs(65, 333, 2, () => make.random.int(4)), attrs },
    { title: 'greedy', inputs: inputs(65, 333, 1, going), attrs: { ...attrs, temperature: 0 } },
    {
      title: 'cold, large seed',
      inputs: inputs(3, 64, 3, going),
      attrs: { ...attrs, temperature: 0.5, seed: 0xfedcba98 },
    },
    { title: 'one row of one token', inputs: inputs(1, 1, 0, going), attrs },
  ].map((rest) => ({ kernel: 'Sample', writes: ['rows'], ...rest }));
}

export const trainingCases: readonly Case[] = [
  ...headCases(),
  ...tallHeadCases(),
  ...headGradCases(),
  ...grpoCases(),
  ...adamWCases(),
  ...advantageCases(),
  ...sampleCases(),
];
