/** Layers computed twice: the same gradient in less memory, and the bound that decides about it. */
import { engine, memory, tensor1d, type Tensor2D } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { heldBytes, peakBytes, resetPeak, weightedLoss } from '../../src/kernels';
import { activationBytes, planPass } from '../../src/policy/activations';
import { packSequences, indexColumn } from '../../src/policy/batch';
import { floatWeights, initialWeights, stackedShapes } from '../../src/policy/float-weights';
import { hiddenStates } from '../../src/policy/forward';
import { adapterFrom } from '../../src/policy/lora';
import { Parameters } from '../../src/policy/parameters';
import type { Policy } from '../../src/policy/policy';
import { negativeLogLikelihood } from '../../src/training/sft';
import { tokenScores } from '../../src/training/objective';
import { DEVICES, measured, onDevice, relativeDifference } from '../support/device';
import { deepPolicy, RANDOM_IDS } from '../support/deepPolicy';

async function gradientOf(policy: Policy, sequences: readonly (readonly number[])[], recompute: boolean) {
  const { tokens } = packSequences(sequences);
  const positions = indexColumn(sequences.flatMap(({ length }, s) => (length > 0 ? [s] : [])));
  const targets = indexColumn(sequences.map(([first]) => first!));
  // Made when first asked for, and kept.
  policy.parameters.views();
  const tensors = memory().numTensors;
  resetPeak();
  const before = heldBytes();
  const { value, gradient } = policy.parameters.gradient((views) =>
    negativeLogLikelihood(
      tokenScores(
        policy,
        adapterFrom(policy.config, views, policy.lora),
        { tokens, positions, targets },
        { gradient: 'logProb', recompute },
      ),
    ),
  );
  const held = peakBytes() - before;
  const values = await gradient.data();
  value.dispose();
  gradient.dispose();
  expect(memory().numTensors).toBe(tensors);
  [tokens, positions, targets].forEach((tensor) => tensor.dispose());
  return { values, held };
}

describe.each(DEVICES)('layers computed twice on %s', (device) => {
  onDevice(device);

  it('give the gradient of the adapter of layers computed once', async () => {
    const policy = await deepPolicy({ layers: 3, hidden: 16 });
    const sequences = [RANDOM_IDS(9), RANDOM_IDS(4)];
    const once = await gradientOf(policy, sequences, false);
    const twice = await gradientOf(policy, sequences, true);
    expect(Math.hypot(...once.values)).toBeGreaterThan(1e-3);
    expect(relativeDifference(twice.values, once.values)).toBeLessThan(1e-6);
    policy.dispose();
  });

  it('give the gradient of float weights', async () => {
    const { config } = await deepPolicy({ layers: 2, hidden: 16 });
    const parameters = new Parameters(stackedShapes(config), initialWeights(config, 3));
    const { tokens } = packSequences([RANDOM_IDS(7)]);
    const targets = indexColumn(RANDOM_IDS(7));
    const gradient = async (recompute: boolean) => {
      const { gradient: flat } = parameters.gradient((views) => {
        const hidden = hiddenStates(config, floatWeights(config, views), undefined, {
          tokens,
          recompute,
        });
        return weightedLoss(hidden, views[0] as Tensor2D, targets, tensor1d(new Array<number>(7).fill(1)));
      });
      return flat.data();
    };
    expect(relativeDifference(await gradient(true), await gradient(false))).toBeLessThan(1e-6);
    parameters.dispose();
  });
});

describe('the bound on activations', () => {
  onDevice('wasm');

  it.each([
    { layers: 2, hidden: 64 },
    { layers: 12, hidden: 32 },
  ])('is above what a pass of $layers layers takes, but not far', async (shape) => {
    const policy = await deepPolicy(shape);
    const sequences = [RANDOM_IDS(200), RANDOM_IDS(200)];
    // The gradient of the adapter does not grow with the tokens.
    const fixed = 4 * policy.parameters.size;
    for (const recompute of [false, true]) {
      const { held } = await gradientOf(policy, sequences, recompute);
      const bound = 400 * activationBytes(policy.config, policy.lora.rank, recompute);
      measured(
        `${shape.layers} layers${recompute ? ' recomputed' : ''}, share of the bound`,
        (held - fixed) / bound,
      );
      expect(held - fixed).toBeLessThan(bound);
      expect(held - fixed).toBeGreaterThan(0.4 * bound);
    }
    policy.dispose();
  });

  it('cuts first and computes twice only where one sequence is too long', async () => {
    const policy = await deepPolicy({ layers: 4, hidden: 16 });
    const { config } = policy;
    const plain = activationBytes(config, 4, false);
    expect(planPass(config, 4, 100 * plain, 100)).toEqual({ maxTokens: 100, recompute: false });
    const tight = planPass(config, 4, 100 * plain, 101);
    expect(tight.recompute).toBe(true);
    expect(tight.maxTokens * activationBytes(config, 4, true)).toBeLessThanOrEqual(100 * plain);
    expect(tight.maxTokens).toBeGreaterThan(100);
    policy.dispose();
  });

  it('leaves the tape of an outer gradient alone', async () => {
    const policy = await deepPolicy({ layers: 2, hidden: 16 });
    await gradientOf(policy, [RANDOM_IDS(5)], true);
    expect(engine().state.activeTape).toBeNull();
    policy.dispose();
  });
});
