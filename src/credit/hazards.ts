/**
 * Where a credit rule does something a reader would not expect, for the group at hand, with the numbers that show
 * it. The effects are consequences of the rules in advantages.ts and printed.ts, not faults of an implementation.
 */
import {
  allEqual,
  creditGroup,
  type CreditOptions,
  type CreditRollout,
  type GroupCredit,
} from './advantages';
import { scoreTrajectory } from './score';

interface Told {
  /** One sentence; rollouts are counted from 1. */
  readonly message: string;
}

/** Credits of both signs nearly cancel, so that a turn is pushed far more than its rollout deserves. */
export interface MixedSigns extends Told {
  readonly kind: 'mixed-signs';
  readonly rollout: number;
  /** Those that are pushed more than `EXPLOSION_FACTOR` times as hard. */
  readonly turns: readonly number[];
  readonly credits: readonly number[];
  readonly advantages: readonly number[];
  /** F of the rollout. */
  readonly normalised: number;
  /** Largest |A_t| / |F|. */
  readonly factor: number;
}

/** Below the group's mean, yet no turn is pushed down because none has any credit. */
export interface NeverPushedDown extends Told {
  readonly kind: 'never-pushed-down';
  readonly rollout: number;
  readonly score: number;
  readonly mean: number;
  /** F of the rollout, which is lost. */
  readonly normalised: number;
}

/** The mean ranks a shorter rollout above a longer one that earned as much or more. */
export interface PrefersShort extends Told {
  readonly kind: 'prefers-short';
  readonly shorter: number;
  readonly longer: number;
  /** Trajectory scores and sums of turn rewards of the two, the shorter first. */
  readonly scores: readonly [number, number];
  readonly totals: readonly [number, number];
}

/** All rollouts score the same: the group teaches nothing. */
export interface ZeroVariance extends Told {
  readonly kind: 'zero-variance';
  readonly score: number;
}

/** The printed formula pushes every turn of every rollout by the same, although the rollouts differ. */
export interface NoSignal extends Told {
  readonly kind: 'no-signal';
  readonly advantage: number;
  /** Best and worst trajectory score, which it does not tell apart. */
  readonly scores: readonly [number, number];
}

/** The printed formula pushes an empty turn of the best rollout as it pushes one of the worst. */
export interface EmptyTurnsAlike extends Told {
  readonly kind: 'empty-turns-alike';
  readonly best: number;
  readonly worst: number;
  readonly advantage: number;
}

export type CreditHazard =
  MixedSigns | NeverPushedDown | PrefersShort | ZeroVariance | NoSignal | EmptyTurnsAlike;

/** |A_t| beyond this many times |F| counts as exploding. */
export const EXPLOSION_FACTOR = 3;

export function creditHazards(
  rollouts: readonly CreditRollout[],
  options: CreditOptions = {},
): CreditHazard[] {
  const credit = creditGroup(rollouts, options);
  return [
    ...zeroVariance(credit),
    ...(options.formula === 'printed'
      ? outcomeIgnored(rollouts, credit)
      : rollouts.flatMap((_, i) => [...mixedSigns(i, credit), ...neverPushedDown(i, credit)])),
    ...(options.trajectoryMethod === 'mean' ? prefersShort(rollouts, credit.scores) : []),
  ];
}

function zeroVariance({ scores }: GroupCredit): ZeroVariance[] {
  const [score] = scores;
  if (score === undefined || scores.length < 2 || !allEqual(scores)) return [];
  const message = `All rollouts score ${short(score)}: every advantage is 0 and the group teaches nothing.`;
  return [{ kind: 'zero-variance', score, message }];
}

function mixedSigns(rollout: number, credit: GroupCredit): MixedSigns[] {
  const normalised = credit.normalised[rollout] ?? 0;
  const credits = credit.credits[rollout] ?? [];
  const advantages = credit.advantages[rollout] ?? [];
  if (normalised === 0 || !credits.some((c) => c > 0) || !credits.some((c) => c < 0)) return [];
  const factors = advantages.map((a) => Math.abs(a / normalised));
  const turns = factors.flatMap((factor, t) => (factor > EXPLOSION_FACTOR ? [t] : []));
  if (turns.length === 0) return [];
  const factor = Math.max(...factors);
  const message = `Rollout ${rollout + 1} has credits of both signs, which nearly cancel: a turn is pushed ${factor.toFixed(1)} times as hard as its rollout.`;
  return [{ kind: 'mixed-signs', rollout, turns, credits, advantages, normalised, factor, message }];
}

