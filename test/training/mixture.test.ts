/** A run over several gyms, with a policy that knows all their words and nothing else. */
import { beforeAll, describe, expect, it } from 'vitest';
import { GYM_PRESETS } from '../../src/gyms/mixture';
import { GYM_NAMES } from '../../src/gyms/options';
import { gymNameOf } from '../../src/gyms/task-set';
import { readFrom } from '../../src/headless/host';
import type { ReadFile } from '../../src/policy/checkpoint';
import type { Settings } from '../../src/runs/settings';
import { Session } from '../../src/training/session';
import { onDevice } from '../support/device';
import { TINY } from '../support/fixtures';
import { newborn } from '../support/newborn';
import { smallSettings } from '../support/trainers';

describe('a run over several gyms', () => {
  onDevice('wasm');
  let files: ReadFile;
  beforeAll(() => {
    files = newborn();
  });
  const open = (more: Partial<Settings>) =>
    Session.open(
      smallSettings({ evaluationEpisodes: 16, maxTurns: 2, sftSteps: 2, sftBatch: 16, ...more }),
      () => files,
    );

  it('trains on the gyms of the paper and tests on all, gym by gym', async () => {
    const session = await open({ gym: 'paper', tasksPerStep: 32, groupSize: 2 });
    await session.coldStartStep();
    const { trajectories, groups } = await session.trainStep();
    const trained = new Set(trajectories.map(({ task }) => gymNameOf(task)));
    expect([...trained].sort()).toEqual([...GYM_PRESETS.paper.train].sort());
    expect(groups.every(({ task, rollouts }) => rollouts.every((rollout) => rollout.task === task))).toBe(
      true,
    );
    const { gyms = [], episodes, score } = await session.evaluate('sampled');
    expect(gyms.map(({ gym }) => gym)).toEqual([...GYM_PRESETS.paper.train, ...GYM_PRESETS.paper.heldOut]);
    expect(gyms.every((gym) => gym.episodes === 2)).toBe(true);
    expect(episodes).toBe(16);
    expect(score).toBeCloseTo(gyms.reduce((sum, gym) => sum + gym.score, 0) / gyms.length, 9);
    session.dispose();
  });

  it('has the lines of every gym beside those of all', async () => {
    const session = await open({ gym: 'all', maxTurns: 8 });
    const { random, oracle, gyms = [] } = await session.baselines();
    expect(gyms.map(({ gym }) => gym)).toEqual(GYM_NAMES);
    for (const gym of gyms) {
      expect(gym.oracle).toBeCloseTo(1, 6);
      expect(gym.random).toBeLessThan(0.8);
    }
    expect(oracle).toBeCloseTo(1, 6);
    expect(random).toBeCloseTo(gyms.reduce((sum, gym) => sum + gym.random, 0) / gyms.length, 9);
    session.dispose();
    const alone = await open({ gym: 'tau' });
    expect(await alone.baselines()).not.toHaveProperty('gyms');
    expect(await alone.evaluate('greedy')).not.toHaveProperty('gyms');
    alone.dispose();
  });

  it('is refused with a policy that was not taught the words, which is said in words', async () => {
    await expect(Session.open(smallSettings({ gym: 'travel' }), () => readFrom(TINY))).rejects.toMatchObject({
      code: 'checkpoint-unfit',
      message: expect.stringMatching(/does not know \d+ of the \d+ words of travel/),
    });
  });
});
