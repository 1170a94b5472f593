/** The metrics of a whole run as columns: what is stored, exported and drawn. */
import type { StepMetrics } from './record';

export type MetricName = keyof StepMetrics;

/** A record rather than a list, so that a metric that is forgotten here does not compile. */
const NAMES: { readonly [K in MetricName]: true } = {
  step: true,
  reward: true,
  score: true,
  reward_std: true,
  frac_reward_zero_std: true,
  frac_all_good: true,
  frac_all_bad: true,
  success: true,
  turns: true,
  validity: true,
  entropy: true,
  kl: true,
  policy_loss: true,
  'clip_ratio/low_mean': true,
  'clip_ratio/high_mean': true,
  'clip_ratio/region_mean': true,
  grad_norm: true,
  learning_rate: true,
  'completions/mean_length': true,
  rollouts_with_person: true,
  num_tokens: true,
  step_time: true,
  rollout_time: true,
  train_time: true,
  other_time: true,
  num_tensors: true,
  num_bytes: true,
  peak_memory: true,
};
export const METRIC_NAMES = Object.keys(NAMES) as MetricName[];
export const isMetric = (name: string): name is MetricName => Object.hasOwn(NAMES, name);

/** A number for every step; null where there was none, or none that is finite. */
export type Column = readonly (number | null)[];

/** All of one length; steps ascend. */
export type MetricColumns = Readonly<Record<Exclude<MetricName, 'step'>, Column>> & {
  readonly step: readonly number[];
};

/** Takes the steps of a run as they come. */
export class ColumnBuilder {
  readonly #columns = new Map<MetricName, (number | null)[]>(METRIC_NAMES.map((name) => [name, []]));
  #last = 0;

  /** The last step taken; 0 before the first. */
  get last(): number {
    return this.#last;
  }

  /** A step that does not come after the last one is dropped: it would send every line backwards. */
  append(metrics: StepMetrics): void {
    if (metrics.step <= this.#last) return;
    this.#last = metrics.step;
    for (const [name, column] of this.#columns) {
      const value = metrics[name];
      column.push(value !== undefined && Number.isFinite(value) ? value : null);
    }
  }

  /** A copy, which later steps leave alone. */
  snapshot(): MetricColumns {
    // Built from METRIC_NAMES above; steps are never null, as `append` compares them.
    return Object.fromEntries(
      [...this.#columns].map(([name, column]) => [name, column.slice()]),
    ) as unknown as MetricColumns;
  }
}
