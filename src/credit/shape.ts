/**
 * Turn-level shaping: how the rewards of single turns become credits c_t, by which a rollout's advantage is
 * later spread over its turns. UserRL (arXiv 2509.19736), section 4.2.
 */
import { roundLikePython } from './round';

export type TurnMethod = 'naive' | 'equalized' | 'r2g' | 'em';

export interface ShapeOptions {
  /** Discount of later rewards in reward-to-go. Default 0.8, as UserRL runs. */
  readonly gamma?: number;
  /** Steepness of the exponential mapping. Default 2, as in UserRL's code. */
  readonly k?: number;
  /** Round exponential-mapping credits to four decimals, as UserRL's code does. Default false. */
  readonly round?: boolean;
}

/**
 * One credit a turn.
 *
 * - `naive`      c_t = r_t
 * - `equalized`  c_t = 1 (any constant: it cancels in the advantage)
 * - `r2g`        c_t = sum over j >= t of gamma^(j-t) r_j
 * - `em`         c_t = 1/2 + 1/2 (1 - e^(-k r_t)) / (1 - e^(-k)), so that r = 0 -> 1/2 and r = 1 -> 1
 */
export function shapeTurnRewards(
  turnRewards: readonly number[],
  method: TurnMethod,
  { gamma = 0.8, k = 2, round = false }: ShapeOptions = {},
): number[] {
  switch (method) {
    case 'naive':
      return [...turnRewards];
    case 'equalized':
      return turnRewards.map(() => 1);
    case 'r2g':
      return rewardToGo(turnRewards, gamma);
    case 'em':
      return turnRewards.map((r) => {
        const credit = exponentialMapping(r, k);
        return round ? roundLikePython(credit) : credit;
      });
  }
}

/** G_t = r_t + gamma G_(t+1), from the last turn backwards. */
export function rewardToGo(turnRewards: readonly number[], gamma: number): number[] {
  const returns: number[] = new Array<number>(turnRewards.length).fill(0);
  let later = 0;
  for (let t = turnRewards.length - 1; t >= 0; t--) {
    later = (turnRewards[t] ?? 0) + gamma * later;
    returns[t] = later;
  }
  return returns;
}

function exponentialMapping(r: number, k: number): number {
  // As k -> 0 the exponential straightens into a line; 0 / 0 would otherwise be the answer there.
  if (k === 0) return 0.5 + 0.5 * r;
  return 0.5 + (0.5 * (1 - Math.exp(-k * r))) / (1 - Math.exp(-k));
}
