/** Aggregation and group advantages against numbers that TRL's own code gave. */
import { describe, expect, it } from 'vitest';
import { normaliseGroup } from '../../src/credit/advantages';
import { grpoLoss, tokenWeights, type Aggregation } from '../../src/credit/loss';
import { readReference, type Reference } from '../support/objective';

type LossType = keyof Reference['aggregation']['batches'][number]['losses'];

/** TRL's name of each aggregation. DAPO differs from bnpo only where a batch is cut up, which ours never is. */
const NAMES: readonly (readonly [LossType, Aggregation])[] = [
  ['grpo', 'seq-mean-token-mean'],
  ['dr_grpo', 'seq-mean-token-sum-norm'],
  ['bnpo', 'token-mean'],
  ['dapo', 'token-mean'],
  ['luspo', 'seq-mean-token-sum'],
];

const { aggregation: reference } = readReference();
const [speaking, silent] = reference.batches as [
  Reference['aggregation']['batches'][number],
  Reference['aggregation']['batches'][number],
];
const ours = (batch: typeof speaking, aggregation: Aggregation) =>
  grpoLoss(batch, {
    ...reference.settings,
    aggregation,
    klEstimator: 'k3',
    normLength: reference.maxCompletionLength,
  });

describe.each(NAMES)("TRL's %s", (name, aggregation) => {
  it(`is our ${aggregation}`, () => {
    const { loss, metrics } = speaking.losses[name];
    const result = ours(speaking, aggregation);
    expect(result.loss).toBeCloseTo(loss, 6);
    expect(result.kl).toBeCloseTo(metrics.kl!, 6);
    expect(result.clipRatioLow).toBeCloseTo(metrics['clip_ratio/low_mean']!, 6);
    expect(result.clipRatioHigh).toBeCloseTo(metrics['clip_ratio/high_mean']!, 6);
  });

  it('is the sum of token losses under our token weights', () => {
    const counts = speaking.mask.map((row) => row.filter(Boolean).length);
    const weights = tokenWeights(counts, aggregation, reference.maxCompletionLength);
    // Token by token: a batch of one token has that token's loss.
    const sum = speaking.mask
      .flatMap((row, i) => row.map((m, t) => ({ m, i, t })))
      .reduce((total, { m, i, t }) => {
        if (!m) return total;
        const one = (rows: readonly number[][]) => [[rows[i]![t]!]];
        const { loss } = grpoLoss(
          {
            logProbs: one(speaking.logProbs),
            oldLogProbs: one(speaking.oldLogProbs),
            refLogProbs: one(speaking.refLogProbs),
            advantages: one(speaking.advantages),
            mask: [[1]],
          },
          { ...reference.settings, klEstimator: 'k3' },
        );
        return total + weights[i]! * loss;
      }, 0);
    expect(sum).toBeCloseTo(speaking.losses[name].loss, 6);
  });

  it('counts a rollout without tokens only where it says so', () => {
    const rollouts = silent.mask.length;
    const spoke = silent.mask.filter((row) => row.some(Boolean)).length;
    expect(spoke).toBe(rollouts - 1);
    // TRL's means over rollouts run over all of them; ours over those that spoke.
    const share = name === 'grpo' || name === 'luspo' ? spoke / rollouts : 1;
    expect(ours(silent, aggregation).loss * share).toBeCloseTo(silent.losses[name].loss, 6);
  });
});

describe("TRL's group advantages", () => {
  it.each(reference.groups)('of $rewards', ({ rewards, group, none }) => {
    const scaled = normaliseGroup(rewards, { epsilon: 1e-4 });
    const centred = normaliseGroup(rewards, { normalizeByStd: false });
    scaled.normalised.forEach((value, i) => expect(value).toBeCloseTo(group[i]!, 5));
    centred.normalised.forEach((value, i) => expect(value).toBeCloseTo(none[i]!, 5));
  });
});
