/**
 * The forward pass of a Qwen3-style decoder (arXiv 2505.09388) over a ragged batch: RMSNorm, grouped-query
 * attention with QK-norm and rotary positions, SwiGLU, tied embeddings. One function serves training, the
 * reference policy and decoding: the adapter may be absent, and keys and values may come from a cache.
 */
import { add, type Tensor, type Tensor1D, type Tensor2D } from '@tensorflow/tfjs-core';
import {
  attendCache,
  attention,
  embedInt8,
  gatherRows,
  heads,
  headsIntoCache,
  linear,
  matMul,
  rmsNorm,
  swiGlu,
  type HeadsAttrs,
  type LoraPair,
} from '../kernels';
import type { PolicyConfig } from './config';
import type { Adapter, LayerAdapter } from './lora';
import { recomputed } from './recompute';
import type { LayerWeights, PolicyWeights, Weight } from './weights';

/** Keys and values of one layer, [slots, 2 kvHeads * headDim]. */
export type LayerCache = Tensor2D;

export interface Batch {
  /** What is known of each token, [N, C] int32 (kernels/layout.ts). */
  readonly tokens: Tensor2D;
  /** One a layer; their presence means decoding, through which no gradient flows. */
  readonly cache?: readonly LayerCache[];
  /** Keep only the input of each layer, and compute the rest again in the backward pass (recompute.ts). */
  readonly recompute?: boolean | undefined;
}

interface Fused {
  readonly lora?: LoraPair | undefined;
  readonly residual?: Tensor2D;
}

/** What the layers of a pass have in common. */
class Pass {
  readonly #config: PolicyConfig;
  readonly #tokens: Tensor2D;
  /** Whether the base itself learns, as in the making of a checkpoint. */
  readonly #trainWeight: boolean;

  constructor(config: PolicyConfig, tokens: Tensor2D, trainWeight: boolean) {
    this.#config = config;
    this.#tokens = tokens;
    this.#trainWeight = trainWeight;
  }

  norm(x: Tensor2D, weight: Tensor1D): Tensor2D {
    return rmsNorm(x, weight, this.#config.rms_norm_eps, { trainWeight: this.#trainWeight });
  }

  /** One layer over the batch itself: [N, hidden]. */
  layer(x: Tensor2D, { linear: weights, norm }: LayerWeights, adapter: LayerAdapter | undefined): Tensor2D {
    const trainWeight = this.#trainWeight;
    const qkv = project(this.norm(x, norm.input_layernorm), weights.qkv, { lora: adapter?.qkv });
    const turned = heads(qkv, headNorms(norm), this.#tokens, this.#heads, { trainWeight });
    const mixed = attention(turned, this.#tokens, this.#heads);
    const attended = project(mixed, weights.attentionOut, { lora: adapter?.attentionOut, residual: x });
    const fed = this.norm(attended, norm.post_attention_layernorm);
    const gated = swiGlu(project(fed, weights.gateUp, { lora: adapter?.gateUp }));
    return project(gated, weights.down, { lora: adapter?.down, residual: attended });
  }

  /** The same over a cache, to which the batch's keys and values are added; norms are fused into the products. */
  cachedLayer(
    x: Tensor2D,
    { linear: weights, norm }: LayerWeights,
    adapter: LayerAdapter | undefined,
    cache: LayerCache,
  ): Tensor2D {
    const qkv = this.projectNormed(x, weights.qkv, norm.input_layernorm, adapter?.qkv);
    const queries = headsIntoCache(qkv, headNorms(norm), this.#tokens, cache, this.#heads);
    const mixed = attendCache(queries, cache, this.#tokens, this.#heads);
    const attended = project(mixed, weights.attentionOut, { lora: adapter?.attentionOut, residual: x });
    const gateUp = this.projectNormed(
      attended,
      weights.gateUp,
      norm.post_attention_layernorm,
      adapter?.gateUp,
    );
    return project(swiGlu(gateUp), weights.down, { lora: adapter?.down, residual: attended });
  }

  projectNormed(x: Tensor2D, weight: Weight, norm: Tensor1D, lora?: LoraPair): Tensor2D {
    if (!('packed' in weight)) return project(this.norm(x, norm), weight, { lora });
    return linear(x, weight, {
      ...(lora && { lora }),
      norm: { weight: norm, epsilon: this.#config.rms_norm_eps },
    });
  }

  get #heads(): HeadsAttrs {
    return {
      heads: this.#config.num_attention_heads,
      kvHeads: this.#config.num_key_value_heads,
      base: this.#config.rope_theta,
      epsilon: this.#config.rms_norm_eps,
      positions: this.#config.max_position_embeddings,
    };
  }
}

const headNorms = (norm: LayerWeights['norm']) => ({
  query: norm['self_attn.q_norm'],
  key: norm['self_attn.k_norm'],
});

/** `y = x W^T`, plus the adapter's part, plus the residual. */
function project(x: Tensor2D, weight: Weight, { lora, residual }: Fused = {}): Tensor2D {
  if ('packed' in weight) return linear(x, weight, { ...(lora && { lora }), ...(residual && { residual }) });
  if (lora) throw new Error('An adapter needs a frozen int8 weight below it.');
  const y = matMul(x, weight.float, { transposeB: true });
  return residual ? add(residual, y) : y;
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
  { tokens, cache, recompute = false }: Batch,
): Tensor2D {
  const { embedding } = weights;
  const pass = new Pass(config, tokens, 'float' in embedding);
  let x =
    'float' in embedding
      ? gatherRows(embedding.float, tokens)
      : embedInt8(embedding.packed, embedding.scale, tokens);
  weights.layers.forEach((layer, l) => {
    const lora = adapter?.[l];
    const store = cache?.[l];
    if (store) x = pass.cachedLayer(x, layer, lora, store);
    else if (recompute)
      x = recomputed(x, trainedTensors(layer, lora), (input) => pass.layer(input, layer, lora));
    else x = pass.layer(x, layer, lora);
  });
  return pass.norm(x, weights.finalNorm);
}

/** Logits of hidden states [N, hidden]: [N, vocab]. The embedding is tied, so it is the output layer too. */
export function logitsOf(weights: PolicyWeights, hidden: Tensor2D): Tensor2D {
  return project(hidden, weights.embedding);
}
