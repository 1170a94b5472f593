/** How much arithmetic a step cannot do without: its matrix products, two operations a multiply-add. */
import { LINEAR_NAMES, linearShape, type PolicyConfig } from '../../src/policy/config';
import type { Task, Workload } from './workloads';

/** Weights of the linear layers of all blocks. */
export function linearWeights(config: PolicyConfig): number {
  const perLayer = LINEAR_NAMES.reduce((sum, name) => {
    const [outer, inner] = linearShape(config, name);
    return sum + outer * inner;
  }, 0);
  return config.num_hidden_layers * perLayer;
}

/** Products of queries with keys and of scores with values when `length` tokens look at themselves and back. */
function attention(config: PolicyConfig, length: number): number {
  const pairs = (length * (length + 1)) / 2;
  return config.num_hidden_layers * 4 * pairs * config.num_attention_heads * config.head_dim;
}

function forward(config: PolicyConfig, rows: number, length: number, scored: number): number {
  const output = config.vocab_size * config.hidden_size;
  return rows * (2 * linearWeights(config) * length + 2 * output * scored + attention(config, length));
}

/** Floating point operations of the products of one step; null where the lengths depend on what is said. */
export function productFlops(task: Task, workload: Workload, adapterOnly: boolean): number | null {
  const { config, train, sample, id } = workload;
  if (id === 'demo') return null;
  // A frozen base needs the gradient of its inputs but not of its weights; the adapter's own part is small.
  const passes = adapterOnly ? 2 : 3;
  const total = sample.prompt + sample.newTokens;
  const sampling = forward(config, sample.batch, total - 1, sample.newTokens);
  switch (task) {
    case 'train':
      return passes * forward(config, train.batch, train.length, train.length);
    case 'sample':
      return sampling;
    case 'grpo':
      return sampling + passes * forward(config, sample.batch, total, sample.newTokens);
  }
}
