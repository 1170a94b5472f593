/** Records as the engine makes them, with only what a test cares about spelt out. */
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
