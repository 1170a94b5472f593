/**
 * What a run leaves behind: metrics of every step and the rollouts worth looking at. Metric names follow
 * TRL's documented list, so that numbers can be compared with it line by line.
 */
import type { GymEvent, HiddenFact, Operation, Split } from '../gyms/types';
import type { UserStrength } from '../users/types';
import type { Measure, PlayerName, Weighting } from './measures';
import type { Settings } from './settings';

/** One line of `turnwise train --json`, and one point of every chart. */
export interface StepMetrics {
  readonly step: number;
  /** Mean over rollouts of the sum of what the turns counted for: what the gym paid, under the run's reward terms. */
  readonly reward: number;
  /** Mean over rollouts of the sum of what the gym paid, as a fraction of the most the task allows. Reward terms leave it alone. */
  readonly score: number;
  /** Mean over groups of the deviation of the trajectory scores (the convention the settings name). */
  readonly reward_std: number;
  /** Share of groups whose rollouts all score the same, split into all at the maximum, all at zero, and the rest. */
  readonly frac_reward_zero_std: number;
  readonly frac_all_good: number;
  readonly frac_all_bad: number;
  readonly success: number;
  /** Mean number of turns the policy took. */
  readonly turns: number;
  /** Share of generated turns that were well-formed tool calls. */
  readonly validity: number;
  /** Mean entropy of the sampled tokens' distributions, in nats. */
  readonly entropy: number;
  /** Mean divergence from the reference policy by the chosen estimator; 0 while the KL coefficient is 0 and none is computed. */
  readonly kl: number;
  readonly policy_loss: number;
  readonly 'clip_ratio/low_mean': number;
  readonly 'clip_ratio/high_mean': number;
  readonly 'clip_ratio/region_mean': number;
  readonly grad_norm: number;
  readonly learning_rate: number;
  readonly 'completions/mean_length': number;
  /** Rollouts in which a person was the user. */
  readonly rollouts_with_person: number;
  /** Tokens processed so far in the run, prompts and user turns included. */
  readonly num_tokens: number;
  /** Seconds, as measured. */
  readonly step_time: number;
  readonly rollout_time: number;
  readonly train_time: number;
  readonly other_time: number;
  /** Tensors and bytes held by TensorFlow.js after the step. */
  readonly num_tensors: number;
  readonly num_bytes: number;
  /** The most bytes held on the device at once during the step (kernels/peak.ts says what is counted). */
  readonly peak_memory: number;
}

/** One line of `turnwise sft --json`. */
export interface SftMetrics {
  readonly step: number;
  /** Mean negative log-likelihood of the demonstrated agent tokens, in nats. */
  readonly loss: number;
  readonly grad_norm: number;
  readonly learning_rate: number;
  readonly num_tokens: number;
  readonly step_time: number;
  /** Share of well-formed turns when the policy is sampled; only on the steps at which it was measured. */
  readonly validity?: number;
}

/** How an episode came to its end. */
export type EndReason =
  | 'success'
  | 'turn-limit'
  /** The policy spoke in plain text instead of calling the tool. */
  | 'plain-text'
  /** The call could not be parsed: no operation, a stray special token, or no end. */
  | 'malformed'
  /** The context window was full. */
  | 'context';

export interface TokenRecord {
  readonly text: string;
  /** Log-probability when it was sampled, in nats. */
  readonly logProb: number;
}

export interface TurnRecord {
  /** `null` when the turn was no well-formed tool call. */
  readonly choice: Operation | null;
  readonly content: string;
  /** What the user replied; empty if the turn ended the episode. */
  readonly feedback: string;
  /** What the gym paid. */
  readonly reward: number;
  /** What the turn counted for in training, where the run's reward terms made that another number. */
  readonly trainingReward?: number;
  /** Shaped credit of the turn. */
  readonly credit: number;
  /** What every token of the turn is pushed by. */
  readonly advantage: number;
  readonly tokens: readonly TokenRecord[];
  readonly events: readonly GymEvent[];
}

