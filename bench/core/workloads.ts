/** What is measured: model shapes with the batches that go through them. */
import type { PolicyConfig } from '../../src/policy/config';

export type Task = 'train' | 'sample' | 'grpo';
export const TASKS: readonly Task[] = ['train', 'sample', 'grpo'];

export interface Workload {
  readonly id: string;
  readonly title: string;
  readonly config: PolicyConfig;
  /** Sequences of a training step, and tokens predicted in each. */
  readonly train: { readonly batch: number; readonly length: number };
  /** Rows sampled side by side, tokens they begin with and tokens sampled for each. A GRPO step has the same. */
  readonly sample: { readonly batch: number; readonly prompt: number; readonly newTokens: number };
  /** Rollouts of one task in a GRPO step. */
  readonly groupSize: number;
  /** What of it is measured. */
  readonly tasks: readonly Task[];
}

/** Qwen3's own proportions: two queries share a key, and the gated layer is 2.75 times as wide. */
function shape(layers: number, hidden: number, heads: number, vocabulary: number): PolicyConfig {
  return {
    model_type: 'qwen3',
    vocab_size: vocabulary,
    hidden_size: hidden,
    intermediate_size: (hidden * 11) / 4,
    num_hidden_layers: layers,
    num_attention_heads: heads,
    num_key_value_heads: heads / 2,
    head_dim: hidden / heads,
    max_position_embeddings: 128,
    rms_norm_eps: 1e-6,
    rope_theta: 10000,
    tie_word_embeddings: true,
  };
}

const SAMPLE = { batch: 32, prompt: 8, newTokens: 32 };

/** The two reference workloads: a model one would train in a page, and one that barely fills a kernel. */
const A: Workload = {
  id: 'A',
  title: '4 layers x 128',
  config: shape(4, 128, 4, 1000),
  train: { batch: 32, length: 128 },
  sample: SAMPLE,
  groupSize: 8,
  tasks: TASKS,
};
const B: Workload = {
  id: 'B',
  title: '2 layers x 64',
  config: shape(2, 64, 4, 500),
  train: { batch: 32, length: 96 },
  sample: SAMPLE,
  groupSize: 8,
  tasks: TASKS,
};

/** The curve: one batch, growing models. */
const CURVE: readonly Workload[] = (
  [
    [2, 64, 4],
    [4, 128, 4],
    [6, 256, 8],
    [8, 512, 8],
  ] as const
).map(([layers, hidden, heads]) => ({
  id: `${layers}x${hidden}`,
  title: `${layers} layers x ${hidden}`,
  config: shape(layers, hidden, heads, 1000),
  train: { batch: 8, length: 128 },
  sample: SAMPLE,
  groupSize: 8,
  tasks: TASKS,
}));

/** The step that the app makes with its default settings, on the checkpoint it ships (models/nano). */
export const DEMO: Workload = {
  id: 'demo',
  title: 'the default demo of the app',
  config: { ...shape(3, 96, 6, 601), num_key_value_heads: 2, max_position_embeddings: 320 },
  train: { batch: 64, length: 128 },
  sample: { batch: 64, prompt: 8, newTokens: 16 },
  groupSize: 8,
  tasks: ['grpo'],
};

export const WORKLOADS: readonly Workload[] = [A, B, ...CURVE, DEMO];

/** Names that stand for several: `curve` is every size of the curve. */
export const WORKLOAD_GROUPS: Readonly<Record<string, readonly string[]>> = {
  curve: CURVE.map(({ id }) => id),
};

/** The workloads that a list of names means, in the order of `WORKLOADS`. Throws where a name is unknown. */
export function findWorkloads(names: readonly string[]): Workload[] {
  const ids = new Set(names.flatMap((name) => WORKLOAD_GROUPS[name] ?? [name]));
  const known = [...WORKLOADS.map(({ id }) => id), ...Object.keys(WORKLOAD_GROUPS)];
  for (const id of ids) {
    if (!known.includes(id)) throw new Error(`There is no workload "${id}". Known are ${known.join(', ')}.`);
  }
  return WORKLOADS.filter(({ id }) => ids.has(id));
}

/** The same workload with fewer rows, for devices on which the whole one would take an hour. */
export function withBatch(workload: Workload, batch: number): Workload {
  const { train, sample, groupSize } = workload;
  return {
    ...workload,
    train: { ...train, batch: Math.min(train.batch, batch) },
    sample: { ...sample, batch: Math.min(sample.batch, batch) },
    groupSize: Math.min(groupSize, batch),
  };
}
