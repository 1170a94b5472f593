/** Batches of any shape leave nothing behind: no tensor, and on WebGPU no program compiled for the sake of a shape. */
import { memory } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { findGym } from '../../src/gyms/registry';
import { compiledPrograms } from '../../src/kernels/webgpu/encoder';
import { Policy } from '../../src/policy/policy';
import { compare } from '../../src/training/comparison';
import { SftTrainer } from '../../src/training/sft';
import { warmUp, warmUpComparison } from '../../src/training/warm-up';
import { createUser } from '../../src/users/registry';
import { DEVICES, onDevice } from '../support/device';
import { readNano } from '../support/fixtures';
import { smallSettings, startRun } from '../support/trainers';

describe.each(DEVICES.filter((device) => device !== 'cpu'))('ragged batches on %s', (device) => {
  onDevice(device);
  const left = () => ({
    tensors: memory().numTensors,
    programs: device === 'webgpu' ? compiledPrograms() : 0,
  });

  it('of GRPO, the very first step after warming up', async () => {
    const settings = smallSettings({ maxTurns: 2, entropyCoefficient: 0.01, klCoefficient: 0.01 });
    const { policy, trainer, user } = await startRun(settings);
    const parameters = await policy.parameters.values();
    const tensors = memory().numTensors;
    const heard: [number, number][] = [];
    const compiled = await warmUp(policy, settings, trainer.maxNewTokens, (done, total) =>
      heard.push([done, total]),
    );
    // The matrices are cut out once, and kept: from values, not from what a rehearsal has left uncomputed.
    const views = policy.parameters.views();
    expect(memory().numTensors).toBe(tensors + views.length);
    const cut = await Promise.all(views.map(async (view) => [...(await view.data())]));
    expect(cut.flat()).toEqual([...parameters]);
    if (device === 'webgpu') {
      expect(compiled).toBeGreaterThan(40);
      expect(heard).toEqual(Array.from({ length: compiled + 1 }, (_, done) => [done, compiled]));
      expect(await warmUp(policy, settings, trainer.maxNewTokens)).toBe(0);
    } else expect([compiled, heard]).toEqual([0, []]);
    // Rehearsing has changed nothing.
    expect(await policy.parameters.values()).toEqual(parameters);
    const { programs } = left();
    const { metrics } = await trainer.step(settings, user);
    expect(metrics.grad_norm).toBeGreaterThan(0);
    expect(left().programs).toBe(programs);
    policy.dispose();
  });

  it('of GRPO, after two steps, the smallest and the largest', async () => {
    const settings = smallSettings({ maxTurns: 2, entropyCoefficient: 0.01 });
    const { policy, trainer, user } = await startRun(settings);
    const step = (tasksPerStep: number, groupSize: number) =>
      trainer.step({ ...settings, tasksPerStep, groupSize }, user);
    await warmUp(policy, settings, trainer.maxNewTokens);
    await step(1, 1);
    await step(1, 4);
    const before = left();
    if (device === 'webgpu') expect(before.programs).toBeGreaterThan(20);
    for (const [tasks, group] of [
      [1, 2],
      [1, 3],
      [3, 1],
      [2, 2],
    ] as const) {
      await step(tasks, group);
      expect(left(), `after ${tasks} tasks of ${group}`).toEqual(before);
    }
    policy.dispose();
  });

  it('of a comparison, with and without the adapter', async () => {
    const settings = smallSettings({ maxTurns: 2 });
    const { policy, trainer } = await startRun(settings);
    await warmUp(policy, settings, trainer.maxNewTokens);
    await warmUpComparison(policy);
    const { programs } = left();
    const players = [
      { name: 'sft', adapter: null },
      { name: 'trained', adapter: policy.adapter },
    ] as const;
    const options = { players, users: ['plain'] as const, episodes: 20, step: 0 };
    const { rows } = await compare(policy, trainer.gym, settings, options);
    expect(left().programs).toBe(programs);
    // An adapter that has learnt nothing is none.
    expect(rows[1]?.measures).toEqual(rows[0]?.measures);
    policy.dispose();
  });

  it('of the cold start', async () => {
    const settings = smallSettings({ maxTurns: 2 });
    const policy = new Policy(await readNano(), { rank: 4, alpha: 8 }, 0);
    const trainer = new SftTrainer(policy, findGym('intention').gym);
    const step = (sftBatch: number) => trainer.step({ ...settings, sftBatch }, createUser(settings));
    await warmUp(policy, settings, 16);
    await step(1);
    await step(4);
    const before = left();
    for (const size of [2, 3]) await step(size);
    expect(left()).toEqual(before);
    policy.dispose();
  });
});
