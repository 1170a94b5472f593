/** Records as the engine makes them, with only what a test cares about spelt out. */
import { creditGroup } from '../../src/credit/advantages';
import { trainingRewards } from '../../src/credit/reward-terms';
import { rewardRule } from '../../src/runs/reward-terms';
import { DEFAULT_SETTINGS, type Settings } from '../../src/runs/settings';
import type {
  EvaluationRecord,
  GroupRecord,
  RolloutRecord,
  SftMetrics,
  StepMetrics,
  TurnRecord,
} from '../../src/runs/record';

export function metrics(step: number, part: Partial<StepMetrics> = {}): StepMetrics {
  return {
    step,
    reward: 1,
    score: 0.5,
    reward_std: 0.2,
    frac_reward_zero_std: 0,
    frac_all_good: 0,
    frac_all_bad: 0,
    success: 0.1,
    turns: 4,
    validity: 1,
    entropy: 1,
    kl: 0,
    policy_loss: 0,
    'clip_ratio/low_mean': 0,
    'clip_ratio/high_mean': 0,
    'clip_ratio/region_mean': 0,
    grad_norm: 1,
    learning_rate: 1e-3,
    'completions/mean_length': 20,
    rollouts_with_person: 0,
    num_tokens: 1000,
    step_time: 1.1,
    rollout_time: 0.8,
    train_time: 0.3,
    other_time: 0,
    num_tensors: 10,
    num_bytes: 1000,
    peak_memory: 2000,
    ...part,
  };
}

export function sft(step: number, part: Partial<SftMetrics> = {}): SftMetrics {
  return { step, loss: 1, grad_norm: 1, learning_rate: 1e-2, num_tokens: 100, step_time: 0.2, ...part };
}

export function evaluation(step: number, part: Partial<EvaluationRecord> = {}): EvaluationRecord {
  return {
    step,
    split: 'test',
    decoding: 'greedy',
    episodes: 96,
    reward: 1,
    score: 0.5,
    score_ci95: 0.05,
    success: 0.2,
    turns: 4,
    validity: 1,
    ...part,
  };
}

export function turn(part: Partial<TurnRecord> = {}): TurnRecord {
  return {
    choice: 'action',
    content: 'how many?',
    feedback: 'thirty',
    reward: 0,
    credit: 0,
    advantage: 0,
    tokens: [],
    events: [],
    ...part,
  };
}

/** A rollout whose trajectory score is its reward. */
export function rollout(reward: number, part: Partial<RolloutRecord> = {}): RolloutRecord {
  return {
    task: 'party',
    opening: 'Help me plan a party.',
    turns: [turn({ reward })],
    hidden: [],
    reward,
    score: reward / 2,
    trajectoryScore: reward,
    advantage: 0,
    success: false,
    end: 'turn-limit',
    ...part,
  };
}

export function group(rewards: readonly number[]): GroupRecord {
  const mean = rewards.reduce((sum, one) => sum + one, 0) / rewards.length;
  return {
    task: 'party',
    mean,
    std: 1,
    rollouts: rewards.map((reward) => rollout(reward, { advantage: reward - mean })),
  };
}

/** A group that was played for these turn rewards and trained on with these settings. */
export function played(
  rewards: readonly (readonly number[])[],
  settings: Settings = DEFAULT_SETTINGS,
): GroupRecord {
  const rule = rewardRule(settings);
  const turns = rewards.map((row) =>
    row.map((paid) =>
      turn({
        reward: paid,
        tokens: [
          { text: 'how', logProb: -1 },
          { text: 'many', logProb: -1 },
        ],
        events: [{ name: paid > 0 ? 'found' : 'nothing-asked' }],
      }),
    ),
  );
  const inTraining = turns.map((row) => trainingRewards(row, rule));
  const credit = creditGroup(
    inTraining.map((turnRewards) => ({ turnRewards, turnTokens: turnRewards.map(() => 2) })),
    settings,
  );
  return {
    task: 'party',
    mean: credit.mean,
    std: credit.std,
    rollouts: turns.map((row, i) =>
      rollout(
        row.reduce((sum, one) => sum + one.reward, 0),
        {
          turns: row.map((one, t) => ({
            ...one,
            trainingReward: inTraining[i]![t]!,
            credit: credit.credits[i]![t]!,
            advantage: credit.advantages[i]![t]!,
          })),
          trajectoryScore: credit.scores[i]!,
          advantage: credit.normalised[i]!,
        },
      ),
    ),
  };
}
