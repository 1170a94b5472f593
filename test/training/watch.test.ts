/** Looking at the same task again and again: the same conversation, unless the policy has changed; and training never notices. */
import { join } from 'node:path';
import { memory } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { groupAdvantages, groupScores } from '../../src/credit/advantages';
import { openGym } from '../../src/gyms/registry';
import { gymNameOf } from '../../src/gyms/task-set';
import { readFrom } from '../../src/headless/host';
import { DEFAULT_SETTINGS, type Settings } from '../../src/runs/settings';
import { Session } from '../../src/training/session';
import { watchedTasks } from '../../src/training/watch';
import { onDevice, ROOT } from '../support/device';
import { smallSettings } from '../support/trainers';

const open = (more: Partial<Settings> = {}) =>
  Session.open(smallSettings({ maxTurns: 4, ...more }), (name) => readFrom(join(ROOT, 'models', name)));

describe('the watched tasks', () => {
  it('are test tasks: four of one gym, or one of each of many, the same for the same seed', () => {
    const all = openGym({ ...DEFAULT_SETTINGS, gym: 'all' });
    const tasks = watchedTasks(all, 3);
    expect(tasks.map(gymNameOf).sort()).toEqual([...new Set(all.tasks.test.map(gymNameOf))].sort());
    expect(tasks.every(({ split }) => split === 'test')).toBe(true);
    expect(watchedTasks(all, 3)).toEqual(tasks);
    expect(watchedTasks(all, 4)).not.toEqual(tasks);
    const ofOne = watchedTasks(openGym(DEFAULT_SETTINGS), 0);
    expect(new Set(ofOne.map(({ id }) => id)).size).toBe(4);
  });
});

describe('watching', () => {
  onDevice('wasm');

  it('sees the same while nothing is learnt, and something else after that, of the same task', async () => {
    const session = await open();
    const first = await session.watch();
    expect(await session.watch()).toEqual(first);
    for (let i = 0; i < 3; i++) await session.trainStep();
    const later = await session.watch();
    expect(later).not.toEqual(first);
    expect(later.map(({ task }) => task)).toEqual(first.map(({ task }) => task));
    expect(later[0]!.rollouts.map(({ opening }) => opening)).toEqual(
      first[0]!.rollouts.map(({ opening }) => opening),
    );
    session.dispose();
  });

  it('changes no token of the training, and leaves nothing behind', async () => {
    const course = async (watching: boolean) => {
      const session = await open();
      const steps = [];
      for (let i = 0; i < 3; i++) {
        if (watching) await session.watch();
        const { metrics, trajectories } = await session.trainStep();
        steps.push({ loss: metrics.policy_loss, ids: trajectories.map(({ ids }) => ids) });
      }
      if (watching) {
        await session.watch();
        const held = memory().numTensors;
        await session.watch();
        expect(memory().numTensors).toBe(held);
      }
      session.dispose();
      return steps;
    };
    expect(await course(true)).toEqual(await course(false));
  });

  it.each([
    ['the default credit', {}],
    ['reward-to-go', { turnMethod: 'r2g', trajectoryMethod: 'r2g' }],
  ] as [string, Partial<Settings>][])('credits by the rules of the run: %s', async (_, more) => {
    const session = await open({ groupSize: 6, ...more });
    const [group] = await session.watch();
    const rollouts = group!.rollouts.map(({ turns }) => ({
      turnRewards: turns.map(({ reward }) => reward),
      turnTokens: turns.map(({ tokens }) => tokens.length),
    }));
    const scores = groupScores(rollouts, session.settings);
    const advantages = groupAdvantages(rollouts, session.settings);
    expect(group!.rollouts).toHaveLength(6);
    group!.rollouts.forEach((rollout, r) => {
      expect(rollout.trajectoryScore).toBeCloseTo(scores[r]!, 6);
      rollout.turns.forEach(({ advantage }, t) => expect(advantage).toBeCloseTo(advantages[r]![t]!, 4));
    });
    session.dispose();
  });

  it('stops when told to, and leaves nothing behind', async () => {
    const session = await open();
    await session.watch();
    const before = memory().numTensors;
    await expect(session.watch(AbortSignal.abort(new Error('enough')))).rejects.toThrow('enough');
    expect(memory().numTensors).toBe(before);
    session.dispose();
  });
});
