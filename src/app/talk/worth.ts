/** What a conversation would be worth in training, turn by turn, under the settings in force. */
import { trainingRewards } from '../../credit/reward-terms';
import { scoreTrajectory } from '../../credit/score';
import { shapeTurnRewards } from '../../credit/shape';
import type { SpokenTurn } from '../../runs/conversation';
import { rewardRule } from '../../runs/reward-terms';
import type { Settings } from '../../runs/settings';

export interface Worth {
  /** What each turn counts for: the gym's reward under the reward terms. */
  readonly counts: readonly number[];
  /** Shaped credits. They change as later turns earn something. */
  readonly credits: readonly number[];
  /** Trajectory score. */
  readonly score: number;
}

export function worth(turns: readonly SpokenTurn[], settings: Settings): Worth {
  const counts = trainingRewards(turns, rewardRule(settings));
  return {
    counts,
    credits: shapeTurnRewards(counts, settings.turnMethod, settings),
    score: scoreTrajectory(counts, settings.trajectoryMethod, settings),
  };
}
