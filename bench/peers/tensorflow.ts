/**
 * TensorFlow.js with stock operations on stock backends, written as well as these allow: every product in the
 * plain orientation with the transposes spelled out (the others are ten times slower on WebAssembly), the
 * gradient of the embedding as a product (WebAssembly has no scatter), AdamW over one flat vector.
 */
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-core/dist/register_all_gradients';
import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-backend-webgpu';
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import wasmPlain from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm.wasm?url';
import wasmSimd from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm?url';
import wasmThreaded from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-threaded-simd.wasm?url';
import type { Backend } from '../core/contestant';
import { serve } from '../core/serve';
import { countOf, OPTIMISER, promptRows, seededWeights, trainingRows } from '../core/weights';
import type { Workload } from '../core/workloads';
import { forward, type Cache, type Model, modelOf } from './tensorflow-model';

/** One thread: the threaded build does not survive a minifier, and gives two cores one thread anyway. */
async function open(backend: Backend): Promise<string> {
  if (backend === 'wasm') {
    tf.env().set('WASM_HAS_MULTITHREAD_SUPPORT', false);
    setWasmPaths({
      'tfjs-backend-wasm.wasm': wasmPlain,
      'tfjs-backend-wasm-simd.wasm': wasmSimd,
      'tfjs-backend-wasm-threaded-simd.wasm': wasmThreaded,
    });
  }
  if (!(await tf.setBackend(backend))) throw new Error(`TensorFlow.js cannot start ${backend}.`);
  await tf.ready();
  // As ours: at these sizes a submit costs more than a kernel.
  if (backend === 'webgpu') tf.env().set('WEBGPU_DEFERRED_SUBMIT_BATCH_SIZE', 256);
  return backend === 'wasm' ? 'SIMD, 1 thread' : backend;
}

/** Mean negative log-likelihood of `targets` [N, vocabulary], one-hot. */
function lossOf(model: Model, ids: tf.Tensor2D, targets: tf.Tensor2D): tf.Scalar {
  const { logits } = forward(model, ids, undefined);
  return tf.neg(tf.mean<tf.Scalar>(tf.sum(tf.mul(tf.logSoftmax(logits), targets), 1)));
}

serve({
  open,
  train: async (workload) => {
    const { config, train } = workload;
    const weights = seededWeights(config);
    const sizes = weights.map(({ data }) => data.length);
    const rows = trainingRows(workload);
    const ids = tf.tensor2d(
      rows.map((row) => row.slice(0, -1)),
      undefined,
      'int32',
    );
    const targets = tf.tidy(() =>
      tf.cast(
        tf.oneHot(
          tf.tensor1d(
            rows.flatMap((row) => row.slice(1)),
            'int32',
          ),
          config.vocab_size,
        ),
        'float32',
      ),
    ) as tf.Tensor2D;
    let parameters = tf.tidy(() => tf.concat(weights.map(({ data }) => tf.tensor1d(data))));
    let first = tf.zerosLike(parameters);
    let second = tf.zerosLike(parameters);
    let updates = 0;
    const { learningRate, beta1, beta2, epsilon, weightDecay } = OPTIMISER;

    const step = async () => {
      updates++;
      const [loss, ...next] = tf.tidy(() => {
        const views = tf
          .split(parameters, sizes)
          .map((piece, i) => tf.reshape(piece, [...weights[i]!.shape]));
        const { value, grads } = tf.valueAndGrads((...all: tf.Tensor[]) =>
          lossOf(modelOf(config, all), ids, targets),
        )(views);
        const gradient = tf.concat(grads.map((one) => tf.reshape(one, [one.size])));
        const m = tf.add(tf.mul(first, beta1), tf.mul(gradient, 1 - beta1));
        const v = tf.add(tf.mul(second, beta2), tf.mul(tf.square(gradient), 1 - beta2));
        const size = tf.add(tf.sqrt(tf.div(v, 1 - beta2 ** updates)), epsilon);
        const change = tf.add(tf.div(tf.div(m, 1 - beta1 ** updates), size), tf.mul(parameters, weightDecay));
        return [value, tf.sub(parameters, tf.mul(change, learningRate)), m, v];
      }) as [tf.Scalar, tf.Tensor1D, tf.Tensor1D, tf.Tensor1D];
      tf.dispose([parameters, first, second]);
      [parameters, first, second] = next as [tf.Tensor1D, tf.Tensor1D, tf.Tensor1D];
      const value = (await loss!.data())[0]!;
      loss!.dispose();
      await settle(parameters);
      return { tokens: train.batch * train.length, loss: value };
    };
    return {
      parameters: countOf(weights),
      step,
      dispose: () => tf.dispose([parameters, first, second, ids, targets]),
    };
  },
  sample: async (workload) => {
    const weights = seededWeights(workload.config);
    const model = modelOf(
      workload.config,
      weights.map(({ data, shape }) => tf.tensor(data, [...shape])),
    );
    return {
      parameters: countOf(weights),
      step: async () => ({ tokens: (await sampleBatch(model, workload)).length }),
      dispose: () => tf.dispose(model.tensors as tf.Tensor[]),
    };
  },
  logits: async ({ config }, ids) => {
    const logits = tf.tidy(() => {
      const weights = seededWeights(config).map(({ data, shape }) => tf.tensor(data, [...shape]));
      return forward(modelOf(config, weights), tf.tensor2d([[...ids]], undefined, 'int32'), undefined).logits;
    });
    const values = (await logits.data()) as Float32Array;
    logits.dispose();
    return values;
  },
});

/** The loss is known before the update is made; waits for the update by reading one number of it. */
async function settle(tensor: tf.Tensor1D): Promise<void> {
  const one = tf.slice(tensor, [0], [1]);
  await one.data();
  one.dispose();
}

/** Samples with a growing cache; Gumbel's trick, because `tf.multinomial` is wrong on WebGPU. One read-back. */
async function sampleBatch(model: Model, workload: Workload): Promise<Int32Array> {
  const { sample } = workload;
  const prompts = promptRows(workload);
  const drawn = tf.tidy(() => {
    let ids = tf.tensor2d(prompts, undefined, 'int32') as tf.Tensor2D;
    let cache: Cache[] | undefined;
    const columns: tf.Tensor2D[] = [];
    for (let at = 0; at < sample.newTokens; at++) {
      const { logits, cache: grown } = forward(model, ids, cache ?? []);
      cache = grown;
      const length = ids.shape[1];
      const last = tf.reshape(
        tf.slice(tf.reshape(logits, [sample.batch, length, -1]), [0, length - 1, 0], [-1, 1, -1]),
        [sample.batch, -1],
      );
      const noise = tf.neg(tf.log(tf.neg(tf.log(tf.randomUniform(last.shape, 1e-9, 1)))));
      ids = tf.reshape(tf.cast(tf.argMax(tf.add(last, noise), 1), 'int32'), [sample.batch, 1]);
      columns.push(ids);
    }
    return tf.concat(columns, 1);
  });
  const values = (await drawn.data()) as Int32Array;
  drawn.dispose();
  return values;
}
