/**
 * @genai-fi/nanogpt with its own model, its own trainer and its own kernels. Its GPT is not ours: no grouped
 * queries, a plain squared-ReLU layer instead of a gated one. Size, batch, length and vocabulary are the same,
 * and the number of parameters is shown.
 *
 * The package exports a whole application; what a step is made of is reached by its files.
 */
import * as tf from '@tensorflow/tfjs-core';
import { selectBackend } from '../node_modules/@genai-fi/nanogpt/dist/backend.js';
import type { KVCache } from '../node_modules/@genai-fi/nanogpt/dist/layers/CausalSelfAttention.js';
import NanoGPTV2 from '../node_modules/@genai-fi/nanogpt/dist/models/NanoGPTV2.js';
import CharTokeniser from '../node_modules/@genai-fi/nanogpt/dist/tokeniser/CharTokeniser.js';
import BasicTrainer from '../node_modules/@genai-fi/nanogpt/dist/training/BasicTrainer.js';
import { serve } from '../core/serve';
import { OPTIMISER, promptRows, trainingRows } from '../core/weights';
import type { Workload } from '../core/workloads';

const NOTE = 'its own GPT';

/** A square MLP of about our width: 2 x 4 x hidden against 3 x 2.75 x hidden. */
function model({ config }: Workload, blockSize: number): NanoGPTV2 {
  return new NanoGPTV2({
    modelType: 'GenAI_NanoGPT_v2',
    vocabSize: config.vocab_size,
    blockSize,
    nLayer: config.num_hidden_layers,
    nHead: config.num_attention_heads,
    nEmbed: config.hidden_size,
    mlpFactor: 4,
  });
}

/** The trainer with its step laid open. */
class Steps extends BasicTrainer {
  once(xs: tf.Tensor, ys: tf.Tensor): tf.Scalar {
    return this.trainStep({}, { xs, ys });
  }
}

serve({
  open: async (backend) => {
    if (backend !== 'webgpu') throw new Error(`nanogpt has no ${backend} backend worth measuring.`);
    await selectBackend(backend);
    return backend;
  },
  train: async (workload) => {
    const { config, train } = workload;
    const gpt = model(workload, train.length);
    const trainer = new Steps(gpt, new CharTokeniser(config.vocab_size), {
      ...OPTIMISER,
      warmupSteps: 0,
      decayEpochs: 1000,
      epochSteps: 1000,
      lossScaling: 1,
    });
    trainer.configure({ method: { type: 'pretraining' }, batchSize: train.batch, ...OPTIMISER });
    const rows = trainingRows(workload);
    const xs = tf.tensor2d(
      rows.map((row) => row.slice(0, -1)),
      undefined,
      'int32',
    );
    const ys = tf.tensor2d(
      rows.map((row) => row.slice(1)),
      undefined,
      'int32',
    );
    return {
      parameters: gpt.getNumParams(),
      note: NOTE,
      step: async () => {
        const loss = trainer.once(xs, ys);
        const [value] = await loss.data();
        loss.dispose();
        return { tokens: train.batch * train.length, loss: value! };
      },
      dispose() {
        tf.dispose([xs, ys]);
        trainer.dispose();
        gpt.dispose();
      },
    };
  },
  sample: async (workload) => {
    const { sample } = workload;
    const gpt = model(workload, sample.prompt + sample.newTokens);
    const prompts = promptRows(workload);
    return {
      parameters: gpt.getNumParams(),
      note: NOTE,
      step: async () => {
        const cache: KVCache[] = Array.from({ length: gpt.config.nLayer }, () => ({
          length: 0,
          cumulativeLength: 0,
        }));
        const drawn = tf.tidy(() => {
          let ids: tf.Tensor = tf.tensor2d(prompts, undefined, 'int32');
          const columns: tf.Tensor[] = [];
          for (let at = 0; at < sample.newTokens; at++) {
            const logits = gpt.forward({ training: false, cache }, ids);
            const last = tf.reshape(tf.slice(logits, [0, logits.shape[1]! - 1, 0], [-1, 1, -1]), [
              sample.batch,
              -1,
            ]);
            const noise = tf.neg(tf.log(tf.neg(tf.log(tf.randomUniform(last.shape, 1e-9, 1)))));
            ids = tf.reshape(tf.cast(tf.argMax(tf.add(last, noise), 1), 'int32'), [sample.batch, 1]);
            columns.push(ids);
          }
          return tf.concat(columns, 1);
        });
        const values = await drawn.data();
        drawn.dispose();
        // The cache is kept beyond any tidy.
        for (const { k, v } of cache) tf.dispose([k, v].filter((one) => one !== undefined));
        return { tokens: values.length };
      },
      dispose: () => gpt.dispose(),
    };
  },
});
