import { describe, expect, it } from 'vitest';
import { explainLoss, type Explanation } from '../../src/app/workbench/lossIsZero';
import { rescore, rulesOf } from '../../src/app/workbench/rescore';
import { grpoLoss } from '../../src/credit/loss';
import type { GroupRecord, StepMetrics } from '../../src/runs/record';
import { DEFAULT_SETTINGS, type Settings } from '../../src/runs/settings';
import { metrics, played, rollout } from './records';

const explain = (
  groups: readonly GroupRecord[],
  part: Partial<Settings> = {},
  step: Partial<StepMetrics> | null = {},
  formula: 'released' | 'printed' = 'released',
): Explanation => {
  const settings = { ...DEFAULT_SETTINGS, ...part };
  const rules = rulesOf(settings, formula);
  return explainLoss({
    groups,
    scored: groups.map((group) => rescore(group, rules)),
    rules,
    settings,
    metrics: step && metrics(step.step ?? 20, step),
    asTrained: true,
  });
};
const text = ({ points }: Explanation, title: string): string | undefined =>
  points.find((point) => point.title === title)?.text;

const MIXED = played([[1, 0], [0], [0.5, 0]]);

describe('why the loss is 0', () => {
  it('is the mean advantage with a minus, whose gradient is not 0', () => {
    const told = explain([MIXED], {}, { grad_norm: 0.42, policy_loss: -0.0123, kl: 0.03 });
    expect(told.verdict).toBe(
      'Nothing is broken: the loss is about 0 by construction. What is learnt is in its gradient (its length was 0.42), and shows in the reward.',
    );
    // F is 1, -1 and 0, over 4, 2 and 4 tokens.
    const ratio = text(told, 'The ratio is 1');
    expect(ratio).toContain('+0.200 over 10 tokens');
    expect(ratio).toContain('a size of 0.60 on average');
    expect(ratio).toContain(`a loss of \u22120.2000, plus 0.01 times a divergence of 0.03`);
    expect(ratio).toContain('The step reported \u22120.0123');
  });

  it('names the very loss that the objective has at ratio 1', () => {
    const groups = [MIXED, played([[0.3, 0.2, 0], [1, 1], [0]])];
    for (const aggregation of ['token-mean', 'seq-mean-token-mean', 'seq-mean-token-sum'] as const) {
      const told = explain(groups, { aggregation, klCoefficient: 0 });
      const rows = groups.flatMap((group) => {
        const { advantages, tokens } = rescore(group, rulesOf(DEFAULT_SETTINGS));
        return advantages.map((row, i) =>
          row.flatMap((advantage, t) => new Array<number>(tokens[i]![t]!).fill(advantage)),
        );
      });
      const zeros = rows.map((row) => row.map(() => 0));
      const { loss } = grpoLoss(
        { logProbs: zeros, oldLogProbs: zeros, advantages: rows, mask: rows.map((row) => row.map(() => 1)) },
        { aggregation },
      );
      const [, said = ''] = /a loss of (\S+?)\.(?: |$)/.exec(text(told, 'The ratio is 1')!) ?? [];
      expect(Number(said.replace('\u2212', '-'))).toBeCloseTo(loss, 4);
    }
  });

  it('is that nothing differs, where nothing does; and in which way', () => {
    const alike = (row: number[], score: number): GroupRecord => {
      const group = played([row, row]);
      return { ...group, rollouts: group.rollouts.map((one) => rollout(one.reward, { ...one, score })) };
    };
    const told = explain([alike([1], 1), alike([0], 0), alike([0.5], 0.5)]);
    expect(told.verdict).toBe(
      'Because there is nothing to learn from: in all 3 groups the rollouts score the same, so every advantage is 0.',
    );
    expect(text(told, 'Groups that are all alike')).toBe(
      '3 of 3 groups push nobody: in 1 all rollouts earned everything, in 1 all earned nothing, in 1 all came to the same. The other 0 do.',
    );
    expect(text(explain([MIXED, alike([1], 1)]), 'Groups that are all alike')).toContain('1 of 2 groups');
    expect(text(explain([MIXED]), 'Every group differs')).toBeDefined();
  });

  it('may be warm-up, the clip, or turns without credit', () => {
    const warm = explain([MIXED], { warmupSteps: 5 }, { step: 1, learning_rate: 4e-4 });
    expect(text(warm, 'Warm-up')).toContain(
      'Step 1 of 5: the learning rate was 4e\u22124, on its way to 0.002',
    );
    expect(text(explain([MIXED], { warmupSteps: 5 }, { step: 5 }), 'Warm-up')).toBeUndefined();

    const clipped = explain([MIXED], { innerEpochs: 3 }, { 'clip_ratio/region_mean': 0.12 });
    expect(text(clipped, 'The clip')).toContain('12\u00a0% of the tokens');
    expect(text(clipped, 'The ratio is 1')).toContain('the other 2 of the 3 inner epochs leave it');
    expect(text(explain([MIXED], {}, { 'clip_ratio/region_mean': 0 }), 'The clip')).toBeUndefined();

    // Under reward-to-go two of five turns have credit, and F of one of those rollouts is 0.
    expect(text(explain([MIXED], { turnMethod: 'r2g' }), 'Turns without credit')).toContain('80\u00a0%');
  });

  it('is that no rollout is told from another, with equalized credits in the printed formula', () => {
    const told = explain([MIXED], {}, null, 'printed');
    expect(text(told, "The paper's formula at its word")).toContain('In 1 of 1 groups');
  });
});
