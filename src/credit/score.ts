/**
 * Trajectory score: the one number by which the rollouts of a group are compared.
 * UserRL (arXiv 2509.19736), section 4.3, and its released code.
 */
import { roundLikePython } from './round';
import { rewardToGo } from './shape';

export type TrajectoryMethod = 'mean' | 'sum' | 'r2g';

export interface ScoreOptions {
  /** Discount by turn in reward-to-go. Default 0.8, as UserRL runs. */
  readonly gamma?: number;
  /** Round `mean` to four decimals, as UserRL's code does. Default false. */
  readonly round?: boolean;
}

/**
 * - `sum`   S = sum r_t, what the paper calls Sum
 * - `mean`  S = (1/T) sum r_t, what the released code computes under that name: a longer episode with the
 *           same total scores less, so it pays to stop early
 * - `r2g`   S = sum gamma^(t-1) r_t, early rewards count more
 *
 * An empty trajectory scores 0.
 */
export function scoreTrajectory(
  turnRewards: readonly number[],
  method: TrajectoryMethod,
  { gamma = 0.8, round = false }: ScoreOptions = {},
): number {
  const total = turnRewards.reduce((sum, r) => sum + r, 0);
  switch (method) {
    case 'sum':
      return total;
    case 'mean': {
      const mean = turnRewards.length === 0 ? 0 : total / turnRewards.length;
      return round ? roundLikePython(mean) : mean;
    }
    case 'r2g':
      return rewardToGo(turnRewards, gamma)[0] ?? 0;
  }
}
