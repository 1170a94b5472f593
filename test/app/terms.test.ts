/** The inspector's numbers: that they are the step's own, from the reward to the gradient. */
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { creditTerms, lossTerms, push, turnTerms, type LossTerms } from '../../src/app/inspector/terms';
import { grpoLoss, type Aggregation } from '../../src/credit/loss';
import type { Inspection } from '../../src/runs/inspection';
import type { Settings } from '../../src/runs/settings';
import type { StepResult } from '../../src/training/grpo';
import { onDevice } from '../support/device';
import { readReference } from '../support/objective';
import { smallSettings, startRun, type Run } from '../support/trainers';

const CASES: readonly (readonly [string, Partial<Settings>])[] = [
  ['the defaults', {}],
  [
    'several inner epochs and a tight clip',
    { innerEpochs: 3, learningRate: 0.02, clipLow: 0.05, clipHigh: 0.05 },
  ],
  [
    'rollout means, reward-to-go, the deviation of the population',
    {
      aggregation: 'seq-mean-token-mean',
      turnMethod: 'r2g',
      trajectoryMethod: 'r2g',
      std: 'population',
    },
  ],
  [
    'rollout sums, exponential mapping, an entropy bonus',
    {
      aggregation: 'seq-mean-token-sum',
      turnMethod: 'em',
      entropyCoefficient: 0.02,
      innerEpochs: 2,
    },
  ],
  [
    'sums over a constant, a strong leash by k1',
    {
      aggregation: 'seq-mean-token-sum-norm',
      klCoefficient: 0.5,
      klEstimator: 'k1',
      normalizeByStd: false,
    },
  ],
  ['reward terms', { gymRewardWeight: 0.5, stepPenalty: 0.05, turnMethod: 'r2g', gamma: 0.9 }],
  [
    'no leash, no dual clip, means that round',
    {
      klCoefficient: 0,
      dualClip: 0,
      trajectoryMethod: 'mean',
      round: true,
      temperature: 0.7,
    },
  ],
];

describe('the terms of a real step', () => {
  onDevice('wasm');

  describe.each(CASES)('with %s', (_, more) => {
    let run: Run;
    let steps: { result: StepResult; inspections: Inspection[][] }[];
    beforeAll(async () => {
      const settings = smallSettings(more);
      run = await startRun(settings);
      steps = [];
      for (let step = 1; step <= 2; step++) {
        const result = await run.trainer.step(settings, run.user);
        const inspections: Inspection[][] = [];
        for (const [g, { rollouts }] of result.groups.entries()) {
          inspections.push([]);
          for (const r of rollouts.keys()) inspections[g]!.push((await run.trainer.inspect(step, g, r))!);
        }
        steps.push({ result, inspections });
      }
    });

    const tokensOf = ({ result, inspections }: (typeof steps)[number]) =>
      inspections.flatMap((group, g) =>
        group.flatMap((inspection, r) =>
          inspection.turns.flatMap((turn, t) => {
            const credit = creditTerms(result.groups[g]!, r, t, inspection.settings);
            return turn.map((token) => ({
              token,
              credit,
              terms: lossTerms(token, credit.advantage, inspection, 'update'),
            }));
          }),
        ),
      );

    const outside = (ratio: number, { inspections }: (typeof steps)[number]): boolean => {
      const { clipLow, clipHigh } = inspections[0]![0]!.settings;
      return ratio < 1 - clipLow || ratio > 1 + clipHigh;
    };

    it('end at the advantages of the record', () => {
      for (const { result, inspections } of steps) {
        result.groups.forEach((group, g) => {
          group.rollouts.forEach((rollout, r) => {
            rollout.turns.forEach((turn, t) => {
              const terms = creditTerms(group, r, t, inspections[g]![r]!.settings);
              expect(terms.credit).toBeCloseTo(turn.credit, 9);
              expect(terms.mean).toBeCloseTo(group.mean, 9);
              expect(terms.normalised).toBeCloseTo(rollout.advantage, 4);
              expect(terms.advantage).toBeCloseTo(turn.advantage, 4);
              expect(terms.share * terms.normalised).toBeCloseTo(terms.advantage, 9);
            });
          });
        });
      }
    });

    it('add up to the loss the kernels computed, and average to its diagnostics', () => {
      for (const step of steps) {
        const { metrics } = step.result;
        const all = tokensOf(step);
        const sum = all.reduce((total, { terms }) => total + terms.contribution, 0);
        expect(Math.abs(sum - metrics.policy_loss)).toBeLessThan(1e-4);
        const mean = (of: (one: (typeof all)[number]) => number) =>
          all.reduce((total, one) => total + of(one), 0) / all.length;
        expect(mean(({ token }) => token.updateEntropy)).toBeCloseTo(metrics.entropy, 4);
        if (step.inspections[0]![0]!.settings.klCoefficient > 0)
          expect(mean(({ terms }) => terms.kl!)).toBeCloseTo(metrics.kl, 4);
        // A rollout at the very mean of its group has an advantage that is nothing but rounding, of either sign:
        // on which side of the range its tokens would be clipped is not to be said.
        const clipped = ({ advantage, ratio, clipped }: LossTerms): boolean =>
          Math.abs(advantage) > 1e-6 ? clipped === 'low' || clipped === 'high' : outside(ratio, step);
        const certain = mean(({ terms }) => Number(Math.abs(terms.advantage) > 1e-6 && clipped(terms)));
        const possible = mean(({ terms }) => Number(clipped(terms)));
        expect(metrics['clip_ratio/region_mean']).toBeGreaterThan(certain - 1e-4);
        expect(metrics['clip_ratio/region_mean']).toBeLessThan(possible + 1e-4);
      }
    });

    it('are those of a turn, summed', () => {
      const all = tokensOf(steps[0]!).map(({ terms }) => terms);
      const turn = turnTerms(all);
      expect(turn.tokens).toBe(all.length);
      expect(turn.contribution).toBeCloseTo(steps[0]!.result.metrics.policy_loss, 4);
    });
  });
});

