/** How the shipped checkpoints are made. Everything that decides the result is here. */
import type { GymName } from '../../gyms/options';
import type { PolicyConfig } from '../../policy/config';

export interface StageRecipe {
  /** Folder below models/. */
  readonly checkpoint: 'nano-base' | 'nano';
  readonly updates: number;
  /** Sequences in one update. */
  readonly batch: number;
  readonly peakRate: number;
  /** Share of the sequences that are conversations in the tool protocol. */
  readonly conversations: number;
  /** Of those: how often the demonstrator gives up before a turn that is not an expert's. */
  readonly giveUpShare: number;
  /** Share that are good conversations as prose; what is left are single facts. */
  readonly interviews: number;
}

export interface GymShare {
  /** How often it comes up, in prose and conversations alike: by how much there is to know in it. */
  readonly weight: number;
  /** Share of expert turns in the conversations of the cold start: low where single turns are paid for, high where nothing is paid until all of it went well. */
  readonly expertShare: number;
}

export const RECIPE = {
  seed: 7,
  config: {
    model_type: 'qwen3',
    hidden_size: 96,
    intermediate_size: 264,
    num_hidden_layers: 3,
    num_attention_heads: 6,
    num_key_value_heads: 2,
    head_dim: 16,
    max_position_embeddings: 320,
    rms_norm_eps: 1e-6,
    rope_theta: 10_000,
    tie_word_embeddings: true,
  } satisfies Omit<PolicyConfig, 'vocab_size'>,
  base: {
    checkpoint: 'nano-base',
    updates: 24_000,
    batch: 16,
    peakRate: 3e-3,
    conversations: 0.0002,
    giveUpShare: 0.06,
    interviews: 0.65,
  },
  // Some prose is kept in: without it the noise of the demonstrations wears away what the base knows.
  // Now and then somebody gives up, so that there is something to unlearn; more often, and it would be a habit.
  coldStart: {
    checkpoint: 'nano',
    updates: 2000,
    batch: 16,
    peakRate: 3e-3,
    conversations: 0.6,
    giveUpShare: 0.01,
    interviews: 0.4,
  },
  /** Share of expert turns in the prose the base reads. */
  interviewExpertShare: 0.95,
  /** Share of demonstrations in which the policy is shown its rewards, so that the setting can be switched on later. */
  shownRewards: 0.2,
  maxTurns: 8,
  gyms: {
    travel: { weight: 3, expertShare: 0.35 },
    turtle: { weight: 3, expertShare: 0.5 },
    function: { weight: 3, expertShare: 0.6 },
    tau: { weight: 4, expertShare: 0.6 },
    persuade: { weight: 1, expertShare: 0.5 },
    intention: { weight: 2, expertShare: 0.35 },
    telepathy: { weight: 3, expertShare: 0.5 },
    search: { weight: 3, expertShare: 0.5 },
  },
} as const satisfies {
  seed: number;
  config: Omit<PolicyConfig, 'vocab_size'>;
  base: StageRecipe;
  coldStart: StageRecipe;
  gyms: Record<GymName, GymShare>;
  [other: string]: unknown;
};
