/**
 * Multi-turn GRPO: from the turn rewards of a group of rollouts of one task to one advantage a turn.
 * UserRL's released code (core_algos), which differs from the formula printed in arXiv 2509.19736 section 4.4.
 *
 *   c_t   shaped credit of a turn                                   (shape.ts)
 *   S_i   score of a rollout                                        (score.ts)
 *   F_i = (S_i - mean) / (std + epsilon) over the group
 *   A_t = F_i c_t n / (sum over tokens of c)
 *
 * n counts the tokens whose credit is not 0, so A averages to F over those tokens: shaping decides how F is
 * spread over the turns, never how much of it there is.
 */
import { asPrinted, printedAdvantages } from './printed';
import { scoreTrajectory, type TrajectoryMethod } from './score';
import { shapeTurnRewards, type TurnMethod } from './shape';

export type DeviationKind = 'sample' | 'population';

export interface NormaliseOptions {
  /** Divide the squared deviations by N-1 (`sample`, the default) or by N (`population`). */
  readonly std?: DeviationKind;
  /** Added to the deviation. Default 1e-6. */
  readonly epsilon?: number;
  /** Off: F_i = S_i - mean (Dr. GRPO, arXiv 2503.20783). Default on. */
  readonly normalizeByStd?: boolean;
}

export interface CreditOptions extends NormaliseOptions {
  /**
   * Whose advantages: those of UserRL's released code (the default, and the only ones that are trained with), or
   * those of the formula its paper prints, to be looked at (printed.ts).
   */
  readonly formula?: 'released' | 'printed';
  readonly turnMethod?: TurnMethod;
  readonly trajectoryMethod?: TrajectoryMethod;
  readonly gamma?: number;
  readonly k?: number;
  readonly round?: boolean;
}

export interface CreditRollout {
  readonly turnRewards: readonly number[];
  /** Tokens the policy generated in each turn: the weights of the renormalisation. */
  readonly turnTokens: readonly number[];
}

export interface GroupNormalisation {
  readonly mean: number;
  readonly std: number;
  /** F_i of every rollout. */
  readonly normalised: number[];
}

/** Everything that credit makes of a group; rows are rollouts, in the order given. */
export interface GroupCredit extends GroupNormalisation {
  /** Trajectory score S_i of every rollout. */
  readonly scores: number[];
  /** Shaped credit c_t of every turn. */
  readonly credits: number[][];
  /** What every token of a turn is pushed by. */
  readonly advantages: number[][];
}

/** A difference this small relative to its terms is what adding decimals in another order leaves behind. */
const ROUNDING = 1e-12;

/** S_i of every rollout of the group. */
export function groupScores(rollouts: readonly CreditRollout[], options: CreditOptions = {}): number[] {
  return rollouts.map(({ turnRewards }) =>
    scoreTrajectory(turnRewards, options.trajectoryMethod ?? 'sum', options),
  );
}

/**
 * F_i = (S_i - mean) / (std + epsilon).
 *
 * A group of one has nothing to be compared with: mean 0 and deviation 1, as in UserRL. A group whose scores
 * are all equal gives exactly 0; computed naively, eight scores of 0.7 differ from their own rounded mean, and
 * dividing by an epsilon turns that into a push.
 */
export function normaliseGroup(
  scores: readonly number[],
  { std: kind = 'sample', epsilon = 1e-6, normalizeByStd = true }: NormaliseOptions = {},
): GroupNormalisation {
  const first = scores[0];
  if (first === undefined) return { mean: 0, std: 0, normalised: [] };
  if (scores.length > 1 && allEqual(scores)) return { mean: first, std: 0, normalised: scores.map(() => 0) };

  let mean = 0;
  let std = 1;
  if (scores.length > 1) {
    mean = scores.reduce((sum, s) => sum + s, 0) / scores.length;
    const squares = scores.reduce((sum, s) => sum + (s - mean) ** 2, 0);
    std = Math.sqrt(squares / (kind === 'sample' ? scores.length - 1 : scores.length));
  }
  const divisor = normalizeByStd ? std + epsilon : 1;
  return { mean, std, normalised: scores.map((s) => (s - mean) / divisor) };
}

/**
 * Whether the scores differ by no more than rounding, so that 0.1 + 0.2 + 0.3 equals 0.3 + 0.2 + 0.1; and
 * 0.1 + 0.2 - 0.3, which binary makes 5.6e-17, equals 0: rewards that cancel are of the order of 1.
 */
export function allEqual(scores: readonly number[]): boolean {
  const largest = Math.max(...scores);
  const smallest = Math.min(...scores);
  return largest - smallest <= ROUNDING * Math.max(1, Math.abs(largest), Math.abs(smallest));
}

/** Scores, shapes and normalises a group, and spreads what comes of it over the turns. */
export function creditGroup(rollouts: readonly CreditRollout[], options: CreditOptions = {}): GroupCredit {
  const scores = groupScores(rollouts, options);
  const credits = rollouts.map(({ turnRewards }) =>
    shapeTurnRewards(turnRewards, options.turnMethod ?? 'equalized', options),
  );
  const printed = options.formula === 'printed';
  const normalisation = normaliseGroup(scores, printed ? asPrinted(options) : options);
  const advantages = printed
    ? printedAdvantages(credits, normalisation, options)
    : rollouts.map(({ turnTokens }, i) =>
        spreadOverTurns(normalisation.normalised[i] ?? 0, credits[i] ?? [], turnTokens),
      );
  return { scores, ...normalisation, credits, advantages };
}

/** One advantage a turn, for every rollout of the group; every token of the turn is pushed by it. */
export const groupAdvantages = (
  rollouts: readonly CreditRollout[],
  options: CreditOptions = {},
): number[][] => creditGroup(rollouts, options).advantages;

/**
 * A_t = F c_t n / (sum c_t n_t), with n the number of tokens whose credit is not 0.
 * Where the credits add up to 0 (nothing was earned, or pluses and minuses cancel) every turn gets 0.
 */
export function spreadOverTurns(
  f: number,
  credits: readonly number[],
  turnTokens: readonly number[],
): number[] {
  if (credits.length !== turnTokens.length) {
    throw new RangeError(`${credits.length} turn rewards but ${turnTokens.length} turn token counts`);
  }
  let total = 0;
  let magnitude = 0;
  let tokens = 0;
  credits.forEach((credit, t) => {
    const weight = turnTokens[t] ?? 0;
    total += credit * weight;
    magnitude += Math.abs(credit) * weight;
    if (credit !== 0) tokens += weight;
  });
  // 0.1 + 0.2 - 0.3 is not 0 in binary; dividing by what is left would be a push of 10^16.
  if (Math.abs(total) <= ROUNDING * magnitude) return credits.map(() => 0);
  return credits.map((credit) => (credit === 0 || f === 0 ? 0 : credit * ((f * tokens) / total)));
}