describe('the loss of a token', () => {
  const [batch] = readReference().aggregation.batches;
  const { settings } = readReference().aggregation;

  it.each(['bnpo', 'dr_grpo', 'grpo', 'luspo'] as const)("adds up to TRL's %s", (name) => {
    const aggregation: Aggregation = (
      {
        bnpo: 'token-mean',
        dr_grpo: 'seq-mean-token-sum-norm',
        grpo: 'seq-mean-token-mean',
        luspo: 'seq-mean-token-sum',
      } as const
    )[name];
    const all = { ...smallSettings(), ...settings, aggregation, klEstimator: 'k3' as const };
    // The weight of a token is the loss of the batch if that token alone had a loss of 1.
    const weight = (i: number, t: number) =>
      grpoLoss(
        {
          logProbs: batch!.logProbs,
          oldLogProbs: batch!.logProbs,
          advantages: batch!.mask.map((row, j) => row.map((_, u) => (i === j && t === u ? -1 : 0))),
          mask: batch!.mask,
        },
        { aggregation, normLength: readReference().aggregation.maxCompletionLength },
      ).loss;
    let sum = 0;
    batch!.mask.forEach((row, i) =>
      row.forEach((masked, t) => {
        if (!masked) return;
        const token = {
          text: '',
          old: batch!.oldLogProbs[i]![t]!,
          update: batch!.logProbs[i]![t]!,
          now: 0,
          reference: batch!.refLogProbs[i]![t]!,
          updateEntropy: 0,
          nowEntropy: 0,
          alternatives: [],
          history: [],
        };
        sum += lossTerms(
          token,
          batch!.advantages[i]![t]!,
          { weight: weight(i, t), settings: all },
          'update',
        ).contribution;
      }),
    );
    expect(sum).toBeCloseTo(batch!.losses[name].loss, 6);
  });

  const logProb = fc.double({ min: -8, max: -0.01, noNaN: true });
  const estimator = fc.constantFrom('k1' as const, 'k2' as const, 'k3' as const);
  it('has the slope that finite differences find, away from its corners', () => {
    fc.assert(
      fc.property(
        logProb,
        logProb,
        logProb,
        fc.double({ min: -3, max: 3, noNaN: true }),
        estimator,
        (old, at, reference, advantage, klEstimator) => {
          const all = { ...smallSettings(), klCoefficient: 0.1, klEstimator };
          const of = (update: number) =>
            lossTerms(
              {
                text: '',
                old,
                update,
                now: update,
                reference,
                updateEntropy: 1,
                nowEntropy: 1,
                alternatives: [],
                history: [],
              },
              advantage,
              { weight: 0.5, settings: all },
              'update',
            );
          const h = 1e-5;
          const here = of(at);
          const [below, above] = [of(at - h), of(at + h)];
          // A corner of the clip within reach has two slopes.
          fc.pre(below.clipped === above.clipped && Math.abs(advantage) > 1e-6);
          fc.pre(Math.abs(here.ratio - here.bounded) > 1e-3 || Math.abs(here.ratio - 1) < 0.19);
          const found = (above.contribution - below.contribution) / (2 * h);
          expect(here.gradient).toBeCloseTo(
            found,
            3 - Math.max(0, Math.ceil(Math.log10(Math.abs(found) + 1e-9))),
          );
        },
      ),
      { numRuns: 300 },
    );
  });

  it('is pushed by advantage times change', () => {
    const token = {
      text: '',
      old: -2,
      update: -2,
      now: -1.5,
      reference: -2,
      updateEntropy: 0,
      nowEntropy: 0,
      alternatives: [],
      history: [],
    };
    expect(push(token, 2)).toBe(1);
    expect(push(token, -2)).toBe(-1);
  });
});
