/** The forward pass of the policy in stock TensorFlow.js operations. */
import * as tf from '@tensorflow/tfjs-core';
import { EMBEDDING_NAME, FINAL_NORM_NAME, tensorName, type PolicyConfig } from '../../src/policy/config';
import { weightShapes } from '../../src/policy/float-weights';

export interface Model {
  readonly config: PolicyConfig;
  readonly tensors: readonly tf.Tensor[];
  readonly weight: (name: string) => tf.Tensor2D;
  readonly vector: (name: string) => tf.Tensor1D;
}

/** Keys and values of a layer so far, [batch * kvHeads, length, headDim]. */
export interface Cache {
  readonly keys: tf.Tensor3D;
  readonly values: tf.Tensor3D;
}

export function modelOf(config: PolicyConfig, tensors: readonly tf.Tensor[]): Model {
  const named = new Map(weightShapes(config).map(({ name }, i) => [name, tensors[i]!]));
  const find = (name: string) => {
    const tensor = named.get(name);
    if (!tensor) throw new Error(`There is no weight "${name}".`);
    return tensor;
  };
  return {
    config,
    tensors,
    weight: (name) => find(name) as tf.Tensor2D,
    vector: (name) => find(name) as tf.Tensor1D,
  };
}

/** y = x W^T for W [out, in]; the stock gradient would ask for products with a transposed side. */
const linear = tf.customGrad((...args) => {
  const [x, w, save] = args as [tf.Tensor, tf.Tensor, tf.GradSaveFunc];
  save([x, w]);
  return {
    value: tf.matMul(x as tf.Tensor2D, tf.transpose(w as tf.Tensor2D)),
    gradFunc: (dy, saved) => {
      const [input, weight] = saved as [tf.Tensor2D, tf.Tensor2D];
      return [tf.matMul(dy as tf.Tensor2D, weight), tf.matMul(tf.transpose(dy as tf.Tensor2D), input)];
    },
  };
}) as (x: tf.Tensor2D, w: tf.Tensor2D) => tf.Tensor2D;

/** y = a b for stacks of matrices, likewise. */
const product = tf.customGrad((...args) => {
  const [a, b, save] = args as [tf.Tensor, tf.Tensor, tf.GradSaveFunc];
  save([a, b]);
  return {
    value: tf.matMul(a, b),
    gradFunc: (dy, saved) => {
      const [left, right] = saved as [tf.Tensor3D, tf.Tensor3D];
      return [
        tf.matMul(dy, tf.transpose(right, [0, 2, 1])),
        tf.matMul(tf.transpose(left, [0, 2, 1]), dy as tf.Tensor3D),
      ];
    },
  };
}) as (a: tf.Tensor3D, b: tf.Tensor3D) => tf.Tensor3D;

/** Rows of a table; the gradient is a product with the one-hot ids, because WebAssembly cannot scatter. */
const embed = (table: tf.Tensor2D, ids: tf.Tensor1D): tf.Tensor2D =>
  (
    tf.customGrad((...args) => {
      const [rows] = args as [tf.Tensor2D, tf.GradSaveFunc];
      const [count] = rows.shape;
      return {
        value: tf.gather(rows, ids),
        gradFunc: (dy: tf.Tensor2D) =>
          tf.matMul<tf.Tensor2D>(tf.transpose(tf.cast(tf.oneHot(ids, count), 'float32') as tf.Tensor2D), dy),
      };
    }) as (rows: tf.Tensor2D) => tf.Tensor2D
  )(table);

function rmsNorm(x: tf.Tensor2D, weight: tf.Tensor1D, epsilon: number): tf.Tensor2D {
  return tf.mul(tf.mul(x, tf.rsqrt(tf.add(tf.mean(tf.square(x), 1, true), epsilon))), weight);
}

/** Rotates pairs (i, i + d/2). The swap of halves is a product with a constant, which is cheaper than slices. */
function rotary(x: tf.Tensor2D, cos: tf.Tensor2D, sin: tf.Tensor2D, swap: tf.Tensor2D): tf.Tensor2D {
  return tf.add(tf.mul(x, cos), tf.mul(linear(x, swap), sin));
}

interface Rotation {
  readonly cos: (heads: number) => tf.Tensor2D;
  readonly sin: (heads: number) => tf.Tensor2D;
  readonly swap: tf.Tensor2D;
}

/** Cosines and sines for [batch, length, heads] rows of one head each. */
function rotationOf(config: PolicyConfig, batch: number, start: number, length: number): Rotation {
  const { head_dim: d, rope_theta: base } = config;
  const table = (of: (angle: number) => number) =>
    Array.from({ length }, (_, t) =>
      Array.from({ length: d }, (_, i) => of((start + t) * base ** ((-2 * (i % (d / 2))) / d))),
    );
  const spread = (values: number[][]) => (heads: number) =>
    tf.reshape(tf.tile(tf.reshape(tf.tensor2d(values), [1, length, 1, d]), [batch, 1, heads, 1]), [
      batch * length * heads,
      d,
    ]) as tf.Tensor2D;
  const swap = Array.from({ length: d }, (_, out) =>
    Array.from({ length: d }, (_, from) =>
      out < d / 2 ? (from === out + d / 2 ? -1 : 0) : from === out - d / 2 ? 1 : 0,
    ),
  );
  return { cos: spread(table(Math.cos)), sin: spread(table(Math.sin)), swap: tf.tensor2d(swap) };
}

