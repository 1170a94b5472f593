/** @jax-js/jax: the training step and both steps of decoding are one `jit` each. */
import {
  blockUntilReady,
  defaultDevice,
  init,
  jit,
  nn,
  numpy as np,
  random,
  tree,
  valueAndGrad,
} from '@jax-js/jax';
import { serve } from '../core/serve';
import { countOf, OPTIMISER, promptRows, seededWeights, trainingRows } from '../core/weights';
import type { PolicyConfig } from '../../src/policy/config';
import { forward, logitsOnly, type Cache, type Weights } from './jax-model';

const upload = (config: PolicyConfig): Weights =>
  seededWeights(config).map(({ data, shape }) => np.array(data, { shape: [...shape] }));

const integers = (values: readonly number[], shape: number[]): np.Array =>
  np.array(Int32Array.from(values), { shape, dtype: np.int32 });

/** One AdamW step; `rates` [2] are the bias corrections, which change from step to step. */
function trainingStep(config: PolicyConfig) {
  const { learningRate, beta1, beta2, epsilon, weightDecay } = OPTIMISER;
  const lossOf = (weights: Weights, ids: np.Array, targets: np.Array): np.Array => {
    const logits = logitsOnly(forward(config, weights, ids));
    const picked = nn.oneHot(targets, config.vocab_size).mul(nn.logSoftmax(logits, -1));
    return picked.sum(-1).mean().neg();
  };
  return jit(
    (
      weights: Weights,
      first: Weights,
      second: Weights,
      ids: np.Array,
      targets: np.Array,
      correction1: np.Array,
      correction2: np.Array,
    ): [np.Array, Weights, Weights, Weights] => {
      const [loss, gradients] = valueAndGrad(lossOf)(tree.ref(weights), ids, targets);
      const m = first.map((one, i) => one.mul(beta1).add(gradients[i]!.ref.mul(1 - beta1)));
      const v = second.map((one, i) => one.mul(beta2).add(np.square(gradients[i]!).mul(1 - beta2)));
      const next = weights.map((weight, i) => {
        const size = np.sqrt(v[i]!.ref.mul(correction2.ref)).add(epsilon);
        const change = m[i]!.ref.mul(correction1.ref).div(size).add(weight.ref.mul(weightDecay));
        return weight.sub(change.mul(learningRate));
      });
      correction1.dispose();
      correction2.dispose();
      return [loss, next, m, v];
    },
  );
}

serve({
  open: async (backend) => {
    if (backend !== 'webgpu' && backend !== 'wasm')
      throw new Error(`jax-js has no ${backend} worth measuring.`);
    if (!(await init(backend)).includes(backend)) throw new Error(`jax-js cannot start ${backend}.`);
    defaultDevice(backend);
    if (backend === 'webgpu') return 'webgpu';
    const threads = self.crossOriginIsolated ? navigator.hardwareConcurrency : 1;
    return `SIMD, ${threads} thread${threads === 1 ? '' : 's'}`;
  },
  train: async (workload) => {
    const { config, train } = workload;
    const rows = trainingRows(workload);
    const shape = [train.batch, train.length];
    const ids = integers(
      rows.flatMap((row) => row.slice(0, -1)),
      shape,
    );
    const targets = integers(
      rows.flatMap((row) => row.slice(1)),
      shape,
    );
    let weights = upload(config);
    const parameters = countOf(seededWeights(config));
    let first = weights.map((one) => np.zerosLike(one.ref));
    let second = weights.map((one) => np.zerosLike(one.ref));
    const update = trainingStep(config);
    let updates = 0;
    return {
      parameters,
      step: async () => {
        updates++;
        const corrections = [OPTIMISER.beta1, OPTIMISER.beta2].map((beta) =>
          np.array(Float32Array.of(1 / (1 - beta ** updates))),
        ) as [np.Array, np.Array];
        const [loss, ...next] = update(weights, first, second, ids.ref, targets.ref, ...corrections);
        [weights, first, second] = next;
        await blockUntilReady(weights);
        const [value] = await loss.data();
        return { tokens: train.batch * train.length, loss: Number(value) };
      },
      dispose() {
        for (const one of [weights, first, second, ids, targets]) tree.dispose(one);
        update.dispose();
      },
    };
  },
  sample: async (workload) => {
    const { config, sample } = workload;
    const { batch, prompt, newTokens } = sample;
    const weights = upload(config);
    const prefill = jit((all: Weights, ids: np.Array, key: np.Array): [np.Array, Cache[]] => {
      const { logits, caches } = forward(config, all, ids);
      const last = logits.slice([], prompt - 1);
      const room = (one: np.Array) =>
        np.pad(one, [
          [0, 0],
          [0, newTokens],
          [0, 0],
          [0, 0],
        ]);
      return [
        random.categorical(key, last).reshape([batch, 1]),
        caches.map(({ keys, values }) => ({ keys: room(keys), values: room(values) })),
      ];
    });
    const decode = jit(
      (all: Weights, caches: Cache[], ids: np.Array, slot: np.Array, key: np.Array): [np.Array, Cache[]] => {
        const { logits, caches: grown } = forward(config, all, ids, { caches, slot });
        return [random.categorical(key, logits.reshape([batch, -1])).reshape([batch, 1]), grown];
      },
    );
    const prompts = integers(promptRows(workload).flat(), [batch, prompt]);
    let seed = 0;
    return {
      parameters: countOf(seededWeights(config)),
      step: async () => {
        const keys = random.split(random.key(seed++), newTokens);
        const keyAt = (i: number) => keys.ref.slice(i);
        let [ids, caches] = prefill(tree.ref(weights), prompts.ref, keyAt(0));
        const drawn = [ids.ref];
        for (let at = 1; at < newTokens; at++) {
          const slot = integers([prompt + at - 1], [1]);
          [ids, caches] = decode(tree.ref(weights), caches, ids, slot, keyAt(at));
          drawn.push(ids.ref);
        }
        ids.dispose();
        tree.dispose(caches);
        keys.dispose();
        const all = await np.concatenate(drawn, 1).data();
        return { tokens: all.length };
      },
      dispose() {
        tree.dispose(weights);
        prompts.dispose();
        prefill.dispose();
        decode.dispose();
      },
    };
  },
  logits: async ({ config }, ids) => {
    // Eager would do, but compiled is what is measured.
    const run = jit((all: Weights, one: np.Array) => logitsOnly(forward(config, all, one)));
    const values = await run(upload(config), integers(ids, [1, ids.length])).data();
    run.dispose();
    return Float32Array.from(values as Float32Array);
  },
});
