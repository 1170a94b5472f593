import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { attentionGradReference, attentionReference } from '../../src/kernels/attention/reference';
import { TOKEN_FIELDS } from '../../src/kernels';
import {
  headsGradReference,
  headsReference,
  headsWeightGradReference,
} from '../../src/kernels/heads/reference';
import { cachedTokens, packedTokens } from './inputs';
import { compare, floats, openArea, random, SCRATCH_BYTES, type Area } from './simdHarness';

let area: Area;
beforeAll(async () => {
  area = await openArea();
});
afterEach(() => area.release());

const tokensOf = (lengths: readonly number[]) => packedTokens(lengths).values as Int32Array;

interface Shape {
  readonly heads: number;
  readonly kvHeads: number;
  readonly d: number;
}

/** Attention of a stacked batch over itself. */
function compareForward(shape: Shape, qkv: Float32Array, tokens: Int32Array, tolerance = 4e-6): void {
  const { heads, kvHeads, d } = shape;
  const rows = tokens.length / TOKEN_FIELDS;
  const width = (heads + 2 * kvHeads) * d;
  const [keys, values] = [heads * d, (heads + kvHeads) * d];
  compare(
    area,
    [qkv, tokens],
    [rows * heads * d, rows * heads],
    ([x, t], [out, logSum]) =>
      area.wasm.attention(
        ...([x!, width, x! + 4 * keys, x! + 4 * values, width, t!, TOKEN_FIELDS, out!, logSum!] as const),
        rows,
        heads,
        kvHeads,
        d,
      ),
    ([x, t], o) =>
      attentionReference(
        [x!, x!, t!],
        o,
        [
          [rows, width],
          [rows, width],
          [rows, TOKEN_FIELDS],
        ],
        {
          ...shape,
          keys,
          values,
        },
      ),
    tolerance,
  );
}

function compareBackward(shape: Shape, qkv: Float32Array, tokens: Int32Array, dOut: Float32Array): void {
  const { heads, kvHeads, d } = shape;
  const rows = tokens.length / TOKEN_FIELDS;
  const width = (heads + 2 * kvHeads) * d;
  const attrs = { ...shape, keys: heads * d, values: (heads + kvHeads) * d };
  const shapes = [
    [rows, width],
    [rows, TOKEN_FIELDS],
  ];
  compare(
    area,
    [qkv, tokens, dOut],
    [rows * width],
    ([x, t, g], [dx]) => area.wasm.attentionGrad(x!, t!, TOKEN_FIELDS, g!, dx!, rows, heads, kvHeads, d),
    ([x, t, g], o) => {
      const [out, logSum] = [new Float32Array(rows * heads * d), new Float32Array(rows * heads)];
      attentionReference([x!, x!, t!], [out, logSum], [shapes[0]!, shapes[0]!, shapes[1]!], attrs);
      attentionGradReference([x!, t!, out, logSum, g!], o, shapes, attrs);
    },
    1e-5,
  );
}

describe('attention', () => {
  const shapes: readonly Shape[] = [
    { heads: 4, kvHeads: 4, d: 16 },
    { heads: 4, kvHeads: 2, d: 32 },
    { heads: 3, kvHeads: 1, d: 20 },
    { heads: 2, kvHeads: 2, d: 4 },
    { heads: 2, kvHeads: 1, d: 6 },
  ];
  const batches = [[1], [3, 7], [65, 1, 2, 5, 40], [4, 110, 33]];

  it('forward and backward over a ragged batch', () => {
    const next = random(3);
    for (const shape of shapes) {
      for (const lengths of batches) {
        const tokens = tokensOf(lengths);
        const rows = tokens.length / TOKEN_FIELDS;
        const qkv = floats(rows * (shape.heads + 2 * shape.kvHeads) * shape.d, next, 2);
        compareForward(shape, qkv, tokens);
        compareBackward(shape, qkv, tokens, floats(rows * shape.heads * shape.d, next));
      }
    }
  });

  it('decoding and chunked prefill over a cache', () => {
    const next = random(4);
    const slots = 3 * 50;
    // Two sequences alone, then a chunk of seven tokens of the third; the table has further columns.
    const chunk = [
      [1, 8, 1],
      [0, 32, 1],
      [2, 10, 7],
    ] as const;
    const { values: tokens, shape: at } = cachedTokens(50, chunk, 5);
    const [rows, fields] = at as [number, number];
    for (const { heads, kvHeads, d } of shapes) {
      const [qWidth, kvWidth] = [heads * d, 2 * kvHeads * d];
      compare(
        area,
        [floats(rows * qWidth, next), floats(slots * kvWidth, next), tokens],
        [rows * qWidth, rows * heads],
        ([q, kv, t], [out, logSum]) =>
          area.wasm.attention(
            ...([q!, qWidth, kv!, kv! + 4 * kvHeads * d, kvWidth, t!, fields, out!, logSum!] as const),
            rows,
            heads,
            kvHeads,
            d,
          ),
        (i, o) =>
          attentionReference(i, o, [[rows, qWidth], [slots, kvWidth], at], {
            heads,
            kvHeads,
            d,
            keys: 0,
            values: kvHeads * d,
          }),
        4e-6,
      );
    }
  });

  it('keeps its head with scores of any size', () => {
    const next = random(5);
    for (const scale of [100, 1e4]) {
      const qkv = floats(20 * 48, next);
      for (let n = 0; n < 20; n++) for (let i = 0; i < 16; i++) qkv[n * 48 + i]! *= scale;
      compareForward({ heads: 1, kvHeads: 1, d: 16 }, qkv, tokensOf([20]), 2e-3);
    }
  });

  it('makes do with little scratch memory, or refuses', () => {
    const next = random(17);
    const shape = { heads: 1, kvHeads: 1, d: 16 };
    const tokens = tokensOf([90]);
    const qkv = floats(90 * 48, next);
    const fixed = 795_000;
    // Room for all; for twelve queries at once; for the scores of a single one.
    for (const bytes of [60_000, 33_000, 2_000]) {
      area.wasm.useScratch(16, fixed + bytes);
      compareForward(shape, qkv, tokens);
      const backward = () => compareBackward(shape, qkv, tokens, floats(90 * 16, next));
      if (bytes > 30_000) backward();
      else expect(backward).toThrow(WebAssembly.RuntimeError);
    }
    area.wasm.useScratch(16, SCRATCH_BYTES);
  });
});

