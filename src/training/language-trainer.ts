/**
 * Training every weight of a policy in float, from random numbers: how the shipped checkpoints come to be.
 * Not used in the page, where the base is frozen and an adapter learns.
 */
import { fill, tidy, type Tensor1D, type Tensor2D } from '@tensorflow/tfjs-core';
import { gatherRows, weightedLoss } from '../kernels';
import type { PolicyConfig } from '../policy/config';
import { floatWeights, stackedShapes } from '../policy/float-weights';
import { hiddenStates } from '../policy/forward';
import { Parameters } from '../policy/parameters';
import { disposeBatch, learningBatch, type LearntSequence } from './sft';

export class LanguageTrainer {
  readonly parameters: Parameters;

  constructor(
    readonly config: PolicyConfig,
    initial: Float32Array,
  ) {
    this.parameters = new Parameters(stackedShapes(config), initial);
  }

  /** One AdamW update on the learnt tokens of `sequences`. Returns the mean negative log-likelihood, in nats. */
  async step(sequences: readonly LearntSequence[], learningRate: number): Promise<number> {
    const { config, parameters } = this;
    const batch = learningBatch(sequences);
    const { loss, norm } = tidy(() => {
      const { value, gradient } = parameters.gradient((views) => {
        const weights = floatWeights(config, views);
        const hidden = hiddenStates(config, weights, undefined, batch);
        const scored = gatherRows(hidden, batch.positions, { ascending: true });
        const count = batch.targets.shape[0];
        const embedding = views[0] as Tensor2D;
        return weightedLoss(scored, embedding, batch.targets, fill([count], 1 / count) as Tensor1D);
      });
      const norm = parameters.update(gradient, {
        learningRate,
        beta1: 0.9,
        beta2: 0.98,
        epsilon: 1e-8,
        weightDecay: 0.01,
        maxNorm: 1,
      });
      return { loss: value, norm };
    });
    disposeBatch(batch);
    norm.dispose();
    const [value] = await loss.data();
    loss.dispose();
    return value!;
  }
}
