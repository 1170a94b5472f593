/**
 * The forward pass of the policy in jax-js. Its arrays are counted: a function uses up what it is given, and
 * `.ref` is how one use becomes two.
 */
import { nn, numpy as np } from '@jax-js/jax';
import { EMBEDDING_NAME, FINAL_NORM_NAME, tensorName, type PolicyConfig } from '../../src/policy/config';
import { weightShapes } from '../../src/policy/float-weights';

export type Weights = np.Array[];

/** Keys and values of one layer, [batch, slots, kvHeads, headDim]. */
export type Cache = { keys: np.Array; values: np.Array };

/** Looks weights up by name; `take` uses one up. */
function lookup(config: PolicyConfig, weights: Weights) {
  const at = new Map(weightShapes(config).map(({ name }, i) => [name, i]));
  return (name: string): np.Array => {
    const index = at.get(name);
    if (index === undefined) throw new Error(`There is no weight "${name}".`);
    return weights[index]!;
  };
}

function rmsNorm(x: np.Array, weight: np.Array, epsilon: number): np.Array {
  const square = np.mean(np.square(x.ref), -1, { keepdims: true });
  return x.mul(np.reciprocal(np.sqrt(square.add(epsilon)))).mul(weight);
}

const linear = (x: np.Array, weight: np.Array): np.Array => np.matmul(x, weight.transpose());

/** Rotates pairs (i, i + d/2) of x [batch, length, heads, d] by angles [length, d]. */
function rotary(x: np.Array, angles: np.Array): np.Array {
  const [, length, , d] = x.shape as [number, number, number, number];
  const half = d / 2;
  const wide = angles.reshape([1, length, 1, d]);
  const left = x.ref.slice([], [], [], [0, half]);
  const right = x.ref.slice([], [], [], [half, d]);
  const swapped = np.concatenate([right.neg(), left], -1);
  return x.mul(np.cos(wide.ref)).add(swapped.mul(np.sin(wide)));
}

/** Angles [length, d] of positions [length]. */
function anglesOf(config: PolicyConfig, positions: np.Array): np.Array {
  const { head_dim: d, rope_theta: base } = config;
  const rates = np.array(Float32Array.from({ length: d }, (_, i) => base ** ((-2 * (i % (d / 2))) / d)));
  return positions
    .astype(np.float32)
    .reshape([-1, 1])
    .mul(rates.reshape([1, d]));
}

export interface CacheStep {
  readonly caches: Cache[];
  /** The slot [1] that the one incoming token takes; earlier slots are filled. */
  readonly slot: np.Array;
}

export interface Output {
  /** [batch, length, vocabulary] */
  readonly logits: np.Array;
  /** Keys and values of the tokens that went in, or the caches with them put in. */
  readonly caches: Cache[];
}

/** Uses up `ids` and what `step` holds, but each weight only where it stands. */
export function forward(config: PolicyConfig, weights: Weights, ids: np.Array, step?: CacheStep): Output {
  const named = lookup(config, weights);
  const {
    num_attention_heads: heads,
    num_key_value_heads: kvHeads,
    head_dim: d,
    rms_norm_eps: epsilon,
  } = config;
  const [batch, length] = ids.shape as [number, number];
  const slots = step?.caches[0]?.keys.shape[1];
  const angles = anglesOf(config, step ? step.slot.ref : np.arange(length));
  const embedding = named(EMBEDDING_NAME);
  const caches: Cache[] = [];
  let x = np.take(embedding.ref, ids, 0);
  for (let layer = 0; layer < config.num_hidden_layers; layer++) {
    const w = (name: Parameters<typeof tensorName>[1]) => named(tensorName(layer, name));
    const attended = rmsNorm(x.ref, w('input_layernorm'), epsilon);
    const split = (y: np.Array, howMany: number) => y.reshape([batch, length, howMany, d]);
    const q = rotary(
      rmsNorm(split(linear(attended.ref, w('self_attn.q_proj')), heads), w('self_attn.q_norm'), epsilon),
      angles.ref,
    );
    let k = rotary(
      rmsNorm(split(linear(attended.ref, w('self_attn.k_proj')), kvHeads), w('self_attn.k_norm'), epsilon),
      angles.ref,
    );
    let v = split(linear(attended, w('self_attn.v_proj')), kvHeads);
    let mixed: np.Array;
    const store = step?.caches[layer];
    if (step && store && slots) {
      const here = np.arange(slots).equal(step.slot.ref).reshape([1, slots, 1, 1]);
      k = np.where(here.ref, k, store.keys);
      v = np.where(here, v, store.values);
      const mask = np.arange(slots).lessEqual(step.slot.ref).reshape([1, 1, 1, slots]);
      mixed = nn.dotProductAttention(q, k.ref, v.ref, { mask });
      caches.push({ keys: k, values: v });
    } else {
      mixed = nn.dotProductAttention(q, k.ref, v.ref, { isCausal: true });
      caches.push({ keys: k, values: v });
    }
    x = x.add(linear(mixed.reshape([batch, length, heads * d]), w('self_attn.o_proj')));
    const fed = rmsNorm(x.ref, w('post_attention_layernorm'), epsilon);
    const gate = nn.silu(linear(fed.ref, w('mlp.gate_proj')));
    x = x.add(linear(gate.mul(linear(fed, w('mlp.up_proj'))), w('mlp.down_proj')));
  }
  angles.dispose();
  step?.slot.dispose();
  return { logits: linear(rmsNorm(x, named(FINAL_NORM_NAME), epsilon), embedding), caches };
}

/** Drops keys and values that nobody asked for. */
export function logitsOnly({ logits, caches }: Output): np.Array {
  for (const { keys, values } of caches) {
    keys.dispose();
    values.dispose();
  }
  return logits;
}