function neverPushedDown(rollout: number, credit: GroupCredit): NeverPushedDown[] {
  const normalised = credit.normalised[rollout] ?? 0;
  const credits = credit.credits[rollout] ?? [];
  if (normalised >= 0 || credits.length === 0 || !credits.every((c) => c === 0)) return [];
  const [score, mean] = [credit.scores[rollout] ?? 0, credit.mean];
  const message = `Rollout ${rollout + 1} scores ${short(score)}, below the group's mean of ${short(mean)}, but has no credit to spread: it is never pushed down.`;
  return [{ kind: 'never-pushed-down', rollout, score, mean, normalised, message }];
}

/** For every rollout that ranks below a shorter one without having earned less, the best-ranked such one. */
function prefersShort(rollouts: readonly CreditRollout[], scores: readonly number[]): PrefersShort[] {
  const totals = rollouts.map(({ turnRewards }) => scoreTrajectory(turnRewards, 'sum'));
  const length = (i: number) => rollouts[i]?.turnRewards.length ?? 0;
  return rollouts.flatMap((_, longer): PrefersShort[] => {
    const rivals = rollouts
      .map((_, shorter) => shorter)
      .filter((shorter) => length(shorter) < length(longer))
      .filter((shorter) => (totals[shorter] ?? 0) <= (totals[longer] ?? 0))
      .filter((shorter) => (scores[shorter] ?? 0) > (scores[longer] ?? 0))
      .sort((a, b) => (scores[b] ?? 0) - (scores[a] ?? 0));
    const shorter = rivals[0];
    if (shorter === undefined) return [];
    const pair = (of: readonly number[]): [number, number] => [of[shorter] ?? 0, of[longer] ?? 0];
    const earned = pair(totals);
    const what = earned[0] === earned[1] ? 'as much' : 'more';
    const message = `The mean ranks rollout ${shorter + 1} (${short(earned[0])} in ${length(shorter)}) above rollout ${longer + 1} (${short(earned[1])} in ${length(longer)} turns), which earned ${what} in more turns: it pays to stop early.`;
    return [{ kind: 'prefers-short', shorter, longer, scores: pair(scores), totals: earned, message }];
  });
}

/** What the printed formula does not see of how the rollouts fared. */
function outcomeIgnored(
  rollouts: readonly CreditRollout[],
  { scores, advantages }: GroupCredit,
): (NoSignal | EmptyTurnsAlike)[] {
  if (scores.length < 2 || allEqual(scores)) return [];
  const best = scores.indexOf(Math.max(...scores));
  const worst = scores.indexOf(Math.min(...scores));
  const [first, ...others] = advantages.flat();
  if (first !== undefined && others.every((advantage) => advantage === first)) {
    const message = `Every turn of every rollout is pushed by ${short(first)}, in the best (${short(scores[best] ?? 0)}) as in the worst (${short(scores[worst] ?? 0)}): taken at its word, the paper's formula carries no signal here.`;
    return [
      { kind: 'no-signal', advantage: first, scores: [scores[best] ?? 0, scores[worst] ?? 0], message },
    ];
  }
  const empty = (i: number): number | undefined => {
    const turn = rollouts[i]?.turnRewards.indexOf(0) ?? -1;
    return advantages[i]?.[turn];
  };
  const [above, below] = [empty(best), empty(worst)];
  // Under reward-to-go an empty turn may still have credit for what comes after it.
  if (above === undefined || above !== below) return [];
  const message = `A turn that earns nothing is pushed by ${short(above)} in rollout ${best + 1}, the best, and by the same in rollout ${worst + 1}, the worst.`;
  return [{ kind: 'empty-turns-alike', best, worst, advantage: above, message }];
}

/** Two decimals at most, with a true minus. */
const short = (value: number): string => String(Math.round(value * 100) / 100 + 0).replace('-', '\u2212');
