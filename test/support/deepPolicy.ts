/** Policies of any depth and width with random weights, over the words of the tiny checkpoint. */
import { initialWeights, quantisedTensors } from '../../src/policy/float-weights';
import { Policy } from '../../src/policy/policy';
import { Random } from '../../src/random';
import { readTiny } from './fixtures';

export async function deepPolicy({ layers, hidden }: { layers: number; hidden: number }): Promise<Policy> {
  const tiny = await readTiny();
  const config = {
    ...tiny.config,
    hidden_size: hidden,
    intermediate_size: 3 * hidden,
    num_hidden_layers: layers,
    num_attention_heads: 4,
    num_key_value_heads: 2,
    head_dim: hidden / 4,
  };
  const tensors = quantisedTensors(config, initialWeights(config, 1));
  const policy = new Policy({ ...tiny, config, tensors }, { rank: 4, alpha: 8 }, 0);
  const random = new Random(2);
  policy.parameters.reset(
    Float32Array.from({ length: policy.parameters.size }, () => 0.15 * random.normal()),
  );
  return policy;
}

/** So many words that every checkpoint has. */
export const RANDOM_IDS = (length: number): number[] => {
  const random = new Random(length);
  return Array.from({ length }, () => random.int(16));
};
