/** The sampler: the right distribution, reproducible, and each row for itself. */
import { argMax, gather, logSoftmax, reshape, tensor2d, tile, type Tensor2D } from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import { sampleTokens, type SampleAttrs } from '../../src/kernels';
import { counterHash } from '../../src/kernels/sample/reference';
import { on, openBackends } from './backends';
import { expectClose } from './closeness';
import { Inputs, toTensor } from './inputs';

const ATTRS: SampleAttrs = { temperature: 1, seed: 42, counter: 0, endToken: -1, padToken: 0 };

const column = (values: readonly number[]) => tensor2d([...values], [values.length, 1], 'int32');

interface Sample {
  readonly token: number;
  readonly logProb: number;
  readonly finished: number;
}

async function samples(out: Tensor2D): Promise<Sample[]> {
  const flat = Int32Array.from(await out.data());
  const bits = new Float32Array(flat.buffer);
  return Array.from({ length: out.shape[0] }, (_, r) => ({
    token: flat[3 * r]!,
    logProb: bits[3 * r + 1]!,
    finished: flat[3 * r + 2]!,
  }));
}

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
      const keys = column(Array.from({ length: rows }, (_, r) => r));
      const drawn = await samples(sampleTokens(logits, keys, undefined, { ...ATTRS, temperature }));
      const p = softmax(LOGITS, temperature);
      expect(chiSquare(tokensOf(drawn), p)).toBeLessThan(CRITICAL_7);
      for (const { token, logProb } of drawn.slice(0, 100))
        expect(logProb).toBeCloseTo(Math.log(p[token]!), 5);
    }),
  );

  test('tokens of one row over many draws follow the distribution', () =>
    on(backend, async () => {
      const logits = tensor2d([LOGITS, LOGITS]);
      const tokens: number[][] = [[], []];
      for (let counter = 0; counter < 500; counter++) {
        const out = sampleTokens(logits, column([5, 9]), undefined, { ...ATTRS, counter });
        tokensOf(await samples(out)).forEach((token, r) => tokens[r]!.push(token));
        out.dispose();
      }
      for (const row of tokens) expect(chiSquare(row, softmax(LOGITS, 1))).toBeLessThan(CRITICAL_7);
      expect(tokens[0]).not.toEqual(tokens[1]);
    }));

  test('a row does not depend on its place or its neighbours', () =>
    on(backend, async () => {
      const make = new Inputs(7);
      const rows = Array.from({ length: 9 }, () => Array.from(make.normal([50]).values));
      const draw = async (order: readonly number[]) =>
        samples(
          sampleTokens(
            tensor2d(order.map((r) => rows[r]!)),
            column(order.map((r) => 100 + r)),
            undefined,
            ATTRS,
          ),
        );
      const all = await draw([0, 1, 2, 3, 4, 5, 6, 7, 8]);
      const mixed = [7, 2, 8, 0];
      expect(tokensOf(await draw(mixed))).toEqual(mixed.map((r) => all[r]!.token));
      expect(tokensOf(await draw([4]))).toEqual([all[4]!.token]);
    }));

  test('another seed, key or counter gives other tokens, the same gives the same', () =>
    on(backend, async () => {
      const logits = tensor2d(new Float32Array(40 * 100), [40, 100]);
      const draw = async (first: number, attrs: Partial<SampleAttrs>) =>
        tokensOf(
          await samples(
            sampleTokens(logits, column(Array.from({ length: 40 }, (_, r) => first + r)), undefined, {
              ...ATTRS,
              ...attrs,
            }),
          ),
        );
      const base = await draw(0, {});
      expect(await draw(0, {})).toEqual(base);
      expect(await draw(0, { seed: 43 })).not.toEqual(base);
      expect(await draw(0, { counter: 1 })).not.toEqual(base);
      expect(await draw(1000, {})).not.toEqual(base);
      expect(new Set(base).size).toBeGreaterThan(20);
    }));

  test('temperature 0 is the largest logit, the lowest id of equals, with its log-probability at temperature 1', () =>
    on(backend, async () => {
      const logits = toTensor(new Inputs(8).normal([65, 333], 2)) as Tensor2D;
      const drawn = await samples(
        sampleTokens(logits, column(Array.from({ length: 65 }, (_, r) => r)), undefined, {
          ...ATTRS,
          temperature: 0,
        }),
      );
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
      const ties = await samples(
        sampleTokens(
          tensor2d([
            [1, 3, 3, 2],
            [5, 5, 5, 5],
          ]),
          column([0, 1]),
          undefined,
          { ...ATTRS, temperature: 0 },
        ),
      );
      expect(tokensOf(ties)).toEqual([1, 0]);
    }));

  test('a row ends with its end token and is padded from then on', () =>
    on(backend, async () => {
      const sure = (token: number) => Array.from({ length: 6 }, (_, v) => (v === token ? 60 : 0));
      const attrs = { ...ATTRS, endToken: 4, padToken: 5 };
      const first = sampleTokens(tensor2d([sure(4), sure(1), sure(2)]), column([0, 1, 2]), undefined, attrs);
      expect(await samples(first)).toMatchObject([
        { token: 4, finished: 1 },
        { token: 1, finished: 0 },
        { token: 2, finished: 0 },
      ]);
      const second = sampleTokens(tensor2d([sure(3), sure(4), sure(0)]), column([0, 1, 2]), first, {
        ...attrs,
        counter: 1,
      });
      expect(await samples(second)).toMatchObject([
        { token: 5, logProb: 0, finished: 1 },
        { token: 4, finished: 1 },
        { token: 0, finished: 0 },
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
        const attrs = { ...ATTRS, seed: 7, counter };
        const row = (z: number) => tensor2d([Array.from({ length: 16 }, (_, v) => (v === token ? z : 0))]);
        // The largest noise is 17.3, the smallest -2.9.
        const unlikely = await samples(sampleTokens(row(-30), column([3]), undefined, attrs));
        expect(unlikely[0]!.token).not.toBe(token);
        const likely = await samples(sampleTokens(row(30), column([3]), undefined, attrs));
        expect(likely[0]!.token).toBe(token);
      }
    }));
});
