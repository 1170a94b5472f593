/**
 * "Why is my loss 0?", the question every list of a GRPO library gets, answered with the numbers at hand. The loss
 * of GRPO is no measure of progress: before the first update of a batch its value is the mean advantage with a
 * minus, which a group makes about 0, while its gradient is not.
 */
import { allEqual } from '../../credit/advantages';
import { creditHazards } from '../../credit/hazards';
import { tokenWeights } from '../../credit/loss';
import type { GroupRecord, StepMetrics } from '../../runs/record';
import type { Settings } from '../../runs/settings';
import { compact, percent, signed } from '../format';
import { inCreditTerms, type Rules, type ScoredGroup } from './rescore';

export interface Point {
  readonly title: string;
  readonly text: string;
}

export interface Explanation {
  /** The answer in one sentence. */
  readonly verdict: string;
  readonly points: readonly Point[];
}

export interface Asked {
  readonly groups: readonly GroupRecord[];
  /** The same groups under the rules. */
  readonly scored: readonly ScoredGroup[];
  readonly rules: Rules;
  readonly settings: Settings;
  /** Of the step in which the groups were played. */
  readonly metrics: StepMetrics | null;
  /** Whether that step was trained with these very rules. */
  readonly asTrained: boolean;
}

interface Sums {
  readonly tokens: number;
  /** Mean over tokens of the advantage, and of its size. */
  readonly mean: number;
  readonly size: number;
  /** Share of tokens that nothing pushes. */
  readonly idle: number;
  /** The loss while every ratio is 1; null where it takes a length that only the trainer knows. */
  readonly loss: number | null;
}

export function explainLoss(asked: Asked): Explanation {
  const { scored, metrics, asTrained } = asked;
  const sums = sumsOf(asked);
  const equal = scored.filter(({ scores }) => scores.length > 1 && allEqual(scores)).length;
  const points = [
    ratioPoint(asked, sums),
    groupsPoint(asked, equal),
    creditPoint(asked, sums, equal),
    clipPoint(asked),
    warmupPoint(asked),
  ].filter((point) => point !== null);
  const norm = asTrained && metrics ? ` (its length was ${compact(metrics.grad_norm)})` : '';
  const verdict =
    equal === scored.length
      ? `Because there is nothing to learn from: in ${every(scored.length)} the rollouts score the same, so every advantage is 0.`
      : sums.size === 0
        ? 'Because no turn has any credit to spread, so that no token is pushed although the rollouts differ.'
        : `Nothing is broken: the loss is about 0 by construction. What is learnt is in its gradient${norm}, and shows in the reward.`;
  return { verdict, points };
}

function sumsOf({ scored, settings }: Asked): Sums {
  const perRollout = scored.flatMap(({ tokens }) => tokens.map((row) => row.reduce((sum, n) => sum + n, 0)));
  const weights = tokenWeights(perRollout, settings.aggregation);
  const pushes = scored
    .flatMap(({ advantages, tokens }) => advantages.map((row, i) => ({ row, counts: tokens[i] ?? [] })))
    .flatMap(({ row, counts }, r) =>
      row.map((advantage, t) => ({ advantage, count: counts[t] ?? 0, weight: weights[r] ?? 0 })),
    );
  const tokens = perRollout.reduce((sum, n) => sum + n, 0);
  const total = (of: (push: (typeof pushes)[number]) => number): number =>
    pushes.reduce((sum, push) => sum + of(push), 0);
  const share = (sum: number): number => (tokens === 0 ? 0 : sum / tokens);
  return {
    tokens,
    mean: share(total(({ advantage, count }) => advantage * count)),
    size: share(total(({ advantage, count }) => Math.abs(advantage) * count)),
    idle: share(total(({ advantage, count }) => (advantage === 0 ? count : 0))),
    loss:
      settings.aggregation === 'seq-mean-token-sum-norm'
        ? null
        : -total(({ advantage, count, weight }) => advantage * count * weight),
  };
}

