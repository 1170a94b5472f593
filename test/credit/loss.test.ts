import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { grpoLoss, klEstimate, tokenWeights } from '../../src/credit/loss';
import type { Aggregation } from '../../src/credit/loss';

const ln = Math.log;
const one = (ratio: number, advantage: number) => ({
  logProbs: [[ln(ratio) - 1]],
  oldLogProbs: [[-1]],
  advantages: [[advantage]],
  mask: [[1]],
});
const AGGREGATIONS: Aggregation[] = [
  'token-mean',
  'seq-mean-token-sum',
  'seq-mean-token-mean',
  'seq-mean-token-sum-norm',
];

describe('the clipped objective, one token', () => {
  const clip = { clipLow: 0.2, clipHigh: 0.3 };
  it.each([
    // ratio, A, loss, clipped low, clipped high
    [1, 2, -2, 0, 0],
    [1.2, 1, -1.2, 0, 0],
    [1.5, 1, -1.3, 0, 1],
    [0.5, 1, -0.5, 0, 0],
    [0.5, -1, 0.8, 1, 0],
    [1.5, -1, 1.5, 0, 0],
    [5, -1, 5, 0, 0],
  ])('ratio %d, advantage %d', (ratio, advantage, loss, low, high) => {
    const result = grpoLoss(one(ratio, advantage), clip);
    expect(result.loss).toBeCloseTo(loss, 12);
    expect([result.clipRatioLow, result.clipRatioHigh]).toEqual([low, high]);
  });
  it('bounds the loss of a bad token by the dual clip, and only that', () => {
    expect(grpoLoss(one(5, -1), { dualClip: 3 }).loss).toBeCloseTo(3, 12);
    expect(grpoLoss(one(2, -1), { dualClip: 3 }).loss).toBeCloseTo(2, 12);
    expect(grpoLoss(one(5, 1), { dualClip: 3 }).loss).toBeCloseTo(-1.2, 12);
    expect(grpoLoss(one(5, -1), { dualClip: 0 }).loss).toBeCloseTo(5, 12);
  });
});

describe('the leash and the bonus', () => {
  it('estimates the divergence', () => {
    expect(klEstimate(0.5, 'k1')).toBe(0.5);
    expect(klEstimate(0.5, 'k2')).toBe(0.125);
    expect(klEstimate(0.5, 'k3')).toBeCloseTo(Math.exp(-0.5) - 1 + 0.5, 15);
    expect(klEstimate(-0.5, 'k3')).toBeCloseTo(Math.exp(0.5) - 1 - 0.5, 15);
  });
  it('adds beta KL and reports it', () => {
    const inputs = { ...one(1, 1), refLogProbs: [[-1.5]] };
    const result = grpoLoss(inputs, { klCoefficient: 0.1, klEstimator: 'k2' });
    expect(result.loss).toBeCloseTo(-1 + 0.1 * 0.125, 12);
    expect(result.kl).toBeCloseTo(0.125, 12);
    expect(grpoLoss(inputs, { klEstimator: 'k1' })).toMatchObject({ loss: -1, kl: 0.5 });
  });
  it('pays for entropy', () => {
    expect(grpoLoss({ ...one(1, 1), entropies: [[2]] }, { entropyCoefficient: 0.1 }).loss).toBeCloseTo(
      -1.2,
      12,
    );
  });
  it('refuses a coefficient without its input', () => {
    expect(() => grpoLoss(one(1, 1), { klCoefficient: 0.1 })).toThrow(/refLogProbs/);
    expect(() => grpoLoss(one(1, 1), { entropyCoefficient: 0.1 })).toThrow(/entropies/);
    expect(() => grpoLoss({ ...one(1, 1), advantages: [[]] })).toThrow(/advantages\[0\]\[0\]/);
  });
});

describe('aggregation', () => {
  // Token losses are -A: rollout 0 has -1 and -3 (third masked), rollout 1 has -5, rollout 2 says nothing.
  const inputs = {
    logProbs: [[-1, -1, -1], [-1], [-1]],
    oldLogProbs: [[-1, -1, -1], [-1], [-1]],
    advantages: [[1, 3, 100], [5], [100]],
    mask: [[1, 1, 0], [1], [0]],
  };
  it.each([
    ['token-mean', -3],
    ['seq-mean-token-sum', -4.5],
    ['seq-mean-token-mean', -3.5],
    ['seq-mean-token-sum-norm', -1],
  ] as const)('%s', (aggregation, loss) => {
    expect(grpoLoss(inputs, { aggregation }).loss).toBeCloseTo(loss, 12);
  });
  it('divides by a length of choice', () => {
    const result = grpoLoss(inputs, { aggregation: 'seq-mean-token-sum-norm', normLength: 10 });
    expect(result.loss).toBeCloseTo(-0.3, 12);
  });
  it('is 0 where nobody spoke', () => {
    for (const aggregation of AGGREGATIONS) {
      expect(
        grpoLoss({ logProbs: [[]], oldLogProbs: [[]], advantages: [[]], mask: [[]] }, { aggregation }),
      ).toEqual({ loss: 0, clipRatioLow: 0, clipRatioHigh: 0, kl: 0 });
    }
  });
  it('weighs tokens so that their weighted sum is the loss', () => {
    fc.assert(
      fc.property(
        fc.array(fc.array(fc.double({ min: -3, max: 3, noNaN: true }), { maxLength: 6 }), {
          minLength: 1,
          maxLength: 6,
        }),
        fc.constantFrom(...AGGREGATIONS),
        (advantages, aggregation) => {
          const zeros = advantages.map((row) => row.map(() => 0));
          const mask = advantages.map((row) => row.map(() => 1));
          const { loss } = grpoLoss(
            { logProbs: zeros, oldLogProbs: zeros, advantages, mask },
            { aggregation },
          );
          const weights = tokenWeights(
            advantages.map((row) => row.length),
            aggregation,
          );
          const sum = advantages.reduce((s, row, i) => s - weights[i]! * row.reduce((x, a) => x + a, 0), 0);
          expect(loss).toBeCloseTo(sum, 9);
        },
      ),
    );
  });
});
