/** What an engine has to offer to take part. One file per engine, each in a worker of its own. */
import type { Workload } from './workloads';

export type Backend = 'webgpu' | 'wasm' | 'cpu' | 'python';
export const BACKENDS: readonly Backend[] = ['webgpu', 'wasm', 'cpu', 'python'];

export interface StepResult {
  /** Tokens trained on, or really sampled. */
  readonly tokens: number;
  /** Loss before the update, where the step has one. */
  readonly loss?: number;
}

/** Something set up that can be done again and again. When a step resolves, its work is done, not queued. */
export interface Stepper {
  /** Parameters of the model that is run. */
  readonly parameters: number;
  /** How it differs from the rest, where it does. */
  readonly note?: string;
  step(): Promise<StepResult>;
  dispose(): void;
}

export interface Contestant {
  /** Makes the backend current and says what it runs on. Throws where it cannot be had. */
  open(backend: Backend): Promise<string>;
  /** Forward, backward and AdamW over all weights on one fixed batch. */
  train?(workload: Workload): Promise<Stepper>;
  /** A batch sampled at temperature 1 over a key-value cache, prompt included. */
  sample?(workload: Workload): Promise<Stepper>;
  /** Rollouts, credit and one update. */
  grpo?(workload: Workload): Promise<Stepper>;
  /** Logits [ids, vocabulary] of the seeded weights, row by row; only where the architecture is the same. */
  logits?(workload: Workload, ids: readonly number[]): Promise<Float32Array>;
}