describe('heads', () => {
  const far = cachedTokens(100_000, [
    [0, 90_000, 3],
    [0, 17, 2],
    [0, 600, 1],
  ]).values as Int32Array;

  it('forwards and backwards, wide and narrow, near and far', () => {
    const next = random(6);
    for (const [heads, kvHeads, d, base, tokens] of [
      [4, 2, 16, 10000, tokensOf([3, 65, 300])],
      [2, 1, 20, 1e6, tokensOf([9, 2])],
      [1, 1, 2, 10000, tokensOf([5])],
      [2, 2, 128, 1e6, tokensOf([40])],
      [4, 2, 16, 10000, far],
    ] as const) {
      const rows = tokens.length / TOKEN_FIELDS;
      const shape = [rows, (heads + 2 * kvHeads) * d];
      const at = [rows, TOKEN_FIELDS];
      const attrs = { heads, kvHeads, base, epsilon: 1e-6, positions: 100_000 };
      const size = rows * shape[1]!;
      const sizes = [rows, heads, kvHeads, d, base, 1e-6] as const;
      const inputs = [floats(size, next, 3), floats(d, next), floats(d, next), tokens];
      compare(
        area,
        inputs,
        [size],
        ([x, q, k, t], [y]) => area.wasm.heads(x!, q!, k!, t!, TOKEN_FIELDS, 0, y!, ...sizes),
        (i, o) => headsReference([...i, new Float32Array(0)], o, [shape, [d], [d], at, []], attrs),
        1e-6,
      );
      compare(
        area,
        [floats(size, next), ...inputs],
        [size],
        ([g, x, q, k, t], [dx]) => area.wasm.headsGrad(g!, x!, q!, k!, t!, TOKEN_FIELDS, dx!, ...sizes),
        (i, o) => headsGradReference(i, o, [shape, shape, [d], [d], at], attrs),
        4e-6,
      );
      compare(
        area,
        [floats(size, next), inputs[0]!, tokens],
        [d, d],
        ([g, x, t], [dq, dk]) => area.wasm.headsWeightGrad(g!, x!, t!, TOKEN_FIELDS, dq!, dk!, ...sizes),
        (i, o) => headsWeightGradReference(i, o, [shape, shape, at], attrs),
        4e-6,
      );
    }
  });

  it('touch no slots of a cache but their own', () => {
    const next = random(7);
    const [heads, kvHeads, d] = [2, 1, 4];
    const { values: tokens, shape: at } = cachedTokens(10, [
      [2, 4, 1],
      [0, 1, 1],
      [1, 6, 1],
    ]);
    const cache = floats(30 * 2 * d, next);
    const qkv = floats(3 * 16, next);
    const norm = floats(d, next);
    const address = area.put(cache);
    const [y, n] = [area.put(new Float32Array(3 * heads * d)), area.put(norm)];
    const sizes = [3, heads, kvHeads, d, 10000, 1e-6] as const;
    area.wasm.heads(area.put(qkv), n, n, area.put(tokens), TOKEN_FIELDS, address, y, ...sizes);
    const expected = cache.slice();
    const queries = new Float32Array(3 * heads * d);
    const attrs = { heads, kvHeads, base: 10000, epsilon: 1e-6, positions: 16 };
    headsReference([qkv, norm, norm, tokens, expected], [queries], [[3, 16], [d], [d], at, [30, 8]], attrs);
    const written = area.floats(address, cache.length);
    for (let slot = 0; slot < 30; slot++) {
      const own = [24, 1, 16].includes(slot);
      const [got, before] = [written, cache].map((all) => Array.from(all.subarray(slot * 8, slot * 8 + 8)));
      if (own) expect(got).not.toEqual(before);
      else expect(got).toEqual(before);
    }
    written.forEach((value, i) => expect(value).toBeCloseTo(expected[i]!, 5));
    area.floats(y, queries.length).forEach((value, i) => expect(value).toBeCloseTo(queries[i]!, 5));
  });
});