export interface RolloutRecord {
  readonly task: string;
  readonly opening: string;
  readonly turns: readonly TurnRecord[];
  readonly hidden: readonly HiddenFact[];
  /** Sum of what the gym paid for the turns. */
  readonly reward: number;
  /** `reward` as a fraction of the most the task allows. */
  readonly score: number;
  /** Trajectory score under the run's rule; what the group is ranked by. */
  readonly trajectoryScore: number;
  /** The group-normalised score F. */
  readonly advantage: number;
  readonly success: boolean;
  readonly end: EndReason;
  /** A person was the user. */
  readonly withPerson?: boolean;
}

/** A conversation that was played for its own sake: nothing is credited for it. */
export type ConversationRecord = Pick<
  RolloutRecord,
  'task' | 'opening' | 'reward' | 'score' | 'success' | 'end'
> & { readonly turns: readonly Pick<TurnRecord, 'choice' | 'content' | 'feedback' | 'reward'>[] };

/** The rollouts of one task of one step, in sampling order. */
export interface GroupRecord {
  readonly task: string;
  readonly mean: number;
  readonly std: number;
  readonly rollouts: readonly RolloutRecord[];
}

/** How the tasks of one gym went, in an evaluation over several. */
export interface GymScore {
  readonly gym: string;
  readonly episodes: number;
  readonly score: number;
  readonly score_ci95: number;
  readonly success: number;
}

export interface EvaluationRecord {
  readonly step: number;
  readonly split: Split;
  readonly decoding: 'sampled' | 'greedy';
  readonly episodes: number;
  /** Mean sum of turn rewards. */
  readonly reward: number;
  /** Mean sum of turn rewards over the oracle's. */
  readonly score: number;
  /** Half width of the 95 % interval of `score`. */
  readonly score_ci95: number;
  readonly success: number;
  readonly turns: number;
  readonly validity: number;
  /** Gym by gym, in a run over several. */
  readonly gyms?: readonly GymScore[];
}

/** The horizontal lines of the headline chart, as fractions of the maximum. */
export interface Baselines {
  readonly random: number;
  readonly oracle: number;
  /** Gym by gym, in a run over several. */
  readonly gyms?: readonly (Omit<Baselines, 'gyms'> & { readonly gym: string })[];
}

/** The policy that a run starts from. */
export interface PolicyReport {
  readonly checkpoint: string;
  readonly parameters: number;
  readonly adapterParameters: number;
  /** Of the checkpoint's file. */
  readonly bytes: number;
  readonly vocabulary: number;
  readonly contextLength: number;
  /** The gyms whose words it was taught, and that of the run. */
  readonly gyms: readonly string[];
}

/** A mean over `n` items (tasks; turns for validity) and its 95 % interval, which a single item does not have. */
export interface Estimate {
  readonly mean: number;
  readonly ci95: readonly [low: number, high: number] | null;
  readonly n: number;
}

export type Measures = Readonly<Record<Measure, Estimate>>;

/** How one player did on the test tasks of one gym, talking with one user. */
export interface EvaluationRow {
  readonly user: UserStrength;
  readonly gym: string;
  readonly player: PlayerName;
  readonly tasks: number;
  readonly measures: Measures;
}

/** The same over all gyms of the table. */
export interface AverageRow extends Omit<EvaluationRow, 'gym'> {
  readonly weights: Weighting;
}

/** Every player on every test task of every gym, with every user asked for; greedy. One line of `turnwise eval --json`. */
export interface EvaluationTable {
  /** GRPO steps behind the trained player. */
  readonly step: number;
  readonly split: 'test';
  readonly decoding: 'greedy';
  /** Those in force; what decides the numbers is among them. The users are those of the rows. */
  readonly settings: Settings;
  readonly rows: readonly EvaluationRow[];
  /** Empty over a single gym. */
  readonly averages: readonly AverageRow[];
}
