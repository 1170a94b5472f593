/** Turnwise with every weight in float and trainable: the same work as the peers do. */
import { tidy } from '@tensorflow/tfjs-core';
import { packSequences } from '../../src/policy/batch';
import { floatWeights, stackedShapes } from '../../src/policy/float-weights';
import { hiddenStates, logitsOf } from '../../src/policy/forward';
import { Parameters } from '../../src/policy/parameters';
import { LanguageTrainer } from '../../src/training/language-trainer';
import { serve } from '../core/serve';
import { flatWeights, OPTIMISER, trainingRows } from '../core/weights';
import { openOurs } from './device';
import { sampler } from './sampler';

serve({
  open: openOurs,
  train: async (workload) => {
    const trainer = new LanguageTrainer(workload.config, flatWeights(workload.config));
    const sequences = trainingRows(workload).map((ids) => ({ ids, learnt: [[1, ids.length]] as const }));
    const tokens = workload.train.batch * workload.train.length;
    return {
      parameters: trainer.parameters.size,
      step: async () => ({ tokens, loss: await trainer.step(sequences, OPTIMISER.learningRate) }),
      dispose: () => trainer.parameters.dispose(),
    };
  },
  sample: async (workload) => {
    const { config } = workload;
    const parameters = new Parameters(stackedShapes(config), flatWeights(config));
    return {
      parameters: parameters.size,
      step: sampler(workload, floatWeights(config, parameters.views()), undefined),
      dispose: () => parameters.dispose(),
    };
  },
  logits: async ({ config }, ids) => {
    const parameters = new Parameters(stackedShapes(config), flatWeights(config));
    const logits = tidy(() => {
      const weights = floatWeights(config, parameters.views());
      return logitsOf(weights, hiddenStates(config, weights, undefined, packSequences([ids])));
    });
    const values = (await logits.data()) as Float32Array;
    logits.dispose();
    parameters.dispose();
    return values;
  },
});
