/** A person talks with the policy that comes along, and what they said is trained on. */
import { join } from 'node:path';
import { memory } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { groupAdvantages, normaliseGroup } from '../../src/credit/advantages';
import { readFrom } from '../../src/headless/host';
import type { ConversationRequest, ConversationView } from '../../src/runs/conversation';
import type { Settings } from '../../src/runs/settings';
import { Session } from '../../src/training/session';
import { tokenChunks } from '../../src/training/tokens';
import { onDevice, ROOT } from '../support/device';
import { instruments, repairs } from '../gyms/own/tables';
import { newborn } from '../support/newborn';
import { smallSettings } from '../support/trainers';

const open = (more: Partial<Settings> = {}, files = readFrom(join(ROOT, 'models/nano'))) =>
  Session.open(smallSettings({ maxTurns: 3, ...more }), () => files);

const REQUEST: ConversationRequest = { gym: 'intention', seed: 7, from: 'policy' };

async function talk(
  session: Session,
  words: (view: ConversationView) => string,
  request: Partial<ConversationRequest> = {},
): Promise<ConversationView> {
  let view = await session.converse({ ...REQUEST, ...request });
  while (view.waitsFor) view = (await session.say(view.id, words(view)))!;
  return view;
}
const asScripted = (view: ConversationView): string => view.turns.at(-1)!.suggestions[0]!.text;
const said = ({ turns }: ConversationView) => turns.map(({ content }) => content);

describe('talking with the policy', () => {
  onDevice('wasm');

  it('is reproducible, and the same as with the script where the same is said', async () => {
    const session = await open({ maxTurns: 5 });
    const one = await talk(session, asScripted);
    const two = await talk(session, asScripted);
    expect(said(two)).toEqual(said(one));
    expect(two.ended).toEqual(one.ended);
    const { scripted, ...score } = one.ended!;
    expect(scripted).toMatchObject(score);
    expect(scripted!.turns.map(({ content }) => content)).toEqual(said(one));
    expect(said(await talk(session, asScripted, { seed: 8 }))).not.toEqual(said(one));
    session.dispose();
  });

  it.each([
    ['things', instruments()],
    ['tasks', repairs()],
  ])("goes to its end in a gym of one's own: %s", async (_kind, table) => {
    const settings = smallSettings({ maxTurns: 3, gym: 'own' });
    const session = await Session.open(settings, () => readFrom(join(ROOT, 'models/nano')), table);
    expect(session.policyReport.gyms).toContain('own');
    const view = await talk(session, asScripted, { gym: 'own' });
    expect(view.task).toMatch(/^own\/train-/);
    expect(view.ended!.scripted!.reward).toBe(view.ended!.reward);
    // What crosses to the page is plain data.
    expect(structuredClone(view)).toEqual(view);
    session.dispose();
  });

  it('goes on with the policy that it began with, whatever that learns meanwhile', async () => {
    const settings = { learningRate: 0.05, maxTurns: 5 };
    const still = await open(settings);
    const quiet = await talk(still, asScripted);
    expect(quiet.turns.length).toBeGreaterThan(1);
    still.dispose();
    const session = await open(settings);
    let view = await session.converse(REQUEST);
    while (view.waitsFor) {
      await session.trainStep();
      view = (await session.say(view.id, asScripted(view)))!;
    }
    expect(view).toMatchObject({ ...quiet, id: view.id });
    // By now the policy itself speaks otherwise, and what it was before learning does not.
    const several = async (from: ConversationRequest['from']) => {
      const all = [];
      for (const seed of [7, 8, 9, 10]) all.push(said(await talk(session, asScripted, { from, seed })));
      return all;
    };
    const before = await several('reference');
    expect(before[0]).toEqual(said(quiet));
    for (let i = 0; i < 3; i++) await session.trainStep();
    expect(await several('policy')).not.toEqual(before);
    expect(await several('reference')).toEqual(before);
    session.dispose();
  });

  it('leaves training as it was, and nothing on the device', async () => {
    const alone = await open();
    const first = await alone.trainStep();
    alone.dispose();
    const session = await open();
    await session.converse(REQUEST);
    await session.converse({ ...REQUEST, seed: 9 });
    await talk(session, () => 'hello');
    const held = memory().numTensors;
    await talk(session, asScripted);
    expect(memory().numTensors).toBe(held);
    await session.converse(REQUEST);
    expect(memory().numTensors).toBeGreaterThan(held);
    await expect(session.converse(REQUEST, AbortSignal.abort(new Error('enough')))).rejects.toThrow();
    expect(memory().numTensors).toBe(held);
    expect((await session.trainStep()).trajectories.map(({ ids }) => ids)).toEqual(
      first.trajectories.map(({ ids }) => ids),
    );
    session.dispose();
  });

  it('draws the task asked for, or one of the level', async () => {
    const session = await open();
    const { task, level } = await session.converse({ ...REQUEST, level: 'hard' });
    expect(level).toBe('hard');
    expect((await session.converse({ ...REQUEST, task, seed: 99 })).task).toBe(task);
    await expect(session.converse({ ...REQUEST, task: 'intention/none' })).rejects.toThrow('no such task');
    session.dispose();
  });

  it('knows which gyms the policy has words for', async () => {
    const all = await open({ gym: 'all' }, newborn());
    expect(all.policyReport.gyms).toHaveLength(8);
    // It babbles, which ends a conversation before anybody is asked; but it is one.
    expect((await talk(all, () => 'yes', { gym: 'turtle' })).gym).toBe('turtle');
    all.dispose();
    const session = await open();
    expect(session.policyReport.gyms).toContain('intention');
    session.dispose();
  });

  it('has nothing to say or to hear in a conversation that is gone', async () => {
    const session = await open();
    const view = await session.converse(REQUEST);
    expect(session.hear(view.id, 'hello')).not.toBeNull();
    const next = await session.converse(REQUEST);
    expect(next.id).toBeGreaterThan(view.id);
    expect(await session.say(view.id, 'hello')).toBeNull();
    expect(session.hear(view.id, 'hello')).toBeNull();
    session.dispose();
  });
});

