/** The kernels against the same formulas put together from TensorFlow.js' own operations, on cpu. */
import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { adamW, attention, embedInt8, linear, lmHead, rmsNorm, swiGlu } from '../../src/kernels';
import { on, openBackends } from './backends';
import { expectClose } from './closeness';
import { Inputs, packedTokens, toTensor } from './inputs';

await openBackends();

const compare = (what: string, make: () => [tf.Tensor, tf.Tensor]) =>
  test(what, () =>
    on('cpu', async () => {
      const [ours, theirs] = make();
      expect(ours.shape).toEqual(theirs.shape);
      expectClose(await ours.data(), await theirs.data(), 1e-5, what);
    }),
  );

const tensors = (seed: number, ...shapes: number[][]) => {
  const make = new Inputs(seed);
  return shapes.map((shape) => toTensor(make.normal(shape))) as tf.Tensor2D[];
};

/** Bytes as the format has them: lowest byte of a word first. */
const packed = (rows: number, width: number) => {
  const bytes = Int8Array.from({ length: rows * width }, (_, i) => ((i * 37) % 256) - 128);
  return {
    words: tf.tensor2d(new Int32Array(bytes.buffer), [rows, width / 4], 'int32'),
    floats: tf.tensor2d(Float32Array.from(bytes), [rows, width]),
  };
};

compare('linear', () => {
  const [x, a, b] = tensors(1, [5, 16], [3, 16], [7, 3]);
  const { words, floats } = packed(7, 16);
  const scale = tf.linspace(0.001, 0.01, 7);
  const dense = tf.mul(floats, tf.reshape(scale, [7, 1])) as tf.Tensor2D;
  const base = tf.matMul(x!, dense, false, true);
  const adapted = tf.matMul(tf.matMul(x!, a!, false, true), b!, false, true);
  return [
    linear(x!, { packed: words, scale }, { lora: { a: a!, b: b!, scale: 2 } }),
    tf.add(base, tf.mul(2, adapted)),
  ];
});

compare('embedInt8', () => {
  const { words, floats } = packed(9, 8);
  const scale = tf.linspace(0.1, 0.9, 9);
  const ids = [4, 0, 8, 4];
  const theirs = tf.gather(tf.mul(floats, tf.reshape(scale, [9, 1])), ids);
  return [embedInt8(words, scale, tf.tensor2d(ids, [4, 1], 'int32')), theirs];
});

compare('rmsNorm', () => {
  const [x, w] = tensors(2, [5, 12], [12]);
  const rms = tf.sqrt(tf.add(tf.mean(tf.square(x!), 1, true), 1e-6));
  return [rmsNorm(x!, w as unknown as tf.Tensor1D, 1e-6), tf.mul(tf.div(x!, rms), w!)];
});

compare('swiGlu', () => {
  const [gate, up] = tensors(3, [5, 12], [5, 12]);
  return [swiGlu(tf.concat([gate!, up!], 1)), tf.mul(tf.mul(gate!, tf.sigmoid(gate!)), up!)];
});

compare('attention of one sequence, two heads on one', () => {
  const [q, k, v] = tensors(4, [6, 8], [6, 4], [6, 4]);
  const mask = tf.mul(tf.sub(1, tf.linalg.bandPart(tf.ones([6, 6]), -1, 0)), -1e9);
  const heads = tf.split(q!, 2, 1).map((part) => {
    const scores = tf.add(tf.div(tf.matMul(part, k!, false, true), 2), mask);
    return tf.matMul(tf.softmax(scores), v!);
  });
  return [
    attention(tf.concat([q!, k!, v!], 1), toTensor(packedTokens([6])) as tf.Tensor2D, {
      heads: 2,
      kvHeads: 1,
    }),
    tf.concat(heads, 1),
  ];
});

compare('lmHead over a float table', () => {
  const [x, table] = tensors(5, [4, 8], [10, 8]);
  const z = tf.matMul(x!, table!, false, true);
  const targets = [3, 0, 9, 3];
  const logp = tf.logSoftmax(tf.div(z, 0.7));
  const hit = tf.sum(tf.mul(logp, tf.oneHot(targets, 10)), 1);
  const entropy = tf.neg(tf.sum(tf.mul(tf.exp(logp), logp), 1));
  const column = tf.tensor2d(targets, [4, 1], 'int32');
  return [lmHead(x!, { float: table! }, column, { temperature: 0.7 }), tf.stack([hit, entropy], 1)];
});

compare('adamW, third step, clipped', () => {
  const [p, m, g] = tensors(6, [5], [5], [5]);
  const v = tf.square(m!);
  const clipped = tf.mul(g!, tf.div(0.5, tf.norm(g!)));
  const m1 = tf.add(tf.mul(0.9, m!), tf.mul(0.1, clipped));
  const v1 = tf.add(tf.mul(0.99, v), tf.mul(0.01, tf.square(clipped)));
  const step = tf.div(tf.div(m1, 1 - 0.9 ** 3), tf.add(tf.sqrt(tf.div(v1, 1 - 0.99 ** 3)), 1e-8));
  const p1 = tf.sub(p!, tf.mul(0.01, tf.add(tf.mul(0.1, p!), step)));
  const attrs = {
    learningRate: 0.01,
    beta1: 0.9,
    beta2: 0.99,
    epsilon: 1e-8,
    weightDecay: 0.1,
    maxNorm: 0.5,
    step: 3,
  };
  const { state } = adamW(tf.stack([p!, m!, v]) as tf.Tensor2D, g as unknown as tf.Tensor1D, attrs);
  return [state, tf.stack([p1, m1, v1])];
});
