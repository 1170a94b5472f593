/** Cases of the kernels a layer of the policy is made of. */
import { attentionReference } from '../../src/kernels/attention/reference';
import { adaptersOf } from '../../src/kernels/linear';
import { cachedTokens, Inputs, packedTokens, RAGGED, type Case, type Input } from './inputs';

const ONE = [1];

function matMulCases(): Case[] {
  const sizes = [
    [1, 5, 3],
    [3, 333, 8],
    [65, 64, 17],
    [4, 12, 8],
    [8, 1501, 128],
    [130, 20, 260],
  ] as const;
  return sizes.flatMap(([rows, inner, columns], i) =>
    [false, true].flatMap((transposeA) =>
      [false, true].map((transposeB) => {
        const make = new Inputs(100 + i);
        return {
          kernel: 'MatMul',
          title: `${rows}x${inner}${transposeA ? "'" : ''} ${inner}x${columns}${transposeB ? "'" : ''}`,
          inputs: {
            a: make.normal(transposeA ? [inner, rows] : [rows, inner]),
            b: make.normal(transposeB ? [columns, inner] : [inner, columns]),
          },
          attrs: { transposeA, transposeB, alpha: i % 2 ? 0.5 : 1 },
        };
      }),
    ),
  );
}

/** [rows, inner, outer, rank, starts of the second and third adapter] */
const LINEAR_SIZES: readonly (readonly [number, number, number, number, ...number[]])[] = [
  [1, 12, 16, 8],
  [3, 64, 333, 8],
  [65, 64, 128, 3],
  [65, 128, 32, 16],
  [130, 16, 333, 4],
  [3, 64, 333, 0],
  [65, 32, 16, 0],
  [1, 4, 1, 1],
  [65, 64, 128, 8, 64, 96],
  [9, 32, 64, 4, 32],
  [70, 16, 20, 3, 8, 12],
  [2100, 8, 24, 4, 16, 20],
];

function linearCases(): Case[] {
  return LINEAR_SIZES.flatMap(([rows, inner, outer, rank, second = outer, third = outer], i): Case[] => {
    const make = new Inputs(200 + i);
    const adapters = adaptersOf(outer, second, third);
    const weight = {
      w: make.packed([outer, inner / 4]),
      scale: make.floats([outer], () => 0.001 + 0.01 * make.random.next()),
    };
    const lora: Record<string, Input> = rank
      ? { a: make.normal([adapters * rank, inner], 0.2), b: make.normal([outer, rank], 0.2) }
      : {};
    const title = `${rows} rows, ${inner} to ${outer}, ${rank ? `${adapters} of rank ${rank}` : 'no adapter'}`;
    const attrs = { loraScale: rank ? 2 : 0, second, third, epsilon: 1e-6 };
    const x = make.normal([rows, inner]);
    const dy = make.normal([rows, outer]);
    const fused = { norm: make.normal([inner]), residual: make.normal([rows, outer]) };
    const ranks = adapters * rank;
    const gradient: Case = {
      kernel: 'AdapterGrad',
      title,
      inputs: { x, dy, h: make.normal([rows, ranks]), u: make.normal([rows, ranks]) },
      attrs,
    };
    return [
      { kernel: 'Linear', title, inputs: { x, ...weight, ...lora }, attrs },
      {
        kernel: 'Linear',
        title: `${title}, norm and residual`,
        inputs: { x, ...weight, ...lora, ...fused },
        attrs,
      },
      { kernel: 'LinearGrad', title, inputs: { dy, ...weight, ...lora }, attrs },
      ...(rank ? [gradient] : []),
    ];
  });
}

function rmsNormCases(): Case[] {
  const sizes = [
    [1, 64],
    [3, 6],
    [65, 16],
    [200, 33],
    [3, 333],
  ] as const;
  return sizes
    .flatMap(([rows, width], i): Case[] => {
      const make = new Inputs(300 + i);
      const [dy, x, w] = [make.normal([rows, width]), make.normal([rows, width], 3), make.normal([width])];
      const attrs = { epsilon: 1e-6 };
      const title = `${rows}x${width}`;
      return [
        { kernel: 'RmsNorm', title, inputs: { x, w }, attrs },
        { kernel: 'RmsNormGrad', title, inputs: { dy, x, w }, attrs },
        { kernel: 'RmsNormWeightGrad', title, inputs: { dy, x }, attrs },
      ];
    })
    .concat({
      kernel: 'RmsNorm',
      title: 'a row of zeros',
      inputs: { x: new Inputs(390).floats([2, 8], () => 0), w: new Inputs(391).normal([8]) },
      attrs: { epsilon: 1e-6 },
    });
}