describe('a group begun by a person', () => {
  onDevice('wasm');

  it('is filled up and trained on like any other, the words of the person masked', async () => {
    const session = await open({ turnMethod: 'r2g' });
    const [a, b] = [
      await talk(session, asScripted),
      await talk(session, () => 'i do not know', { seed: 8, task: 'intention/train-0003' }),
    ];
    expect(session.addToTraining([b.id])).toEqual({
      added: true,
      task: 'intention/train-0003',
      person: 1,
      scripted: 3,
    });
    const before = await session.saveAdapter();
    const { metrics, groups, trajectories } = await session.trainStep();
    expect(metrics.rollouts_with_person).toBe(1);
    expect(await session.saveAdapter()).not.toEqual(before);

    // It stands first, in place of one of the two tasks of the step.
    expect(groups).toHaveLength(2);
    expect(groups.map(({ rollouts }) => rollouts.map(({ withPerson = false }) => withPerson))).toEqual([
      [true, false, false, false],
      [false, false, false, false],
    ]);
    expect(new Set(groups[0]!.rollouts.map(({ task }) => task))).toEqual(new Set(['intention/train-0003']));

    // Its advantages are those of the group's own scores.
    const rollouts = groups[0]!.rollouts.map(({ turns }) => ({
      turnRewards: turns.map(({ reward }) => reward),
      turnTokens: turns.map(({ tokens }) => tokens.length),
    }));
    const scores = groups[0]!.rollouts.map(({ trajectoryScore }) => trajectoryScore);
    const { normalised } = normaliseGroup(scores, session.settings);
    const advantages = groupAdvantages(rollouts, session.settings);
    groups[0]!.rollouts.forEach(({ advantage, turns }, r) => {
      expect(advantage).toBeCloseTo(normalised[r]!, 4);
      turns.forEach((turn, t) => expect(turn.advantage).toBeCloseTo(advantages[r]![t]!, 4));
    });

    // The ids are those that were sampled and said, and only the policy's own are scored.
    const mine = trajectories[0]!;
    expect(mine.turns.map(({ content }) => content)).toEqual(said(b));
    expect(mine.turns[0]!.feedback).toBe('i do not know');
    const [chunk] = tokenChunks([mine], 10_000);
    const spoken = mine.turns.flatMap(({ start, logProbs }) => logProbs.map((_, i) => start + i - 1));
    expect([...chunk!.positions]).toEqual(spoken);
    expect(spoken.length).toBeLessThan(mine.ids.length - b.turns.length * 4);

    // Once is enough; the next step is its own again.
    expect((await session.trainStep()).metrics).toHaveProperty('rollouts_with_person', 0);
    expect(a.ended).not.toBeNull();
    session.dispose();
  });

  it('may be all of a group, of several attempts, and come when the policy has moved on', async () => {
    const session = await open({ groupSize: 2, tasksPerStep: 1, learningRate: 0.02 });
    const { task } = await session.converse(REQUEST);
    const views = [];
    for (const seed of [1, 2]) views.push(await talk(session, asScripted, { seed, task }));
    await session.trainStep();
    expect(session.addToTraining(views.map(({ id }) => id))).toMatchObject({ person: 2, scripted: 0 });
    const { metrics, groups } = await session.trainStep();
    expect(metrics).toMatchObject({ rollouts_with_person: 2, step: 2 });
    expect(groups.map(({ rollouts }) => rollouts.map((one) => one.withPerson))).toEqual([[true, true]]);
    for (const value of Object.values(metrics)) expect(Number.isFinite(value)).toBe(true);
    session.dispose();
  });

  it('waits where a step is stopped, and where the settings have no room for it', async () => {
    const session = await open();
    const view = await talk(session, asScripted);
    expect(session.addToTraining([view.id]).added).toBe(true);
    await expect(session.trainStep(AbortSignal.abort(new Error('enough')))).rejects.toThrow('enough');
    const { settings } = session;
    session.configure({ ...settings, maxTurns: 1 });
    const short = await session.trainStep();
    expect(short.metrics.rollouts_with_person).toBe(view.turns.length > 1 ? 0 : 1);
    session.configure(settings);
    if (view.turns.length > 1) expect((await session.trainStep()).metrics.rollouts_with_person).toBe(1);
    session.dispose();
  });

  it('is refused with the reason why', async () => {
    const session = await open();
    const mine = await talk(session, asScripted);
    const other = await talk(session, asScripted, { task: 'intention/train-0003' });
    const old = await talk(session, asScripted, { from: 'reference' });
    const refused = (ids: readonly number[], settings: Partial<Settings> = {}): string => {
      const { settings: inForce } = session;
      session.configure({ ...inForce, ...settings });
      const addition = session.addToTraining(ids);
      session.configure(inForce);
      return addition.added ? 'added' : addition.problem;
    };
    expect(refused([mine.id + 1000])).toMatch(/a run that has ended/);
    expect(refused([mine.id, other.id])).toMatch(/of several/);
    expect(refused([old.id])).toMatch(/before learning/);
    expect(refused([mine.id], { groupSize: 1 })).toMatch(/group size to 2/);
    expect(refused([mine.id], { temperature: 0.5 })).toMatch(/temperature/);
    const again = await talk(session, asScripted, { task: mine.task, seed: 12 });
    const third = await talk(session, asScripted, { task: mine.task, seed: 13 });
    expect(refused([mine.id, again.id, third.id], { groupSize: 2 })).toMatch(/3 attempts, and a group has 2/);
    const longest = Math.max(mine.turns.length, again.turns.length, third.turns.length);
    if (longest > 1)
      expect(refused([mine.id, again.id, third.id], { maxTurns: longest - 1 })).toMatch(/turn limit/);
    expect(refused([mine.id])).toBe('added');
    expect(refused([mine.id])).toMatch(/added before/);
    session.dispose();

    const easy = await open({ difficulty: 'easy' });
    const hard = await talk(easy, asScripted, { level: 'hard' });
    const problem = easy.addToTraining([hard.id]);
    expect(problem).toMatchObject({
      added: false,
      problem: expect.stringMatching(/does not train/) as string,
    });
    easy.dispose();
  });
});
