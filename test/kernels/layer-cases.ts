/** Cases of the kernels a layer of the policy is made of. */
import { cachedSpans, Inputs, packedSpans, RAGGED, type Case, type Input } from './inputs';

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

function linearCases(): Case[] {
  const sizes = [
    [1, 12, 16, 8],
    [3, 64, 333, 8],
    [65, 64, 128, 3],
    [65, 128, 32, 16],
    [130, 16, 333, 4],
    [3, 64, 333, 0],
    [65, 32, 16, 0],
    [1, 4, 1, 1],
  ] as const;
  return sizes.flatMap(([rows, inner, outer, rank], i) => {
    const make = new Inputs(200 + i);
    const weight = {
      w: make.packed([outer, inner / 4]),
      scale: make.floats([outer], () => 0.001 + 0.01 * make.random.next()),
    };
    const lora: Record<string, Input> = rank
      ? { a: make.normal([rank, inner], 0.2), b: make.normal([outer, rank], 0.2) }
      : {};
    const title = `${rows} rows, ${inner} to ${outer}, ${rank ? `rank ${rank}` : 'no adapter'}`;
    const attrs = { loraScale: rank ? 2 : 0 };
    return [
      { kernel: 'Linear', title, inputs: { x: make.normal([rows, inner]), ...weight, ...lora }, attrs },
      { kernel: 'LinearGrad', title, inputs: { dy: make.normal([rows, outer]), ...weight, ...lora }, attrs },
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

function rotaryCases(): Case[] {
  const spans = packedSpans(RAGGED);
  const rows = spans.shape[0]!;
  const far = cachedSpans(4096, [
    [0, 4000, 3],
    [1, 17, 1],
    [2, 1023, 1],
  ]);
  return [
    { title: 'ragged batch', heads: 4, d: 16, base: 10000, spans, offset: 0 },
    { title: 'one head of odd half', heads: 1, d: 6, base: 1e6, spans, offset: 0 },
    { title: 'one token', heads: 2, d: 8, base: 10000, spans: packedSpans(ONE), offset: 0 },
    { title: 'far positions with an offset', heads: 2, d: 32, base: 1e6, spans: far, offset: 5 },
  ].flatMap(({ title, heads, d, base, spans: where, offset }, i) =>
    [false, true].map((inverse) => ({
      kernel: 'Rotary',
      title: `${title}${inverse ? ', inverse' : ''}`,
      inputs: {
        x: new Inputs(400 + i).normal([where === spans ? rows : where.shape[0]!, heads * d]),
        spans: where,
      },
      attrs: { heads, base, offset, inverse },
    })),
  );
}

function attentionCases(): Case[] {
  const packed = [
    [4, 2, 16, RAGGED],
    [3, 1, 8, [7, 2]],
    [2, 2, 12, [33]],
    [4, 4, 32, [65]],
    [8, 2, 4, ONE],
  ] as const;
  const whole = packed.flatMap(([heads, kvHeads, d, lengths], i) => {
    const make = new Inputs(500 + i);
    const spans = packedSpans(lengths);
    const n = spans.shape[0]!;
    const inputs = {
      q: make.normal([n, heads * d]),
      k: make.normal([n, kvHeads * d]),
      v: make.normal([n, kvHeads * d]),
      spans,
    };
    const attrs = { heads, kvHeads, offset: 0 };
    const title = `${heads} heads on ${kvHeads} of ${d}, lengths ${lengths.join(' ')}`;
    return [
      { kernel: 'Attention', title, inputs, attrs },
      { kernel: 'AttentionGrad', title, inputs: { ...inputs, dOut: make.normal([n, heads * d]) }, attrs },
    ];
  });
  const make = new Inputs(590);
  const context = 48;
  const spans = cachedSpans(context, [
    [0, 0, 3],
    [2, 30, 1],
    [3, 11, 5],
  ]);
  const slots = [4 * context, 2 * 16];
  const cached = [0, 1, 7].map((offset) => ({
    kernel: 'Attention',
    title: `over a cache, offset ${offset}`,
    inputs: { q: make.normal([spans.shape[0]!, 64]), k: make.normal(slots), v: make.normal(slots), spans },
    attrs: { heads: 4, kvHeads: 2, offset },
  }));
  const sharp: Case = {
    kernel: 'Attention',
    title: 'large scores',
    inputs: {
      q: make.normal([20, 16], 20),
      k: make.normal([20, 16], 20),
      v: make.normal([20, 16]),
      spans: packedSpans([20]),
    },
    attrs: { heads: 1, kvHeads: 1, offset: 0 },
    // Scores near 1000: one part in 10^7 of them is one in 10^4 of a probability.
    tolerance: 3e-4,
  };
  return [...whole, ...cached, sharp];
}

function rowCases(): Case[] {
  const make = new Inputs(600);
  const context = 16;
  const spans = cachedSpans(context, [
    [0, 0, 4],
    [2, 9, 1],
    [1, 3, 2],
  ]);
  const n = spans.shape[0]!;
  const cache = [1, 6, 32].flatMap((width) =>
    [0, 3].map((offset): Case => ({
      kernel: 'CacheAppend',
      title: `width ${width}, offset ${offset}`,
      inputs: { cache: make.normal([3 * context, width]), rows: make.normal([n, width]), spans },
      attrs: { offset },
    })),
  );
  const looked = [
    [1, 8, 1, 5],
    [65, 64, 1, 333],
    [7, 12, 3, 4],
  ] as const;
  return cache.concat(
    looked.flatMap(([rows, width, columns, many]): Case[] => {
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
          attrs: { rows: many },
        },
        {
          kernel: 'ScatterRows',
          title: `${title}, width odd`,
          inputs: { dy: make.normal([rows, width + 3]), ids },
          attrs: { rows: many },
        },
      ];
    }),
  );
}

function elementCases(): Case[] {
  return (
    [
      [1, 1],
      [3, 333],
      [65, 176],
    ] as const
  )
    .flatMap((shape, i) => {
      const make = new Inputs(700 + i);
      const inputs = { gate: make.normal(shape, 4), up: make.normal(shape) };
      return [
        { kernel: 'SwiGlu', title: shape.join('x'), inputs, attrs: {} },
        {
          kernel: 'SwiGluGrad',
          title: shape.join('x'),
          inputs: { ...inputs, dy: make.normal(shape) },
          attrs: {},
        },
      ];
    })
    .concat({
      kernel: 'SwiGlu',
      title: 'gates of a thousand',
      inputs: {
        gate: { shape: [1, 4], dtype: 'float32', values: Float32Array.of(-1000, -90, 90, 1000) },
        up: new Inputs(790).normal([1, 4]),
      },
      attrs: {},
    });
}

export const layerCases: readonly Case[] = [
  ...matMulCases(),
  ...linearCases(),
  ...rmsNormCases(),
  ...rotaryCases(),
  ...attentionCases(),
  ...rowCases(),
  ...elementCases(),
];