export interface Output {
  /** [batch * length, vocabulary] */
  readonly logits: tf.Tensor2D;
  readonly cache: Cache[];
}

/** `cache` absent: a whole sequence for training. Present, empty at first: what came before, returned longer. */
export function forward(model: Model, ids: tf.Tensor2D, cache: readonly Cache[] | undefined): Output {
  const { config, weight, vector } = model;
  const { num_attention_heads: heads, num_key_value_heads: kvHeads, head_dim: d } = config;
  const { hidden_size: hidden, rms_norm_eps: epsilon } = config;
  const [batch, length] = ids.shape;
  const past = cache?.[0]?.keys.shape[1] ?? 0;
  const group = heads / kvHeads;
  const rotation = rotationOf(config, batch, past, length);
  const [qCos, qSin, kCos, kSin] = [
    rotation.cos(heads),
    rotation.sin(heads),
    rotation.cos(kvHeads),
    rotation.sin(kvHeads),
  ];
  // Queries that share a key lie next to each other, so that they make one product: row t * group + g.
  const mask = tf.tensor2d(
    Array.from({ length: length * group }, (_, row) =>
      Array.from({ length: past + length }, (_, key) => (key <= past + Math.floor(row / group) ? 0 : -1e9)),
    ),
  );
  /** [batch * length, kvHeads * width] to [batch * kvHeads, length * (width / d), d]. */
  const byHead = (x: tf.Tensor2D, width: number) =>
    tf.reshape(tf.transpose(tf.reshape(x, [batch, length, kvHeads, width]), [0, 2, 1, 3]), [
      batch * kvHeads,
      (length * width) / d,
      d,
    ]) as tf.Tensor3D;
  const perHead = (x: tf.Tensor2D, norm: tf.Tensor1D, cos: tf.Tensor2D, sin: tf.Tensor2D) =>
    rotary(rmsNorm(tf.reshape<tf.Rank.R2>(x, [-1, d]), norm, epsilon), cos, sin, rotation.swap);

  const grown: Cache[] = [];
  let x = embed(weight(EMBEDDING_NAME), tf.reshape(ids, [-1]) as tf.Tensor1D);
  for (let layer = 0; layer < config.num_hidden_layers; layer++) {
    const w = (name: Parameters<typeof tensorName>[1]) => weight(tensorName(layer, name));
    const norm = (name: Parameters<typeof tensorName>[1]) => vector(tensorName(layer, name));
    const attended = rmsNorm(x, norm('input_layernorm'), epsilon);
    const q = perHead(linear(attended, w('self_attn.q_proj')), norm('self_attn.q_norm'), qCos, qSin);
    const k = perHead(linear(attended, w('self_attn.k_proj')), norm('self_attn.k_norm'), kCos, kSin);
    let keys = byHead(tf.reshape<tf.Rank.R2>(k, [-1, kvHeads * d]), d);
    let values = byHead(linear(attended, w('self_attn.v_proj')), d);
    const before = cache?.[layer];
    if (before) {
      keys = tf.concat([before.keys, keys], 1);
      values = tf.concat([before.values, values], 1);
    }
    if (cache) grown.push({ keys, values });
    const queries = byHead(tf.reshape<tf.Rank.R2>(q, [-1, heads * d]), group * d);
    const scores = tf.mul(product(queries, tf.transpose(keys, [0, 2, 1])), 1 / Math.sqrt(d));
    const mixed = product(tf.softmax(tf.add(scores, mask)) as tf.Tensor3D, values);
    const joined = tf.reshape(
      tf.transpose(tf.reshape(mixed, [batch, kvHeads, length, group * d]), [0, 2, 1, 3]),
      [batch * length, heads * d],
    ) as tf.Tensor2D;
    x = tf.add(x, linear(joined, w('self_attn.o_proj')));
    const fed = rmsNorm(x, norm('post_attention_layernorm'), epsilon);
    const gate = linear(fed, w('mlp.gate_proj'));
    const active = tf.mul(tf.mul(gate, tf.sigmoid(gate)), linear(fed, w('mlp.up_proj')));
    x = tf.add(x, linear(active as tf.Tensor2D, w('mlp.down_proj')));
  }
  const final = rmsNorm(tf.reshape<tf.Rank.R2>(x, [-1, hidden]), vector(FINAL_NORM_NAME), epsilon);
  return { logits: linear(final, weight(EMBEDDING_NAME)), cache: grown };
}
