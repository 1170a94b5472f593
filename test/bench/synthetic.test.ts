/** The made-up policy, gym and user cost exactly what the workload says. */
import { describe, expect, it } from 'vitest';
import { silentUser, syntheticGym, syntheticPolicy } from '../../bench/contestants/synthetic';
import { promptRows, trainingRows } from '../../bench/core/weights';
import { findWorkloads, withBatch } from '../../bench/core/workloads';
import { DEFAULT_SETTINGS } from '../../src/runs/settings';
import { GrpoTrainer } from '../../src/training/grpo';
import { SftTrainer } from '../../src/training/sft';
import { onDevice } from '../support/device';

const workload = withBatch(findWorkloads(['2x64'])[0]!, 4);
const { config, sample, train } = workload;
const settings = { ...DEFAULT_SETTINGS, maxTurns: 1, rewardInObservation: false, klCoefficient: 0 };

describe('a synthetic run', () => {
  onDevice('wasm');

  it('samples all tokens of every completion after a prompt of the wanted length, and earns something', async () => {
    const policy = syntheticPolicy(config, sample.prompt + sample.newTokens);
    const gym = syntheticGym({ prompts: promptRows(workload).slice(0, 2) });
    const trainer = new GrpoTrainer(policy, gym, sample.newTokens);
    const { trajectories, metrics } = await trainer.step(
      { ...settings, groupSize: 2, tasksPerStep: 2 },
      silentUser,
    );
    expect(trajectories).toHaveLength(4);
    for (const { turns, ids } of trajectories) {
      expect(turns).toHaveLength(1);
      expect(turns[0]!.start).toBe(sample.prompt);
      // An end token may come, but hardly ever does among a thousand.
      expect(turns[0]!.logProbs.length).toBeGreaterThan(0);
      expect(ids).toHaveLength(sample.prompt + turns[0]!.logProbs.length);
    }
    expect(Math.max(...trajectories.map(({ turns }) => turns[0]!.logProbs.length))).toBe(sample.newTokens);
    expect(metrics.reward).toBeGreaterThan(0);
    expect(metrics.reward).toBeLessThan(1);
    // Rewards differ, so there is something to push.
    expect(metrics.grad_norm).toBeGreaterThan(0);
    policy.dispose();
  });

  it('trains on as many tokens as the workload says, on the same batch again and again', async () => {
    const policy = syntheticPolicy(config, train.length + 1);
    const rows = trainingRows(workload);
    const gym = syntheticGym({
      prompts: [rows[0]!.slice(0, sample.prompt)],
      answers: rows.map((row) => row.slice(sample.prompt)),
    });
    const trainer = new SftTrainer(policy, gym);
    const here = { ...settings, sftBatch: train.batch, sftSteps: 1000, sftLearningRate: 1e-2 };
    const losses: number[] = [];
    for (let step = 1; step <= 4; step++) {
      const { loss, num_tokens } = await trainer.step(here, silentUser);
      expect(num_tokens).toBe(step * train.batch * train.length);
      losses.push(loss);
    }
    expect(losses[3]!).toBeLessThan(losses[0]!);
    policy.dispose();
  });
});
