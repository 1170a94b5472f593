/**
 * The forward pass of a Qwen3-style decoder (arXiv 2505.09388) over a ragged batch: RMSNorm, grouped-query
 * attention with QK-norm and rotary positions, SwiGLU, tied embeddings. One function serves training, the
 * reference policy and decoding: the adapter may be absent, and keys and values may come from a cache.
 */
import { add, reshape, type Rank, type Tensor, type Tensor1D, type Tensor2D } from '@tensorflow/tfjs-core';
import {
  attention,
  cacheAppend,
  embedInt8,
  gatherRows,
  linear,
  matMul,
  rmsNorm,
  rotary,
  swiGlu,
  type LoraPair,
} from '../kernels';
import type { LinearName, NormName, PolicyConfig } from './config';
import type { Adapter, LayerAdapter } from './lora';
import { recomputed } from './recompute';
import type { LayerWeights, PolicyWeights, Weight } from './weights';

export interface LayerCache {
  /** Keys and values, [slots, kvHeads * headDim]. */
  readonly keys: Tensor2D;
  readonly values: Tensor2D;
}

export interface Batch {
  /** Token ids in column 0, [N, C] int32. */
  readonly ids: Tensor2D;
  /** Where each token lives, [N, 3] int32 (kernels/layout.ts). */
  readonly spans: Tensor2D;
  /** How many tokens further on than `spans` says; decoding counts it up. */
  readonly offset?: number;
  readonly cache?: readonly LayerCache[];
  /** Keep only the input of each layer, and compute the rest again in the backward pass (recompute.ts). */
  readonly recompute?: boolean | undefined;
}

/** `y = x W^T`, plus the adapter's part. */
function project(x: Tensor2D, weight: Weight, lora?: LoraPair): Tensor2D {
  if ('packed' in weight) return linear(x, weight, lora);
  if (lora) throw new Error('An adapter needs a frozen int8 weight below it.');
  return matMul(x, weight.float, { transposeB: true });
}

/** The tensors of a layer that learn: the adapter's, or without one the float weights. */
function trainedTensors({ linear: matrices, norm }: LayerWeights, lora: LayerAdapter | undefined): Tensor[] {
  if (lora) return Object.values(lora).flatMap(({ a, b }) => [a, b]);
  const floats = Object.values(matrices).flatMap((weight) => ('float' in weight ? [weight.float] : []));
  return floats.length > 0 ? [...floats, ...Object.values(norm)] : [];
}

/** Final hidden states, normalised: [N, hidden]. */
export function hiddenStates(
  config: PolicyConfig,
  weights: PolicyWeights,
  adapter: Adapter | undefined,
  batch: Batch,
): Tensor2D {
  const {
    rms_norm_eps: epsilon,
    rope_theta: base,
    num_attention_heads: heads,
    num_key_value_heads: kvHeads,
    head_dim: d,
  } = config;
  const { ids, spans, offset = 0, cache, recompute = false } = batch;
  const count = ids.shape[0];
  const { embedding } = weights;
  const trainWeight = 'float' in embedding;
  const norm = (x: Tensor2D, weight: Tensor1D) => rmsNorm(x, weight, epsilon, { trainWeight });
  const perHead = (x: Tensor2D, weight: Tensor1D, howMany: number) =>
    reshape<Rank.R2>(norm(reshape(x, [count * howMany, d]), weight), [count, howMany * d]);

  const embedded =
    'float' in embedding
      ? gatherRows(embedding.float, ids)
      : embedInt8(embedding.packed, embedding.scale, ids);
  const throughLayer = (x: Tensor2D, layer: LayerWeights, l: number): Tensor2D => {
    const apply = (input: Tensor2D, name: LinearName) =>
      project(input, layer.linear[name], adapter?.[l]?.[name]);
    const scaled = (input: Tensor2D, name: NormName) => norm(input, layer.norm[name]);

    const attended = scaled(x, 'input_layernorm');
    const q = rotary(
      perHead(apply(attended, 'self_attn.q_proj'), layer.norm['self_attn.q_norm'], heads),
      spans,
      { heads, base, offset },
    );
    let k = rotary(
      perHead(apply(attended, 'self_attn.k_proj'), layer.norm['self_attn.k_norm'], kvHeads),
      spans,
      { heads: kvHeads, base, offset },
    );
    let v = apply(attended, 'self_attn.v_proj');
    const store = cache?.[l];
    if (store) {
      cacheAppend(store.keys, k, spans, offset);
      cacheAppend(store.values, v, spans, offset);
      k = store.keys;
      v = store.values;
    }
    const mixed = add<Tensor2D>(
      x,
      apply(attention(q, k, v, spans, { heads, kvHeads, offset }), 'self_attn.o_proj'),
    );

    const fed = scaled(mixed, 'post_attention_layernorm');
    return add<Tensor2D>(
      mixed,
      apply(swiGlu(apply(fed, 'mlp.gate_proj'), apply(fed, 'mlp.up_proj')), 'mlp.down_proj'),
    );
  };
  const last = weights.layers.reduce<Tensor2D>(
    (x, layer, l): Tensor2D =>
      recompute
        ? recomputed(x, trainedTensors(layer, adapter?.[l]), (input) => throughLayer(input, layer, l))
        : throughLayer(x, layer, l),
    embedded,
  );
  return norm(last, weights.finalNorm);
}

/** Logits of hidden states [N, hidden]: [N, vocab]. The embedding is tied, so it is the output layer too. */
export function logitsOf(weights: PolicyWeights, hidden: Tensor2D): Tensor2D {
  return project(hidden, weights.embedding);
}
