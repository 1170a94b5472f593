/**
 * Loss, diagnostics and adapter gradients against TRL's own loss code on transformers' model with peft's LoRA, and
 * AdamW against torch's.
 */
import { tensor1d, tidy } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { GRPO_STATS } from '../../src/kernels';
import { adapterParts } from '../../src/policy/lora';
import { Parameters } from '../../src/policy/parameters';
import type { Policy } from '../../src/policy/policy';
import type { Settings } from '../../src/runs/settings';
import { addSums, chunkGradient, disposeChunk, tokenScores } from '../../src/training/objective';
import { DEVICES, difference, measured, onDevice, relativeDifference } from '../support/device';
import { unpack } from '../support/fixtures';
import {
  inOurOrder,
  readReference,
  referenceChunk,
  referencePolicy,
  referenceSettings,
  tokenMean,
  type Reference,
} from '../support/objective';

const TOLERANCE = 1e-4;

describe.each(DEVICES)('the objective on %s', (device) => {
  onDevice(device);
  let reference: Reference;
  let policy: Policy;
  beforeAll(async () => {
    reference = readReference();
    policy = await referencePolicy(reference);
  });

  const run = async (weights: ArrayLike<number>, settings: Settings, chunks?: number[][]) => {
    const prepared = (chunks ?? [reference.objective.sequences.map((_, s) => s)]).map((members) =>
      referenceChunk(reference, weights, members),
    );
    const sums = addSums(prepared.map((chunk) => chunkGradient(policy, chunk, settings)));
    const gradient = (await sums.gradient.data()) as Float32Array;
    const columns = await sums.stats.data();
    prepared.forEach(disposeChunk);
    sums.gradient.dispose();
    sums.stats.dispose();
    return {
      gradient,
      stats: Object.fromEntries(GRPO_STATS.map((name, i) => [name, columns[i]!])) as Record<
        (typeof GRPO_STATS)[number],
        number
      >,
    };
  };

  /** Largest relative error over the matrices, each measured by its own norm. */
  const worstMatrix = (ours: Float32Array, theirs: Float32Array) => {
    let at = 0;
    const errors = policy.parameters.shapes.map(({ shape }) => {
      const to = at + shape.reduce((a, b) => a * b, 1);
      const error = relativeDifference(ours.subarray(at, to), theirs.subarray(at, to));
      at = to;
      return error;
    });
    return Math.max(...errors);
  };

  it('has every adapter matrix of the fixture', () => {
    const { names, rank } = reference.objective;
    const parts = adapterParts(policy.config, { rank });
    expect(parts.map(({ name }) => name).sort()).toEqual([...names].sort());
    const last = parts.at(-1)!;
    expect(last.offset + last.shape[0] * last.shape[1]).toBe(policy.parameters.size);
  });

  it('covers the clip on both sides and the dual clip', () => {
    const { advantages, settings, logProbs, old } = reference.objective;
    const ratios = unpack(logProbs).map((logp, n) => Math.exp(logp - unpack(old)[n]!));
    const count = (test: (ratio: number, advantage: number) => boolean) =>
      advantages.filter((a, n) => test(ratios[n]!, a)).length;
    expect(count((r, a) => a > 0 && r > 1 + settings.clipHigh)).toBeGreaterThan(1);
    expect(count((r, a) => a > 0 && r < 1 - settings.clipLow)).toBeGreaterThan(1);
    expect(count((r, a) => a < 0 && r < 1 - settings.clipLow)).toBeGreaterThan(1);
    expect(count((r, a) => a < 0 && r > 1 + settings.clipHigh && r < settings.dualClip)).toBeGreaterThan(0);
    expect(count((r, a) => a < 0 && r > settings.dualClip)).toBeGreaterThan(1);
  });

  it('scores tokens as transformers with peft does', async () => {
    const { objective } = reference;
    const chunk = referenceChunk(reference, tokenMean(reference));
    const both = tidy(() =>
      tokenScores(policy, policy.adapter, chunk, { temperature: objective.settings.temperature }),
    );
    const values = await both.data();
    both.dispose();
    disposeChunk(chunk);
    expect(
      measured(
        `log-probabilities, ${device}`,
        difference(
          values.filter((_, i) => i % 2 === 0),
          unpack(objective.logProbs),
        ),
      ),
    ).toBeLessThan(TOLERANCE);
    expect(
      measured(
        `entropies, ${device}`,
        difference(
          values.filter((_, i) => i % 2 === 1),
          unpack(objective.entropies),
        ),
      ),
    ).toBeLessThan(TOLERANCE);
  });

  it('has the loss, the gradient and the metrics of GRPOTrainer', async () => {
    const { trl } = reference.objective.cases;
    const { gradient, stats } = await run(
      tokenMean(reference),
      referenceSettings(reference, { klEstimator: 'k3' }),
    );
    const tokens = reference.objective.tokens.length;
    expect(
      measured(`TRL loss, ${device}`, Math.abs(stats.loss - trl.loss) / Math.abs(trl.loss)),
    ).toBeLessThan(TOLERANCE);
    expect(
      measured(
        `TRL gradient, ${device}, whole`,
        relativeDifference(gradient, inOurOrder(reference, policy, trl.gradient)),
      ),
    ).toBeLessThan(TOLERANCE);
    expect(
      measured(
        `TRL gradient, ${device}, worst matrix`,
        worstMatrix(gradient, inOurOrder(reference, policy, trl.gradient)),
      ),
    ).toBeLessThan(TOLERANCE);
    expect(stats.kl / tokens).toBeCloseTo(trl.metrics.kl!, 5);
    expect(stats.entropy / tokens).toBeCloseTo(trl.metrics.entropy!, 5);
    expect(stats.clippedLow / tokens).toBeCloseTo(trl.metrics['clip_ratio/low_mean']!, 6);
    expect(stats.clippedHigh / tokens).toBeCloseTo(trl.metrics['clip_ratio/high_mean']!, 6);
  });

  it.each(['k1', 'k2', 'k3'] as const)(
    'has the loss and the gradient of autograd with weights given and %s',
    async (klEstimator) => {
      const expected = reference.objective.cases[klEstimator];
      const { gradient, stats } = await run(
        unpack(reference.objective.weights),
        referenceSettings(reference, { klEstimator }),
      );
      expect(
        measured(
          `${klEstimator} loss, ${device}`,
          Math.abs(stats.loss - expected.loss) / Math.abs(expected.loss),
        ),
      ).toBeLessThan(TOLERANCE);
      expect(
        measured(
          `${klEstimator} gradient, ${device}, whole`,
          relativeDifference(gradient, inOurOrder(reference, policy, expected.gradient)),
        ),
      ).toBeLessThan(TOLERANCE);
      expect(
        measured(
          `${klEstimator} gradient, ${device}, worst matrix`,
          worstMatrix(gradient, inOurOrder(reference, policy, expected.gradient)),
        ),
      ).toBeLessThan(TOLERANCE);
    },
  );

  it('is the same in chunks as in one piece', async () => {
    const settings = referenceSettings(reference);
    const whole = await run(tokenMean(reference), settings);
    for (const chunks of [
      [[0], [1], [2]],
      [[0, 1], [2]],
      [[2], [1, 0]],
    ]) {
      const cut = await run(tokenMean(reference), settings, chunks);
      expect(cut.stats.loss).toBeCloseTo(whole.stats.loss, 6);
      expect(
        measured(
          `gradient in ${chunks.length} chunks, ${device}`,
          relativeDifference(cut.gradient, whole.gradient),
        ),
      ).toBeLessThan(1e-5);
    }
  });

  it('makes the same five updates on a batch as torch', async () => {
    const { updates, adapter } = reference.objective;
    const chunk = referenceChunk(reference, tokenMean(reference));
    const settings = referenceSettings(reference, { klEstimator: 'k3' });
    const { learningRate, beta1, beta2, weightDecay, maxNorm } = updates;
    for (const { loss, norm } of updates.steps) {
      const sums = chunkGradient(policy, chunk, settings);
      const length = policy.parameters.update(sums.gradient, {
        learningRate,
        beta1,
        beta2,
        weightDecay,
        maxNorm,
        epsilon: 1e-8,
      });
      expect(
        measured(`loss of an update, ${device}`, Math.abs((await sums.stats.data())[0]! - loss)),
      ).toBeLessThan(1e-4);
      expect(
        measured(`norm of an update, ${device}`, Math.abs((await length.data())[0]! - norm) / norm),
      ).toBeLessThan(1e-3);
      [sums.gradient, sums.stats, length].forEach((tensor) => tensor.dispose());
    }
    const start = inOurOrder(reference, policy, adapter);
    const moved = (await policy.parameters.values()).map((value, i) => value - start[i]!);
    const expected = inOurOrder(reference, policy, updates.adapter).map((value, i) => value - start[i]!);
    expect(
      measured(`way the adapter went in five updates, ${device}`, relativeDifference(moved, expected)),
    ).toBeLessThan(1e-3);
    disposeChunk(chunk);
    policy.parameters.reset(start);
  });

  it('follows torch.optim.AdamW with clip_grad_norm_', async () => {
    const { adamw } = reference;
    const shapes = adamw.shapes.map((shape, i) => ({ name: String(i), shape }));
    const parameters = new Parameters(shapes, unpack(adamw.start));
    const { beta1, beta2, weightDecay, maxNorm } = adamw;
    for (const { learningRate, gradient, norm, values } of adamw.steps) {
      const flat = tensor1d(unpack(gradient));
      const length = parameters.update(flat, {
        learningRate,
        beta1,
        beta2,
        weightDecay,
        maxNorm,
        epsilon: 1e-8,
      });
      expect(Math.abs((await length.data())[0]! - norm) / norm).toBeLessThan(1e-5);
      expect(
        measured(`AdamW, ${device}`, difference(await parameters.values(), unpack(values))),
      ).toBeLessThan(2e-6);
      flat.dispose();
      length.dispose();
    }
    expect(parameters.updates).toBe(adamw.steps.length);
    parameters.dispose();
  });

  it('leaves the parameters alone where the gradient is no number', async () => {
    const parameters = new Parameters([{ name: 'p', shape: [2] }], Float32Array.of(1, 2));
    const options = {
      learningRate: 0.1,
      beta1: 0.9,
      beta2: 0.95,
      weightDecay: 0.1,
      maxNorm: 1,
      epsilon: 1e-8,
    };
    for (const broken of [NaN, Infinity]) {
      const flat = tensor1d([1, broken]);
      const length = parameters.update(flat, options);
      expect(Number.isFinite((await length.data())[0]!)).toBe(false);
      expect([...(await parameters.values())]).toEqual([1, 2]);
      flat.dispose();
      length.dispose();
    }
    parameters.dispose();
  });
});
