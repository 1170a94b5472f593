/**
 * How much a training pass holds per token, and what follows for its size. In floats, with D the width of the
 * residual stream, Q and K those of all queries and all keys, F that of the feed-forward part, r the rank:
 *
 *   outputs of the operations of a layer         6 D + 4 Q + 4 K + 3 F + 7 r
 *   gradients by them, and the sums of those     14 D + 4 Q + 4 K + 3 F + 7 r
 *   layer                                      20 D + 8 Q + 8 K + 6 F + 14 r
 *   head                                         7 D
 *
 * TensorFlow.js clears up after the whole backward pass, not during it, which is why both are there at once:
 *
 *   plain       layers layer + head
 *   recomputed  layers 2 D + layer + head        the input of each layer and its gradient, and one layer whole
 *
 * A bound, not a count: operations that are fused hold less. What does not grow with the tokens (weights,
 * adapter, optimiser, blocks of logits) is not in it.
 */
import type { PolicyConfig } from './config';

export interface PassPlan {
  /** Most tokens of one pass; a longer sequence goes alone. */
  readonly maxTokens: number;
  /** Whether layers are computed again in the backward pass. */
  readonly recompute: boolean;
}

const FLOAT_BYTES = 4;
export const MEBIBYTE = 2 ** 20;

/** Bytes a token takes in a training pass. */
export function activationBytes(config: PolicyConfig, rank: number, recompute: boolean): number {
  const { hidden_size: d, intermediate_size: wide, num_hidden_layers: layers } = config;
  const queries = config.num_attention_heads * config.head_dim;
  const keys = config.num_key_value_heads * config.head_dim;
  const layer = 20 * d + 8 * queries + 8 * keys + 6 * wide + 14 * rank;
  const head = 7 * d;
  return FLOAT_BYTES * (recompute ? layers * 2 * d + layer + head : layers * layer + head);
}

/** The pass that stays below `bytes`: in chunks if that is enough, with recomputation if one sequence would not fit. */
export function planPass(config: PolicyConfig, rank: number, bytes: number, longest: number): PassPlan {
  const fitting = (recompute: boolean) =>
    Math.max(1, Math.floor(bytes / activationBytes(config, rank, recompute)));
  const recompute = longest > fitting(false);
  return { maxTokens: fitting(recompute), recompute };
}
