/** Supervised training against torch, and that it learns. */
import { memory, tidy } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { findGym } from '../../src/gyms/registry';
import { weightShapes } from '../../src/policy/float-weights';
import { adapterFrom } from '../../src/policy/lora';
import { Policy } from '../../src/policy/policy';
import { dequantiseRows } from '../../src/policy/quantise';
import type { StoredTensor } from '../../src/policy/safetensors';
import { DEFAULT_SETTINGS } from '../../src/runs/settings';
import { LanguageTrainer } from '../../src/training/language-trainer';
import { tokenScores } from '../../src/training/objective';
import {
  cosineRate,
  demonstration,
  disposeBatch,
  learningBatch,
  negativeLogLikelihood,
  SftTrainer,
  type LearntSequence,
} from '../../src/training/sft';
import { createUser } from '../../src/users/registry';
import { DEVICES, difference, measured, onDevice } from '../support/device';
import { readNano, readTiny } from '../support/fixtures';
import { inOurOrder, readReference, type Reference } from '../support/objective';

const AHEAD = { beta1: 0.9, beta2: 0.98, epsilon: 1e-8, maxNorm: 1 };

/** One update of the adapter on a fixed batch; returns the loss before it. */
async function update(
  policy: Policy,
  sequences: readonly LearntSequence[],
  learningRate: number,
  weightDecay: number,
): Promise<number> {
  const batch = learningBatch(sequences);
  const loss = tidy(() => {
    const { value, gradient } = policy.parameters.gradient((views) =>
      negativeLogLikelihood(
        tokenScores(policy, adapterFrom(policy.config, views, policy.lora), batch, { gradient: 'logProb' }),
      ),
    );
    policy.parameters.update(gradient, { ...AHEAD, learningRate, weightDecay });
    return value;
  });
  const [value] = await loss.data();
  loss.dispose();
  disposeBatch(batch);
  return value!;
}

describe.each(DEVICES)('supervised training on %s', (device) => {
  onDevice(device);
  let whole: Reference;
  let reference: Reference['supervised'];
  let sequences: LearntSequence[];
  beforeAll(() => {
    whole = readReference();
    reference = whole.supervised;
    sequences = reference.sequences.map((ids, s) => ({ ids, learnt: reference.learnt[s]! }));
  });

  it('of every weight has the losses of torch', async () => {
    const { config, tensors } = await readTiny();
    const flat = weightShapes(config).flatMap(({ name, shape }) => {
      const stored = tensors.get(name) as StoredTensor;
      if (stored.dtype === 'F32') return [...stored.data];
      return [
        ...dequantiseRows(
          { data: stored.data, scale: tensors.get(`${name}_scale`)!.data as Float32Array },
          shape[1]!,
        ),
      ];
    });
    const trainer = new LanguageTrainer(config, Float32Array.from(flat));
    const losses: number[] = [];
    let after = 0;
    for (let i = 0; i < reference.full.length; i++) {
      losses.push(await trainer.step(sequences, 2e-2));
      if (i === 0) after = memory().numTensors;
    }
    expect(memory().numTensors).toBe(after);
    expect(measured(`losses of full training, ${device}`, difference(losses, reference.full))).toBeLessThan(
      1e-4,
    );
    expect(losses.at(-1)).toBeLessThan(0.7 * losses[0]!);
    trainer.parameters.dispose();
  });

  it('of the adapter has the losses of torch and peft', async () => {
    const policy = new Policy(await readTiny(), { rank: 3, alpha: 6 }, 0);
    policy.parameters.reset(inOurOrder(whole, policy, reference.adapter));
    const losses: number[] = [];
    for (let i = 0; i < reference.lora.length; i++) losses.push(await update(policy, sequences, 2e-2, 0.1));
    expect(
      measured(`losses of adapter training, ${device}`, difference(losses, reference.lora)),
    ).toBeLessThan(1e-4);
    expect(losses.at(-1)).toBeLessThan(0.9 * losses[0]!);
    policy.dispose();
  });
});

