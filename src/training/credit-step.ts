/** From the turn rewards of a batch to advantages on the device, by the rules of credit/. */
import { tensor1d, tensor2d, tidy, type Tensor2D } from '@tensorflow/tfjs-core';
import { normaliseGroup } from '../credit/advantages';
import { trainingRewards } from '../credit/reward-terms';
import { scoreTrajectory } from '../credit/score';
import { shapeTurnRewards } from '../credit/shape';
import { groupAdvantageOp } from '../kernels';
import { rewardRule } from '../runs/reward-terms';
import type { Settings } from '../runs/settings';
import type { Trajectory } from './rollout';

export interface BatchCredit {
  /** What each turn of each rollout counts for: what the gym paid, under the run's reward terms. */
  readonly rewards: readonly (readonly number[])[];
  /** Trajectory score of each rollout. */
  readonly scores: readonly number[];
  readonly groups: readonly { readonly mean: number; readonly std: number }[];
  /** Shaped credit of each turn of each rollout. */
  readonly credits: readonly (readonly number[])[];
  /** Advantage of each turn [R, T]; turns that did not happen hold 0. Owned by the caller. */
  readonly advantages: Tensor2D;
  /** The same on the host. */
  readonly turnAdvantages: readonly (readonly number[])[];
  /** Group-normalised score F of each rollout. */
  readonly normalised: readonly number[];
}

/** Scores, shapes and normalises; rollouts stand group by group. */
export async function creditBatch(
  trajectories: readonly Trajectory[],
  settings: Settings,
): Promise<BatchCredit> {
  const { turnMethod, trajectoryMethod, groupSize, std, epsilon, normalizeByStd, maxTurns } = settings;
  const rule = rewardRule(settings);
  const rewards = trajectories.map(({ turns }) => trainingRewards(turns, rule));
  const credits = rewards.map((turnRewards) => shapeTurnRewards(turnRewards, turnMethod, settings));
  // Sums of the same rewards in another order differ in the last bit, also where they cancel; ten decimals make
  // them equal again, so that a group that scores alike is seen to.
  const scores = rewards.map((turnRewards) =>
    Number(scoreTrajectory(turnRewards, trajectoryMethod, settings).toFixed(10)),
  );

  const padded = (rows: readonly (readonly number[])[]) => {
    const flat = new Float32Array(rows.length * maxTurns);
    rows.forEach((row, r) => flat.set(row, r * maxTurns));
    return tensor2d(flat, [rows.length, maxTurns]);
  };
  const { advantages, normalised } = tidy(() =>
    groupAdvantageOp(
      tensor1d(scores),
      padded(credits),
      padded(trajectories.map(({ turns }) => turns.map(({ logProbs }) => logProbs.length))),
      { groupSize, sampleStd: std === 'sample', epsilon, normalizeByStd },
    ),
  );
  const [flat, f] = await Promise.all([advantages.data(), normalised.data()]);
  normalised.dispose();
  const groups = Array.from({ length: trajectories.length / groupSize }, (_, g) =>
    normaliseGroup(scores.slice(g * groupSize, (g + 1) * groupSize), settings),
  );
  return {
    rewards,
    scores,
    groups,
    credits,
    advantages,
    turnAdvantages: rewards.map((row, r) =>
      Array.from(flat.subarray(r * maxTurns, r * maxTurns + row.length)),
    ),
    normalised: Array.from(f),
  };
}
