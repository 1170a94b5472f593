/** The page's view of a batch: records of every group, with words in place of numbers. */
import type { Gym } from '../gyms/types';
import type { Policy } from '../policy/policy';
import type { GroupRecord, RolloutRecord } from '../runs/record';
import type { Settings } from '../runs/settings';
import type { BatchCredit } from './credit-step';
import { scoreFraction } from './metrics';
import type { Trajectory } from './rollout';
import { totalReward } from './statistics';

export function groupRecords(
  gym: Gym,
  policy: Policy,
  trajectories: readonly Trajectory[],
  credit: BatchCredit,
  { groupSize, maxTurns }: Settings,
): GroupRecord[] {
  const { tokenizer } = policy.dialogue;
  const rollout = (trajectory: Trajectory, r: number): RolloutRecord => {
    const { task, ids, turns, episode, success, end, withPerson } = trajectory;
    return {
      task: task.id,
      opening: task.opening,
      turns: turns.map(({ choice, content, feedback, reward: earned, events, start, logProbs }, t) => ({
        choice,
        content,
        feedback,
        reward: earned,
        ...(credit.rewards[r]![t]! !== earned && { trainingReward: credit.rewards[r]![t]! }),
        credit: credit.credits[r]![t]!,
        advantage: credit.turnAdvantages[r]![t]!,
        tokens: logProbs.map((logProb, i) => ({ text: tokenizer.token(ids[start + i]!), logProb })),
        events,
      })),
      hidden: episode.hiddenFacts(),
      reward: totalReward(turns),
      score: scoreFraction(gym, trajectory, maxTurns),
      trajectoryScore: credit.scores[r]!,
      advantage: credit.normalised[r]!,
      success,
      end,
      ...(withPerson && { withPerson }),
    };
  };
  const rollouts = trajectories.map(rollout);
  return credit.groups.map(({ mean, std }, g) => ({
    task: trajectories[g * groupSize]!.task.id,
    mean,
    std,
    rollouts: rollouts.slice(g * groupSize, (g + 1) * groupSize),
  }));
}
