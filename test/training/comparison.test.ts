/** Players side by side: which there are, on which tasks, and that nothing else changes their numbers. */
import { join } from 'node:path';
import { memory } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { GYM_NAMES } from '../../src/gyms/options';
import { GYMS } from '../../src/gyms/registry';
import { readFrom } from '../../src/headless/host';
import { readAdapter } from '../../src/runs/adapter-file';
import { MEASURE_NAMES } from '../../src/runs/measures';
import type { EvaluationTable } from '../../src/runs/record';
import type { Settings } from '../../src/runs/settings';
import { Session } from '../../src/training/session';
import { onDevice, ROOT } from '../support/device';
import { forgetful } from '../support/forgetful';
import { newborn } from '../support/newborn';
import { smallSettings } from '../support/trainers';

const nano = (checkpoint: string) => readFrom(join(ROOT, 'models', checkpoint));
const open = (more: Partial<Settings> = {}, files: typeof nano = nano) =>
  Session.open(smallSettings({ maxTurns: 3, ...more }), files);
const plain = { users: ['plain'], episodes: 20 } as const;
const scores = ({ rows }: EvaluationTable, player: string) =>
  rows.filter((row) => row.player === player).map(({ measures }) => measures.score.mean);
const players = ({ rows }: EvaluationTable) => [...new Set(rows.map(({ player }) => player))];

describe('a comparison of players', () => {
  onDevice('wasm');

  it('has a trained player once there was reinforcement learning', async () => {
    const session = await open();
    const before = await session.compare(plain);
    expect(players(before)).toEqual(['random', 'sft', 'oracle']);
    await session.trainStep();
    const after = await session.compare(plain);
    expect(players(after)).toEqual(['random', 'sft', 'trained', 'oracle']);
    expect([before.step, after.step]).toEqual([0, 1]);
    // What was trained is not what SFT-only plays with.
    expect(after.rows.filter(({ player }) => player !== 'trained')).toEqual(before.rows);
    expect(after.averages).toEqual([]);
    const policy = after.rows.find(({ player }) => player === 'trained')!;
    expect(Object.keys(policy.measures)).toEqual([...MEASURE_NAMES]);
    expect(policy).toMatchObject({ user: 'plain', gym: 'intention', tasks: 20 });
    session.dispose();
  });

  it('takes what a cold start made for the policy before learning', async () => {
    const session = await open({ checkpoint: 'nano-base', sftSteps: 4, sftBatch: 4, sftLearningRate: 0.05 });
    const bare = await session.compare(plain);
    while (!session.coldStartDone) await session.coldStartStep(99);
    const started = await session.compare(plain);
    expect(players(started)).toEqual(['random', 'sft', 'oracle']);
    expect(started.rows[1]?.measures).not.toEqual(bare.rows[1]?.measures);
    await session.trainStep();
    const trained = await session.compare(plain);
    expect(players(trained)).toContain('trained');
    expect(trained.rows.find(({ player }) => player === 'sft')).toEqual(started.rows[1]);
    session.dispose();
  });

  it('plays every test task once, of all gyms with one policy, and the same numbers again', async () => {
    const files = newborn();
    const session = await open({ gym: 'all' }, () => files);
    const reports: [number, number][] = [];
    const request = { users: ['plain', 'noisy'], episodes: null } as const;
    const table = await session.compare(request, (done, total) => reports.push([done, total]));
    const counts = GYM_NAMES.map((gym) => GYMS[gym].gym.tasks.test.length);
    for (const user of request.users) {
      const rows = table.rows.filter((row) => row.user === user && row.player === 'sft');
      expect(rows.map(({ gym, tasks }) => [gym, tasks])).toEqual(GYM_NAMES.map((gym, i) => [gym, counts[i]]));
    }
    const total = 2 * counts.reduce((sum, count) => sum + count, 0);
    expect(reports[0]).toEqual([0, total]);
    expect(reports.at(-1)).toEqual([total, total]);
    reports.forEach(([done], i) => expect(done).toBeGreaterThanOrEqual(reports[i - 1]?.[0] ?? 0));
    expect(table.averages.map(({ user, player, weights }) => `${user} ${player} ${weights}`)).toEqual(
      ['plain', 'noisy'].flatMap((user) =>
        ['random', 'sft', 'oracle'].flatMap((player) =>
          ['tasks', 'paper'].map((weights) => `${user} ${player} ${weights}`),
        ),
      ),
    );
    expect(await session.compare(request)).toEqual(table);

    // Neither the other gyms nor the other users change what one plays.
    const one = await session.compare({ users: ['noisy'], episodes: null, gyms: ['turtle'] });
    expect(one.rows).toEqual(table.rows.filter(({ user, gym }) => user === 'noisy' && gym === 'turtle'));
    session.dispose();
  });

  it('holds the demonstrators to what they are', async () => {
    const session = await open({ maxTurns: 8 });
    const table = await session.compare({ users: ['plain'], episodes: null });
    const [oracle] = table.rows.filter(({ player }) => player === 'oracle');
    expect(oracle?.measures).toMatchObject({
      score: { mean: 1 },
      success: { mean: 1 },
      validity: { mean: 1 },
    });
    expect(scores(table, 'random')[0]).toBeLessThan(0.5);
    session.dispose();
  });

  it('stops when told to, and leaves nothing behind', async () => {
    const session = await open();
    await session.compare(plain);
    const before = memory().numTensors;
    const controller = new AbortController();
    const stopped = session.compare(
      { users: ['plain'], episodes: null },
      (done) => done > 0 && controller.abort(new Error('enough')),
      controller.signal,
    );
    await expect(stopped).rejects.toThrow('enough');
    expect(memory().numTensors).toBe(before);
    session.dispose();
  });

  it('refuses gyms whose words the policy was not taught', async () => {
    const session = await open({}, (checkpoint) => forgetful(nano(checkpoint), 'apartment'));
    expect(() => session.checkGyms(['intention'])).not.toThrow();
    const compare = async () => session.compare({ ...plain, gyms: ['intention', 'travel'] });
    await expect(compare()).rejects.toMatchObject({
      code: 'checkpoint-unfit',
      message: expect.stringMatching(/words of travel/) as string,
    });
    session.dispose();
  });
});

describe('an adapter that was saved', () => {
  onDevice('wasm');

  it('plays as the one it was saved from', async () => {
    const session = await open({ userStrength: 'terse' });
    await session.trainStep();
    await session.trainStep();
    const table = await session.compare(plain);
    const file = readAdapter((await session.saveAdapter()).slice().buffer as ArrayBuffer, 'a.safetensors');
    expect(file).toMatchObject({ step: 2, settings: session.settings });
    session.dispose();

    const other = await Session.open(file.settings, nano);
    await other.loadAdapter(file);
    expect(await other.compare(plain)).toEqual(table);
    other.dispose();
  });

  it('is refused by a policy of other weights or another rank', async () => {
    const session = await open();
    const file = readAdapter((await session.saveAdapter()).slice().buffer as ArrayBuffer, 'a.safetensors');
    session.dispose();
    for (const [more, message] of [
      [{ checkpoint: 'nano-base' }, /other weights.*"nano"/],
      [{ loraRank: 2 }, /rank 4 and alpha 8, the run 2 and 8/],
    ] as const) {
      const other = await open(more);
      await expect(other.loadAdapter(file)).rejects.toMatchObject({
        code: 'checkpoint-unfit',
        message: expect.stringMatching(message) as string,
      });
      expect(players(await other.compare(plain))).not.toContain('trained');
      other.dispose();
    }
  });
});