/** The value is minus the mean advantage, the gradient is not. */
function ratioPoint({ settings, metrics, asTrained }: Asked, { mean, size, tokens, loss }: Sums): Point {
  const { klCoefficient: beta } = settings;
  const leash =
    beta > 0 && metrics ? `, plus ${compact(beta)} times a divergence of ${compact(metrics.kl)}` : '';
  const value = loss === null ? '' : ` That is a loss of ${signed(loss, 4)}${leash}.`;
  const reported = asTrained && metrics ? ` The step reported ${signed(metrics.policy_loss, 4)}.` : '';
  const epochs =
    settings.innerEpochs === 1
      ? 'with one inner epoch that is the only one'
      : `the other ${settings.innerEpochs - 1} of the ${settings.innerEpochs} inner epochs leave it, a little`;
  return {
    title: 'The ratio is 1',
    text: `At the first update of a batch (${epochs}) every probability ratio is 1, and the loss is the mean advantage with a minus: ${signed(mean, 3)} over ${tokens} tokens, whose advantages have a size of ${signed(size).replace('+', '')} on average. Pluses and minuses cancel in the value, not in the gradient.${value}${reported}`,
  };
}

function groupsPoint({ groups, scored }: Asked, equal: number): Point | null {
  if (equal === 0)
    return {
      title: 'Every group differs',
      text: `In ${every(groups.length)} the rollouts score differently, so each has something to teach.`,
    };
  const counts = { good: 0, bad: 0, same: 0 };
  scored.forEach(({ scores }, g) => {
    const rollouts = groups[g]?.rollouts ?? [];
    if (scores.length < 2 || !allEqual(scores)) return;
    if (rollouts.every((one) => one.score >= 1 - 1e-9)) counts.good++;
    else if (rollouts.every((one) => one.reward === 0)) counts.bad++;
    else counts.same++;
  });
  const parts = [
    counts.good > 0 && `in ${counts.good} all rollouts earned everything`,
    counts.bad > 0 && `in ${counts.bad} all earned nothing`,
    counts.same > 0 && `in ${counts.same} all came to the same`,
  ].filter((part) => part !== false);
  return {
    title: 'Groups that are all alike',
    text: `${equal} of ${scored.length} groups push nobody: ${parts.join(', ')}. The other ${scored.length - equal} do.`,
  };
}

/** Tokens without a push in groups that differ. */
function creditPoint({ scored, rules }: Asked, { idle }: Sums, equal: number): Point | null {
  if (rules.credit.formula === 'printed') {
    const silent = scored.filter((one) =>
      creditHazards(inCreditTerms(one), rules.credit).some(({ kind }) => kind === 'no-signal'),
    );
    if (silent.length > 0)
      return {
        title: "The paper's formula at its word",
        text: `In ${silent.length} of ${scored.length} groups it pushes every token of every rollout by the same, which makes no rollout likelier than another.`,
      };
  }
  if (idle === 0 || equal === scored.length) return null;
  return {
    title: 'Turns without credit',
    text: `${percent(idle)} of the tokens have an advantage of exactly 0: their group is all alike, or this turn shaping gives their turn no credit.`,
  };
}

function clipPoint({ settings, metrics, asTrained }: Asked): Point | null {
  if (!metrics || !asTrained) return null;
  const clipped = metrics['clip_ratio/region_mean'];
  if (settings.innerEpochs === 1 && clipped === 0) return null;
  return {
    title: 'The clip',
    text: `${percent(clipped)} of the tokens had moved beyond the clip at the last update of the step and got no gradient there.`,
  };
}

function warmupPoint({ settings, metrics }: Asked): Point | null {
  if (!metrics || metrics.step >= settings.warmupSteps) return null;
  return {
    title: 'Warm-up',
    text: `Step ${metrics.step} of ${settings.warmupSteps}: the learning rate was ${compact(metrics.learning_rate)}, on its way to ${compact(settings.learningRate)}. Little moves until then, whatever the loss.`,
  };
}

const every = (groups: number): string => (groups === 1 ? 'the one group' : `all ${groups} groups`);
