/** A whole run as the worker and the command line drive it. */
import { join } from 'node:path';
import { memory } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { readFrom } from '../../src/headless/host';
import { CheckpointError } from '../../src/policy/errors';
import type { Settings } from '../../src/runs/settings';
import { Session } from '../../src/training/session';
import { onDevice, ROOT } from '../support/device';
import { smallSettings } from '../support/trainers';

const files = (checkpoint: string) => readFrom(join(ROOT, 'models', checkpoint));
const open = (more: Partial<Settings> = {}) =>
  Session.open(
    smallSettings({ evaluationEpisodes: 8, maxTurns: 3, sftSteps: 3, sftBatch: 4, ...more }),
    files,
  );

describe('a session', () => {
  onDevice('wasm');

  it('reports the policy', async () => {
    for (const checkpoint of ['nano', 'nano-base'] as const) {
      const session = await open({ checkpoint, loraRank: 2 });
      const report = session.policyReport;
      expect(report.checkpoint).toBe(checkpoint);
      expect(report.adapterParameters).toBeGreaterThan(0);
      expect(report.bytes).toBeGreaterThan(report.parameters);
      expect(report.contextLength).toBeGreaterThanOrEqual(128);
      session.dispose();
    }
  });

  it('is the same again with the same seed', async () => {
    const run = async (seed: number) => {
      const session = await open({ seed });
      const steps = [];
      for (let i = 0; i < 3; i++) {
        const { metrics, trajectories } = await session.trainStep();
        steps.push({
          loss: metrics.policy_loss,
          norm: metrics.grad_norm,
          ids: trajectories.map(({ ids }) => ids),
        });
      }
      const evaluation = await session.evaluate('sampled');
      session.dispose();
      return { steps, evaluation };
    };
    const one = await run(4);
    expect(await run(4)).toEqual(one);
    expect((await run(5)).steps).not.toEqual(one.steps);
  });

  it('evaluates the same way every time, without touching the policy or the course of training', async () => {
    const alone = await open();
    const first = await alone.trainStep();
    const second = await alone.trainStep();
    alone.dispose();
    const session = await open();
    const greedy = await session.evaluate('greedy');
    expect(await session.evaluate('greedy')).toEqual(greedy);
    const sampled = await session.evaluate('sampled');
    expect(await session.evaluate('sampled')).toEqual(sampled);
    expect(greedy).toMatchObject({ step: 0, split: 'test', decoding: 'greedy', episodes: 8 });
    expect((await session.trainStep()).trajectories.map(({ ids }) => ids)).toEqual(
      first.trajectories.map(({ ids }) => ids),
    );
    const before = memory().numTensors;
    expect((await session.evaluate('sampled')).step).toBe(1);
    // The adapter's matrices, cut out for the evaluation, may be there now and be used by the next step.
    const held = memory().numTensors;
    await session.evaluate('sampled');
    expect(memory().numTensors).toBe(held);
    expect(held).toBeGreaterThanOrEqual(before);
    expect((await session.trainStep()).trajectories.map(({ ids }) => ids)).toEqual(
      second.trajectories.map(({ ids }) => ids),
    );
    session.dispose();
  });

  it('stops an evaluation when told to, and leaves nothing behind', async () => {
    const session = await open();
    await session.evaluate('greedy');
    const before = memory().numTensors;
    await expect(session.evaluate('greedy', AbortSignal.abort(new Error('enough')))).rejects.toThrow(
      'enough',
    );
    expect(memory().numTensors).toBe(before);
    session.dispose();
  });

  it('stays near the policy that a cold start made, not the one before it', async () => {
    const session = await open({ klCoefficient: 0.05, sftLearningRate: 0.03 });
    expect(session.coldStartDone).toBe(false);
    const losses: number[] = [];
    while (!session.coldStartDone) {
      const { loss, validity, step } = await session.coldStartStep(2);
      losses.push(loss);
      expect(validity === undefined).toBe(step === 1);
    }
    expect(losses).toHaveLength(3);
    const { metrics } = await session.trainStep();
    expect(Math.abs(metrics.kl)).toBeLessThan(1e-6);
    expect((await session.trainStep()).metrics.kl).toBeGreaterThan(0);
    session.dispose();
  });

  it('takes new settings from the next step on', async () => {
    const session = await open();
    await session.trainStep();
    session.configure({ ...session.settings, groupSize: 3, tasksPerStep: 1, maxTurns: 1 });
    const { groups, metrics } = await session.trainStep();
    expect(groups.map(({ rollouts }) => rollouts.length)).toEqual([3]);
    expect(metrics).toMatchObject({ step: 2, turns: 1 });
    session.dispose();
  });

  it.each([
    ['one task, one rollout', { tasksPerStep: 1, groupSize: 1 }],
    [
      'no divergence, an entropy bonus, no dual clip',
      { klCoefficient: 0, entropyCoefficient: 0.01, dualClip: 0 },
    ],
    [
      'the first estimator and rounding',
      { klEstimator: 'k1', round: true, turnMethod: 'em', trajectoryMethod: 'mean' },
    ],
    [
      'every rollout alike, discounted credit',
      { aggregation: 'seq-mean-token-mean', turnMethod: 'r2g', trajectoryMethod: 'r2g' },
    ],
    [
      'sums over a constant, deviations of the population',
      { aggregation: 'seq-mean-token-sum-norm', std: 'population', turnMethod: 'naive' },
    ],
    [
      'as UserRL trains',
      {
        executeLastTurn: false,
        rewardInObservation: true,
        aggregation: 'seq-mean-token-sum',
        normalizeByStd: false,
      },
    ],
    [
      'a noisy user, cold sampling, rank 1',
      { userStrength: 'noisy', temperature: 0.1, loraRank: 1, loraAlpha: 1 },
    ],
    [
      'a helpful user, hot sampling, the longest conversations',
      { userStrength: 'helpful', temperature: 2, maxTurns: 8 },
    ],
  ] as [string, Partial<Settings>][])('trains with %s', async (_, more) => {
    const session = await open(more);
    for (let i = 0; i < 2; i++) {
      const { metrics } = await session.trainStep();
      for (const [name, value] of Object.entries(metrics))
        expect({ name, finite: Number.isFinite(value) }).toEqual({ name, finite: true });
    }
    session.dispose();
  });

  it('gives all its memory back, also where the checkpoint is missing', async () => {
    const before = memory().numTensors;
    const session = await open();
    await session.trainStep();
    session.dispose();
    expect(memory().numTensors).toBe(before);
    await expect(Session.open(smallSettings(), () => readFrom(join(ROOT, 'models/none')))).rejects.toThrow(
      CheckpointError,
    );
    expect(memory().numTensors).toBe(before);
  });
});
