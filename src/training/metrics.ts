/**
 * What a played test task was worth, by our measures and by UserRL's (arXiv 2509.19736; its evaluation code for the
 * scores, the paper's words for effective turns and time-weighted performance, of which there is no code).
 * docs/evaluation.md tells what the paper leaves open and what we chose.
 */
import { GYM_NAMES, type GymName } from '../gyms/options';
import type { Gym, GymEvent, Task } from '../gyms/types';
import type { Measures } from '../runs/record';
import { meanEstimate, shareEstimate } from './estimates';
import { totalReward } from './statistics';

export interface MeasuredTurn {
  readonly reward: number;
  readonly events: readonly GymEvent[];
  /** Whether it was a well-formed tool call. */
  readonly valid: boolean;
}

/** A test task as somebody played it. */
export interface PlayedTask {
  readonly task: Task;
  readonly turns: readonly MeasuredTurn[];
  readonly success: boolean;
}

/** Test items of UserRL, table 2: by these its "Avg" weighs the gyms. */
export const PAPER_TEST_ITEMS: Readonly<Record<GymName, number>> = {
  travel: 471,
  turtle: 48,
  function: 78,
  tau: 165,
  persuade: 42,
  intention: 40,
  telepathy: 41,
  search: 125,
};

export const paperItems = (gym: string): number | undefined => {
  const name = GYM_NAMES.find((known) => known === gym);
  return name && PAPER_TEST_ITEMS[name];
};

/** Sum of turn rewards over the most that the task allows within `maxTurns`; in [0, 1]. */
export function scoreFraction(
  gym: Gym,
  { task, turns }: { readonly task: Task; readonly turns: readonly { readonly reward: number }[] },
  maxTurns: number,
): number {
  const best = gym.maximumReturn(task, maxTurns);
  return best > 0 ? totalReward(turns) / best : 0;
}

/** UserRL's score of one item: the sum of turn rewards, unless the gym has a rule of its own. Not bounded by 1. */
export const userrlScore = (gym: Gym, { task, turns }: PlayedTask): number =>
  gym.itemScore?.(task, turns) ?? totalReward(turns);

/** Number of turns until the last one with a reward other than 0, that one included; 0 where there is none. */
export const effectiveTurns = (rewards: readonly number[]): number =>
  rewards.findLastIndex((reward) => reward !== 0) + 1;

/** Sum of r_t / (t + 1) with the first turn's t being `first`: the paper does not say whether that is 0 or 1. */
export const timeWeighted = (rewards: readonly number[], first: 0 | 1): number =>
  rewards.reduce((sum, reward, i) => sum + reward / (i + first + 1), 0);

/** Every measure over played tasks of one gym, or of one mixture of gyms. */
export function measure(gym: Gym, played: readonly PlayedTask[], maxTurns: number): Measures {
  const rewards = played.map(({ turns }) => turns.map(({ reward }) => reward));
  const turns = played.flatMap((one) => one.turns);
  return {
    score: meanEstimate(
      played.map((one) => scoreFraction(gym, one, maxTurns)),
      1,
    ),
    userrl_score: meanEstimate(played.map((one) => userrlScore(gym, one))),
    success: shareEstimate(played.filter(({ success }) => success).length, played.length),
    effective_turns: meanEstimate(rewards.map(effectiveTurns), maxTurns),
    time_weighted: meanEstimate(rewards.map((of) => timeWeighted(of, 0))),
    time_weighted_from_1: meanEstimate(rewards.map((of) => timeWeighted(of, 1))),
    // An episode ends with its first malformed turn, so turns are independent trials although episodes share some.
    validity: shareEstimate(turns.filter(({ valid }) => valid).length, turns.length),
    turns: meanEstimate(
      rewards.map(({ length }) => length),
      maxTurns,
    ),
  };
}
