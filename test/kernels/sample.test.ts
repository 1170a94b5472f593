/** The sampler: the right distribution, reproducible, and each row for itself. */
import { argMax, gather, logSoftmax, reshape, tensor2d, tile, type Tensor2D } from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import { peek, sampleTokens, type SampleAttrs } from '../../src/kernels';
import { SAMPLES } from '../../src/kernels/sample';
import { counterHash } from '../../src/kernels/sample/reference';
import { on, openBackends } from './backends';
import { expectClose } from './closeness';
import { Inputs, toTensor } from './inputs';

const ATTRS: SampleAttrs = { temperature: 1, seed: 42, endToken: -1, padToken: -2 };

interface Sample {
  readonly token: number;
  readonly logProb: number;
}

/** The state of rows with these keys at the beginning of a turn of `turn` tokens; see the header of kernels/sample. */
function stateOf(keys: readonly number[], counter = 0, turn = 1): Tensor2D {
  const rows = keys.map((key) => [9, 0, 3, 0, key, counter, 0, ...new Array<number>(2 * turn).fill(-1)]);
  return tensor2d(rows, undefined, 'int32');
}

/** What was drawn as token `t` of the turn. */
async function samples(state: Tensor2D, t = 0): Promise<Sample[]> {
  const flat = (await peek(state)) as Int32Array;
  const bits = new Float32Array(flat.buffer);
  const [rows, fields] = state.shape;
  return Array.from({ length: rows }, (_, r) => {
    const at = r * fields + SAMPLES + 2 * t;
    return { token: flat[at]!, logProb: bits[at + 1]! };
  });
}

/** One token for each row. */
async function draw(
  logits: Tensor2D,
  keys: readonly number[],
  { counter = 0, ...attrs }: Partial<SampleAttrs> & { counter?: number } = {},
): Promise<Sample[]> {
  const state = stateOf(keys, counter);
  sampleTokens(logits, state, { ...ATTRS, ...attrs });
  const drawn = await samples(state);
  state.dispose();
  return drawn;
}

const upTo = (count: number) => Array.from({ length: count }, (_, i) => i);

const tokensOf = (drawn: readonly Sample[]) => drawn.map(({ token }) => token);

function softmax(logits: readonly number[], temperature: number): number[] {
  const powers = logits.map((z) => Math.exp(z / temperature));
  const total = powers.reduce((a, b) => a + b);
  return powers.map((p) => p / total);
}

/** Pearson's statistic of the counts of `tokens` against `p`. */
function chiSquare(tokens: readonly number[], p: readonly number[]): number {
  const counts = p.map((_, v) => tokens.filter((token) => token === v).length);
  return counts.reduce(
    (sum, count, v) => sum + (count - tokens.length * p[v]!) ** 2 / (tokens.length * p[v]!),
    0,
  );
}

/** Exceeded by chance once in a hundred thousand times, with 7 degrees of freedom. */
const CRITICAL_7 = 35.26;

const LOGITS = [0, 0.5, 1, 1.5, 2, -0.5, 0.2, 1.2];

