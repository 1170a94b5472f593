/**
 * Where a credit rule does something a reader would not expect, for the group at hand.
 * The effects are consequences of the rule in advantages.ts, not faults of an implementation.
 */
import { allEqual, groupAdvantages, groupScores, normaliseGroup } from './advantages';
import type { CreditOptions, CreditRollout } from './advantages';
import { scoreTrajectory } from './score';
import { shapeTurnRewards } from './shape';

export type CreditHazard =
  /** Credits of both signs nearly cancel, so that a turn is pushed far more than the rollout deserves. */
  | {
      readonly kind: 'mixed-signs';
      readonly rollout: number;
      readonly turns: readonly number[];
      /** Largest |A_t| / |F|. */
      readonly factor: number;
      readonly message: string;
    }
  /** Below the group's mean, yet no turn is pushed down because none has any credit. */
  | { readonly kind: 'never-pushed-down'; readonly rollout: number; readonly message: string }
  /** The mean ranks a shorter rollout above a longer one that earned more. */
  | {
      readonly kind: 'prefers-short';
      readonly shorter: number;
      readonly longer: number;
      readonly message: string;
    }
  /** All rollouts score the same: the group teaches nothing. */
  | { readonly kind: 'zero-variance'; readonly score: number; readonly message: string };

/** |A_t| beyond this many times |F| counts as exploding. */
export const EXPLOSION_FACTOR = 3;

export function creditHazards(
  rollouts: readonly CreditRollout[],
  options: CreditOptions = {},
): CreditHazard[] {
  const scores = groupScores(rollouts, options);
  const hazards: CreditHazard[] = [];
  if (scores.length > 1 && allEqual(scores)) {
    const score = scores[0] ?? 0;
    const message = `All rollouts score ${score}: every advantage is 0 and the group teaches nothing.`;
    hazards.push({ kind: 'zero-variance', score, message });
  }

  const { normalised } = normaliseGroup(scores, options);
  const advantages = groupAdvantages(rollouts, options);
  rollouts.forEach(({ turnRewards }, rollout) => {
    const f = normalised[rollout] ?? 0;
    const credits = shapeTurnRewards(turnRewards, options.turnMethod ?? 'equalized', options);
    hazards.push(...mixedSigns(rollout, f, credits, advantages[rollout] ?? []));
    if (f < 0 && credits.length > 0 && credits.every((credit) => credit === 0)) {
      const message = `Rollout ${rollout + 1} is below the group's mean but has no credit to spread: it is never pushed down.`;
      hazards.push({ kind: 'never-pushed-down', rollout, message });
    }
  });
  if (options.trajectoryMethod === 'mean') hazards.push(...prefersShort(rollouts, scores));
  return hazards;
}

function mixedSigns(
  rollout: number,
  f: number,
  credits: readonly number[],
  advantages: readonly number[],
): CreditHazard[] {
  if (f === 0 || !credits.some((c) => c > 0) || !credits.some((c) => c < 0)) return [];
  const factors = advantages.map((a) => Math.abs(a / f));
  const turns = factors.flatMap((factor, t) => (factor > EXPLOSION_FACTOR ? [t] : []));
  if (turns.length === 0) return [];
  const factor = Math.max(...factors);
  const message = `Rollout ${rollout + 1} has credits of both signs, which nearly cancel: a turn is pushed ${factor.toFixed(1)} times as hard as its rollout.`;
  return [{ kind: 'mixed-signs', rollout, turns, factor, message }];
}

/** For every rollout that earned more than a shorter one but ranks below it, the best-ranked such one. */
function prefersShort(rollouts: readonly CreditRollout[], scores: readonly number[]): CreditHazard[] {
  const totals = rollouts.map(({ turnRewards }) => scoreTrajectory(turnRewards, 'sum'));
  const length = (i: number) => rollouts[i]?.turnRewards.length ?? 0;
  return rollouts.flatMap((_, longer) => {
    const rivals = rollouts
      .map((_, shorter) => shorter)
      .filter((shorter) => length(shorter) < length(longer))
      .filter((shorter) => (totals[shorter] ?? 0) < (totals[longer] ?? 0))
      .filter((shorter) => (scores[shorter] ?? 0) > (scores[longer] ?? 0))
      .sort((a, b) => (scores[b] ?? 0) - (scores[a] ?? 0));
    const shorter = rivals[0];
    if (shorter === undefined) return [];
    const message = `The mean ranks rollout ${shorter + 1} above rollout ${longer + 1}, which earned more in more turns: it pays to stop early.`;
    return [{ kind: 'prefers-short', shorter, longer, message } as const];
  });
}