describe('the cold start', () => {
  onDevice('wasm');
  const settings = { ...DEFAULT_SETTINGS, sftSteps: 12, sftBatch: 4, loraRank: 4 };
  const { gym } = findGym('intention');
  const user = createUser(settings);

  it('demonstrates conversations of which exactly the turns of the policy are learnt', async () => {
    const { tokenizer } = await readNano();
    const policy = new Policy(await readNano(), { rank: 1, alpha: 1 }, 0);
    const { special } = tokenizer;
    for (let seed = 0; seed < 20; seed++) {
      const { ids, learnt } = await demonstration(gym, user, policy.dialogue, {
        expertShare: 0.5,
        maxTurns: 4,
        rewardInObservation: seed % 2 === 0,
        seed,
      });
      expect(ids.slice(0, 2)).toEqual([special.begin, special.user]);
      expect(ids.at(-1)).toBe(special.end);
      // A turn begins after <agent>, ends with <end>, and no other token is learnt.
      const starts = ids.flatMap((id, at) => (id === special.agent ? [at + 1] : []));
      expect(learnt.map(([from]) => from)).toEqual(starts);
      for (const [from, to] of learnt) {
        expect(ids.indexOf(special.end, from)).toBe(to - 1);
        expect(policy.dialogue.parse(ids.slice(from, to)).kind).not.toBe('malformed');
      }
      expect(ids.includes(special.unknown)).toBe(false);
    }
    policy.dispose();
  });

  it('learns a fixed batch of demonstrations', async () => {
    const policy = new Policy(await readNano(), { rank: 4, alpha: 8 }, 0);
    const options = { expertShare: 1, maxTurns: 3, rewardInObservation: false };
    const batch = await Promise.all(
      [1, 2, 3, 4].map((seed) => demonstration(gym, user, policy.dialogue, { ...options, seed })),
    );
    const losses: number[] = [];
    for (let i = 0; i < 15; i++) losses.push(await update(policy, batch, 1e-2, 0));
    measured('SFT loss, first', losses[0]!);
    measured('SFT loss, last', losses.at(-1)!);
    expect(losses.at(-1)).toBeLessThan(0.7 * losses[0]!);
    policy.dispose();
  });

  it('gives the same numbers for the same seed, others for another, and leaks nothing', async () => {
    const run = async (seed: number) => {
      const policy = new Policy(await readNano(), { rank: 4, alpha: 8 }, 1);
      const trainer = new SftTrainer(policy, gym);
      const losses: number[] = [];
      const tensors: number[] = [];
      for (let i = 0; i < 5; i++) {
        const { loss, step, learning_rate } = await trainer.step({ ...settings, seed }, user);
        expect(step).toBe(i + 1);
        expect(learning_rate).toBe(cosineRate(settings.sftLearningRate, step, settings.sftSteps));
        losses.push(loss);
        tensors.push(memory().numTensors);
      }
      expect(new Set(tensors).size).toBe(1);
      policy.dispose();
      return losses;
    };
    const one = await run(0);
    expect(await run(0)).toEqual(one);
    expect(await run(1)).not.toEqual(one);
  });

  it('makes the same updates in several small passes as in one', async () => {
    const run = async (activationMemory: number) => {
      const policy = new Policy(await readNano(), { rank: 4, alpha: 16 }, 0);
      const trainer = new SftTrainer(policy, gym);
      const metrics = await trainer.step({ ...settings, activationMemory }, user);
      policy.dispose();
      return metrics;
    };
    const [one, several] = [await run(512), await run(1)];
    expect(several.num_tokens).toBe(one.num_tokens);
    expect(several.loss).toBeCloseTo(one.loss, 5);
    expect(several.grad_norm / one.grad_norm).toBeCloseTo(1, 4);
  });

  it('warms up and then falls along a cosine to nothing', () => {
    const rates = Array.from({ length: 100 }, (_, i) => cosineRate(1, i + 1, 100));
    expect(rates[0]).toBeCloseTo(0.2, 12);
    expect(Math.max(...rates)).toBe(1);
    expect(rates.indexOf(1)).toBe(4);
    for (let i = 5; i < 100; i++) expect(rates[i]).toBeLessThan(rates[i - 1]!);
    expect(rates[99]).toBeCloseTo(0, 12);
    expect(cosineRate(1, 1, 1)).toBe(1);
  });
});