describe.each(await openBackends())('on %s', (backend) => {
  test.each([1, 0.6, 2])('tokens over many rows follow the distribution at temperature %d', (temperature) =>
    on(backend, async () => {
      const rows = 6000;
      const logits = tile(tensor2d([LOGITS]), [rows, 1]);
      const drawn = await draw(logits, upTo(rows), { temperature });
      const p = softmax(LOGITS, temperature);
      expect(chiSquare(tokensOf(drawn), p)).toBeLessThan(CRITICAL_7);
      for (const { token, logProb } of drawn.slice(0, 100))
        expect(logProb).toBeCloseTo(Math.log(p[token]!), 5);
    }),
  );

  test('tokens of one row over many draws follow the distribution', () =>
    on(backend, async () => {
      const logits = tensor2d([LOGITS, LOGITS]);
      const draws = 500;
      const state = stateOf([5, 9], 0, draws);
      for (let t = 0; t < draws; t++) sampleTokens(logits, state, ATTRS);
      const tokens: number[][] = [[], []];
      const flat = await peek(state);
      for (let t = 0; t < draws; t++)
        tokens.forEach((row, r) => row.push(flat[r * state.shape[1] + SAMPLES + 2 * t]!));
      for (const row of tokens) expect(chiSquare(row, softmax(LOGITS, 1))).toBeLessThan(CRITICAL_7);
      expect(tokens[0]).not.toEqual(tokens[1]);
      // The third token of a turn is the first of a turn whose counter stands two further on.
      expect(tokensOf(await draw(logits, [5, 9], { counter: 2 }))).toEqual(tokens.map((row) => row[2]));
    }));

  test('a row does not depend on its place or its neighbours', () =>
    on(backend, async () => {
      const make = new Inputs(7);
      const rows = Array.from({ length: 9 }, () => Array.from(make.normal([50]).values));
      const drawn = (order: readonly number[]) =>
        draw(
          tensor2d(order.map((r) => rows[r]!)),
          order.map((r) => 100 + r),
        );
      const all = await drawn([0, 1, 2, 3, 4, 5, 6, 7, 8]);
      const mixed = [7, 2, 8, 0];
      expect(tokensOf(await drawn(mixed))).toEqual(mixed.map((r) => all[r]!.token));
      expect(tokensOf(await drawn([4]))).toEqual([all[4]!.token]);
    }));

  test('another seed, key or counter gives other tokens, the same gives the same', () =>
    on(backend, async () => {
      const logits = tensor2d(new Float32Array(40 * 100), [40, 100]);
      const tokens = async (first: number, options: Parameters<typeof draw>[2]) =>
        tokensOf(
          await draw(
            logits,
            upTo(40).map((r) => first + r),
            options,
          ),
        );
      const base = await tokens(0, {});
      expect(await tokens(0, {})).toEqual(base);
      expect(await tokens(0, { seed: 43 })).not.toEqual(base);
      expect(await tokens(0, { counter: 1 })).not.toEqual(base);
      expect(await tokens(1000, {})).not.toEqual(base);
      expect(new Set(base).size).toBeGreaterThan(20);
    }));

  test('temperature 0 is the largest logit, the lowest id of equals, with its log-probability at temperature 1', () =>
    on(backend, async () => {
      const logits = toTensor(new Inputs(8).normal([65, 333], 2)) as Tensor2D;
      const drawn = await draw(logits, upTo(65), { temperature: 0 });
      const best = Array.from(await argMax(logits, 1).data());
      expect(tokensOf(drawn)).toEqual(best);
      const expected = await gather(
        reshape(logSoftmax(logits), [-1]),
        best.map((v, r) => r * 333 + v),
      ).data();
      expectClose(
        drawn.map(({ logProb }) => logProb),
        expected,
        1e-5,
        'log-probabilities',
      );
      const ties = tensor2d([
        [1, 3, 3, 2],
        [5, 5, 5, 5],
      ]);
      expect(tokensOf(await draw(ties, [0, 1], { temperature: 0 }))).toEqual([1, 0]);
    }));

  test('a row moves on with every token, ends with its end token and is padded from then on', () =>
    on(backend, async () => {
      const sure = (token: number) => Array.from({ length: 6 }, (_, v) => (v === token ? 60 : 0));
      const attrs = { ...ATTRS, endToken: 4, padToken: 5 };
      const state = stateOf([0, 1, 2], 0, 2);
      const places = async () => {
        const flat = await peek(state);
        return upTo(3).map((r) => Array.from(flat.slice(r * state.shape[1], r * state.shape[1] + 7)));
      };
      sampleTokens(tensor2d([sure(4), sure(1), sure(2)]), state, attrs);
      expect(tokensOf(await samples(state))).toEqual([4, 1, 2]);
      expect(await places()).toEqual([
        [4, 0, 4, 0, 0, 0, 1],
        [1, 0, 4, 0, 1, 0, 1],
        [2, 0, 4, 0, 2, 0, 1],
      ]);
      sampleTokens(tensor2d([sure(3), sure(4), sure(0)]), state, attrs);
      expect(await samples(state, 1)).toMatchObject([{ token: 5, logProb: 0 }, { token: 4 }, { token: 0 }]);
      // The finished row stays where its end token belongs.
      expect(await places()).toEqual([
        [4, 0, 4, 0, 0, 0, 2],
        [4, 0, 5, 0, 1, 0, 2],
        [0, 0, 5, 0, 2, 0, 2],
      ]);
    }));

  test('uniforms at either end make noise that is large, not infinite', () =>
    on(backend, async () => {
      // Where the 24 bits of the hash are all ones and all zeros; rounded to a float, the first would be 1.
      const ends = [
        { counter: 171871, token: 9, bits: 0xffffff },
        { counter: 64447, token: 0, bits: 0 },
      ];
      for (const { counter, token, bits } of ends) {
        expect(counterHash(7, 3, counter, token) >>> 8).toBe(bits);
        const attrs = { seed: 7, counter };
        const row = (z: number) => tensor2d([Array.from({ length: 16 }, (_, v) => (v === token ? z : 0))]);
        // The largest noise is 17.3, the smallest -2.9.
        expect((await draw(row(-30), [3], attrs))[0]!.token).not.toBe(token);
        expect((await draw(row(30), [3], attrs))[0]!.token).toBe(token);
      }
    }));
});
