import { describe, expect, it } from 'vitest';
import { intention } from '../../src/gyms/intention';
import {
  ASPECT_NAMES,
  ASPECTS,
  compoundQuestion,
  questionFor,
  type AspectName,
} from '../../src/gyms/intention/aspects';
import { REPLY_WORDS } from '../../src/gyms/intention/wording';
import { intentionVocabulary } from '../../src/gyms/intention/vocabulary';
import { createUser } from '../../src/users/registry';
import { NOISY_MISS_SHARE, ScriptedUser } from '../../src/users/scripted';
import { USER_STRENGTHS, type ReplyRequest, type UserStrength } from '../../src/users/types';

const call = (content: string) => ({ choice: 'action' as const, content });
const vocabulary = new Set(intentionVocabulary());

/** Everything a user may be asked on a task, in conversations of many kinds. */
function requests(strength: UserStrength, taskCount = 24): ReplyRequest[] {
  const user = new ScriptedUser(strength);
  return intention.tasks.test.slice(0, taskCount).flatMap((task, i) => {
    const contents = [
      '',
      ...ASPECT_NAMES.flatMap((name, j) => {
        const other = ASPECT_NAMES[(j + 7 + i) % ASPECT_NAMES.length]!;
        return [questionFor(name), compoundQuestion(name, other)];
      }),
      ASPECT_NAMES.join(' and '),
    ];
    return contents.flatMap((content, c) => {
      const episode = intention.reset(task, { seed: 0, maxTurns: 9 });
      const found: ReplyRequest[] = [];
      for (let turn = 0; turn < 2 && !episode.over; turn++) {
        const seed = i * 1000 + c * 10 + turn;
        const { situation } = episode.act(call(content), user.hears(call(content), seed));
        found.push({ gym: 'intention', task, call: call(content), situation, turn, seed });
      }
      return found;
    });
  });
}

describe.each(USER_STRENGTHS)('a %s user', (strength) => {
  const user = createUser({ userStrength: strength });
  it('keeps replies short, clean and within the vocabulary', async () => {
    for (const reply of await user.reply(requests(strength))) {
      expect(reply).toMatch(/^[a-z.,:? ]+$/);
      const words = reply.split(' ');
      expect(words.length).toBeLessThanOrEqual(REPLY_WORDS[strength]);
      for (const word of words) if (!vocabulary.has(word)) expect.fail(`"${word}" in: ${reply}`);
    }
  });
  it('never tells a detail it was not asked for', async () => {
    const all = requests(strength);
    const replies = await user.reply(all);
    all.forEach(({ task, situation, call }, i) => {
      if (situation.kind === 'answers' && call.content.length > 100) return;
      const { missing } = intention.tasks.test.find(({ id }) => id === task.id)!.hidden;
      for (const { aspect, value } of missing) {
        const asked = call.content.includes(aspect) || call.content.includes(questionFor(aspect));
        if (!asked) expect(` ${replies[i]} `).not.toContain(` ${value} `);
      }
    });
  });
  it('says the same to the same request, alone or in a batch, and varies with the seed', async () => {
    const all = requests(strength, 4);
    const batch = await user.reply(all);
    expect(await user.reply(all)).toEqual(batch);
    expect((await user.reply([all[5]!]))[0]).toBe(batch[5]);
    const answer = all.find(({ situation }) => situation.kind === 'answers')!;
    const seeds = Array.from({ length: 40 }, (_, seed) => ({ ...answer, seed }));
    expect(new Set(await user.reply(seeds)).size).toBeGreaterThan(1);
  });
});

describe('the strengths', () => {
  const task = intention.tasks.test.find(({ hidden }) => hidden.missing.some((d) => d.aspect === 'music'))!;
  const episode = intention.reset(task, { seed: 0, maxTurns: 9 });
  const { situation } = episode.act(call(questionFor('music')));
  const value = task.hidden.missing.find((d) => d.aspect === 'music')!.value;
  const say = async (strength: UserStrength) =>
    new ScriptedUser(strength).reply(
      Array.from({ length: 200 }, (_, seed) => ({
        gym: 'intention',
        task,
        call: call(questionFor('music')),
        situation,
        turn: 0,
        seed,
      })),
    );

  it('helpful answers in full and hints at what is most important', async () => {
    const next = intention.reset(task, { seed: 0, maxTurns: 9 }).act(call(questionFor('music')))
      .situation.next!;
    for (const reply of await say('helpful')) {
      expect(reply).toContain(value);
      expect(reply).toContain('music');
      expect(reply.split(' ')).toContain(next);
      for (const hidden of ASPECTS[next as AspectName].values)
        expect(` ${reply} `).not.toContain(` ${hidden} `);
    }
  });
  it('plain names the aspect, terse only the value', async () => {
    for (const reply of await say('plain')) expect(reply).toMatch(new RegExp(`music.* ${value} \\.$`));
    for (const reply of await say('terse')) expect([value, `${value} .`]).toContain(reply);
  });
  it('noisy is sometimes vague', async () => {
    const vague = (await say('noisy')).filter((reply) => !reply.includes(value)).length / 200;
    expect(vague).toBeGreaterThan(0.04);
    expect(vague).toBeLessThan(0.25);
  });
  it('only noisy misses a question, as often as it says', () => {
    const heard = (strength: UserStrength) =>
      Array.from({ length: 4000 }, (_, seed) =>
        new ScriptedUser(strength).hears(call('x'), seed * 7919),
      ).filter(Boolean).length / 4000;
    for (const strength of ['helpful', 'plain', 'terse'] as const) expect(heard(strength)).toBe(1);
    expect(Math.abs(heard('noisy') - (1 - NOISY_MISS_SHARE))).toBeLessThan(0.025);
  });
  it('refuses situations of another gym', async () => {
    const request = {
      gym: 'intention',
      task,
      call: call(''),
      situation: { kind: 'other' },
      turn: 0,
      seed: 0,
    };
    await expect(new ScriptedUser('plain').reply([request])).rejects.toThrow(/Intention/);
  });
});