/** [heads, kvHeads, d, lengths] */
const ATTENTION_SIZES: readonly (readonly [number, number, number, readonly number[]])[] = [
  [4, 2, 16, RAGGED],
  [3, 1, 8, [7, 2]],
  [2, 2, 12, [33]],
  [4, 4, 32, [65]],
  [8, 2, 4, ONE],
];

/** A cache of 4 rows and the new tokens of three of them, the state's further columns beside them. */
const CONTEXT = 48;
const cached = () =>
  cachedTokens(
    CONTEXT,
    [
      [0, 0, 3],
      [2, 30, 1],
      [3, 11, 5],
    ],
    3,
  );

function headsCases(): Case[] {
  const far = cachedTokens(4096, [
    [0, 4000, 3],
    [1, 17, 1],
    [0, 1023, 1],
  ]);
  const packed = [
    ...ATTENTION_SIZES.map(([heads, kvHeads, d, lengths]) => ({
      heads,
      kvHeads,
      d,
      base: 10000,
      tokens: packedTokens(lengths),
    })),
    { heads: 2, kvHeads: 1, d: 32, base: 1e6, tokens: far },
  ].flatMap(({ heads, kvHeads, d, base, tokens }, i): Case[] => {
    const make = new Inputs(400 + i);
    const shape = [tokens.shape[0]!, (heads + 2 * kvHeads) * d];
    const attrs = { heads, kvHeads, base, epsilon: 1e-6, positions: 4096 };
    const [qkv, dy] = [make.normal(shape, 2), make.normal(shape)];
    const norms = { qNorm: make.normal([d]), kNorm: make.normal([d]) };
    const title = `${heads} heads and ${kvHeads} of ${d}, ${tokens.shape[0]!} tokens`;
    return [
      { kernel: 'Heads', title, inputs: { qkv, ...norms, tokens }, attrs },
      { kernel: 'HeadsGrad', title, inputs: { dy, qkv, ...norms, tokens }, attrs },
      { kernel: 'HeadsWeightGrad', title, inputs: { dy, qkv, tokens }, attrs },
    ];
  });
  const make = new Inputs(490);
  const tokens = cached();
  const intoCache: Case = {
    kernel: 'Heads',
    title: 'into a cache',
    inputs: {
      qkv: make.normal([tokens.shape[0]!, 8 * 16]),
      qNorm: make.normal([16]),
      kNorm: make.normal([16]),
      tokens,
      cache: make.normal([4 * CONTEXT, 4 * 16]),
    },
    attrs: { heads: 4, kvHeads: 2, base: 10000, epsilon: 1e-6, positions: 64 },
    writes: ['cache'],
  };
  return [...packed, intoCache];
}

function attentionCases(): Case[] {
  const whole = ATTENTION_SIZES.flatMap(([heads, kvHeads, d, lengths], i): Case[] => {
    const make = new Inputs(500 + i);
    const tokens = packedTokens(lengths);
    const n = tokens.shape[0]!;
    const qkv = make.normal([n, (heads + 2 * kvHeads) * d]);
    const attrs = { heads, kvHeads, d, keys: heads * d, values: (heads + kvHeads) * d };
    const [out, logSum] = [new Float32Array(n * heads * d), new Float32Array(n * heads)];
    attentionReference(
      [qkv.values, qkv.values, tokens.values],
      [out, logSum],
      [qkv.shape, qkv.shape, tokens.shape],
      attrs,
    );
    const forward = {
      out: { shape: [n, heads * d], dtype: 'float32' as const, values: out },
      logSum: { shape: [n, heads], dtype: 'float32' as const, values: logSum },
    };
    const title = `${heads} heads on ${kvHeads} of ${d}, lengths ${lengths.join(' ')}`;
    return [
      { kernel: 'Attention', title, inputs: { q: qkv, kv: qkv, tokens }, attrs },
      {
        kernel: 'AttentionGrad',
        title,
        inputs: { qkv, tokens, ...forward, dOut: make.normal([n, heads * d]) },
        attrs,
      },
    ];
  });
  const make = new Inputs(590);
  const tokens = cached();
  const overCache: Case = {
    kernel: 'Attention',
    title: 'over a cache',
    inputs: {
      q: make.normal([tokens.shape[0]!, 64]),
      kv: make.normal([4 * CONTEXT, 4 * 16]),
      tokens,
    },
    attrs: { heads: 4, kvHeads: 2, d: 16, keys: 0, values: 32 },
  };
  const sharp: Case = {
    kernel: 'Attention',
    title: 'large scores',
    inputs: { q: make.normal([20, 48], 20), kv: make.normal([20, 48], 20), tokens: packedTokens([20]) },
    attrs: { heads: 1, kvHeads: 1, d: 16, keys: 16, values: 32 },
    // Scores near 1000: one part in 10^7 of them is one in 10^4 of a probability.
    tolerance: 3e-4,
  };
  return [...whole, overCache, sharp];
}

/** The same ids, column by column from small to large. */
function ascending(values: Input['values'], columns: number): Int32Array {
  const sorted = Int32Array.from(values);
  for (let c = 0; c < columns; c++) {
    const column = sorted.filter((_, i) => i % columns === c).sort();
    column.forEach((id, n) => (sorted[n * columns + c] = id));
  }
  return sorted;
}

function rowCases(): Case[] {
  const make = new Inputs(600);
  const looked = [
    [1, 8, 1, 5],
    [65, 64, 1, 333],
    [7, 12, 3, 4],
  ] as const;
  return looked.flatMap(([rows, width, columns, many]): Case[] => {
    const ids = make.indices(rows, columns, many);
    const title = `${rows} of ${many} rows of ${width}, ids in ${columns} columns`;
    return [
      {
        kernel: 'EmbedInt8',
        title,
        inputs: {
          table: make.packed([many, width / 4]),
          scale: make.floats([many], () => make.random.next()),
          ids,
        },
        attrs: {},
      },
      { kernel: 'GatherRows', title, inputs: { x: make.normal([many, width]), ids }, attrs: {} },
      {
        kernel: 'GatherRows',
        title: `${title}, width odd`,
        inputs: { x: make.normal([many, width + 1]), ids },
        attrs: {},
      },
      {
        kernel: 'ScatterRows',
        title,
        inputs: { dy: make.normal([rows, width]), ids },
        attrs: { rows: many, ascending: false },
      },
      {
        kernel: 'ScatterRows',
        title: `${title}, width odd`,
        inputs: { dy: make.normal([rows, width + 3]), ids },
        attrs: { rows: many, ascending: false },
      },
      {
        kernel: 'ScatterRows',
        title: `${title}, ascending`,
        inputs: {
          dy: make.normal([rows, width]),
          ids: { ...ids, values: ascending(ids.values, columns) },
        },
        attrs: { rows: 2 * many, ascending: true },
      },
    ];
  });
}

function elementCases(): Case[] {
  const sizes = [
    [1, 1],
    [3, 333],
    [65, 176],
  ] as const;
  return sizes
    .flatMap(([rows, width], i): Case[] => {
      const make = new Inputs(700 + i);
      const gateUp = make.normal([rows, 2 * width], 4);
      const title = `${rows}x${width}`;
      return [
        { kernel: 'SwiGlu', title, inputs: { gateUp }, attrs: {} },
        { kernel: 'SwiGluGrad', title, inputs: { gateUp, dy: make.normal([rows, width]) }, attrs: {} },
      ];
    })
    .concat({
      kernel: 'SwiGlu',
      title: 'gates of a thousand',
      inputs: {
        gateUp: {
          shape: [1, 8],
          dtype: 'float32',
          values: Float32Array.of(-1000, -90, 90, 1000, 0.5, -1, 2, -0.3),
        },
      },
      attrs: {},
    });
}

export const layerCases: readonly Case[] = [
  ...matMulCases(),
  ...linearCases(),
  ...rmsNormCases(),
  ...headsCases(),
  ...attentionCases(),
  ...rowCases(),
  ...elementCases(),
];
