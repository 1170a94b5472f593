/** Conversations with a person in the place of the user, played without a model (test/support/talking.ts). */
import { describe, expect, it } from 'vitest';
import { GYM_NAMES } from '../../src/gyms/options';
import { GYMS } from '../../src/gyms/registry';
import type { Task } from '../../src/gyms/types';
import type { ConversationView } from '../../src/runs/conversation';
import { USER_STRENGTHS } from '../../src/users/types';
import { talkWith } from '../support/talking';

const plainTask = (name: (typeof GYM_NAMES)[number], i = 0): Task => GYMS[name].gym.tasks.train[i]!;

/** Says to the end what `words` makes of every turn. */
async function toTheEnd(
  talk: ReturnType<typeof talkWith>,
  words: (view: ConversationView) => string,
): Promise<ConversationView> {
  let view = await talk.conversation.begin();
  while (view.waitsFor) view = await talk.conversation.say(words(view));
  return view;
}
const asScripted = (view: ConversationView): string => view.turns.at(-1)!.suggestions[0]!.text;

describe('a conversation with a person', () => {
  it('waits after every turn and shows what one needs to answer it', async () => {
    const task = plainTask('intention');
    const { conversation, open } = talkWith('intention', task, 'oracle');
    const view = await conversation.begin();
    expect(view).toMatchObject({
      gym: 'intention',
      task: task.id,
      opening: task.opening,
      level: task.level,
      waitsFor: 'person',
      ended: null,
      watchOnly: false,
    });
    expect(view.role).toMatch(/^You want to /);
    expect(view.hidden.filter(({ found }) => found)).toHaveLength(1);
    const [turn] = view.turns;
    expect(turn).toMatchObject({ choice: 'action', reward: 1, by: null, reply: '', meaning: null });
    expect(turn!.events).toEqual([{ name: 'found', subject: expect.any(String) as string }]);
    expect(turn!.suggestions.map(({ user }) => user)).toEqual(['plain', 'helpful', 'terse', 'noisy']);
    expect(view.words).toContain('budget');
    expect(view.words).not.toContain(',');
    expect(open()).toBe(1);
    const next = await conversation.say("It's a SURPRISE!");
    expect(next.turns).toHaveLength(2);
    expect(next.turns[0]).toMatchObject({ by: 'person', reply: 'it is a surprise .', meaning: 'withholds' });
    // What was seen before has not changed under the reader's eyes.
    expect(view.turns).toHaveLength(1);
    expect(view.turns[0]!.reply).toBe('');
  });

  it('feeds the policy what the person said, unknown words as such', async () => {
    const { conversation, fed } = talkWith('intention', plainTask('intention'), 'oracle');
    await conversation.begin();
    await conversation.say('my flumph is fifty euros');
    expect(fed[0]![1]).toBe('<end> <user> my <unk> is fifty euros <end> <agent>');
  });

  it.each(GYM_NAMES)('is the scripted one in %s where the person says what the script says', async (name) => {
    for (const kind of ['oracle', 'noisy'] as const) {
      for (let i = 0; i < 6; i++) {
        const talk = talkWith(name, plainTask(name, i), kind);
        const { ended, turns, watchOnly } = await toTheEnd(talk, asScripted);
        expect(talk.open()).toBe(0);
        expect(talk.released()).toBe(1);
        if (watchOnly) {
          expect(ended!.scripted).toBeNull();
          continue;
        }
        const { scripted, ...score } = ended!;
        expect(scripted).toMatchObject({ ...score, user: 'plain' });
        expect(scripted!.turns.map(({ content, reward }) => [content, reward])).toEqual(
          turns.map(({ content, reward }) => [content, reward]),
        );
        // All but the last reply, to which nobody listens.
        expect(scripted!.turns.slice(0, -1).map(({ reply }) => reply)).toEqual(
          turns.slice(0, -1).map(({ reply }) => reply),
        );
        expect(turns.every(({ meaning }) => meaning === null || meaning === 'agrees')).toBe(true);
      }
    }
  });

  it('ends by itself, scored by the rules and not by what was said', async () => {
    const task = plainTask('telepathy', 3);
    const talk = talkWith('telepathy', task, 'oracle');
    const view = await toTheEnd(talk, () => 'no');
    expect(view.ended!.reward).toBe(view.turns.reduce((sum, { reward }) => sum + reward, 0));
    expect(view.waitsFor).toBeNull();
    const { trajectory } = talk.conversation;
    expect(trajectory).toMatchObject({ withPerson: true, task });
    // The oracle reads the truth from the rules, so it wins all the same; a policy would have been misled.
    expect(view.turns.some(({ meaning }) => meaning === 'contradicts')).toBe(true);
    expect(view.ended).toMatchObject({ success: true, score: 1 });
    expect(trajectory!.turns.map(({ feedback }) => feedback)).toEqual(view.turns.map(({ reply }) => reply));
  });

  it('lets tools answer for themselves, and asks the person what is for the customer', async () => {
    const talk = talkWith('tau', plainTask('tau', 2), 'oracle');
    const view = await toTheEnd(talk, asScripted);
    const who = view.turns.map(({ by, choice }) => `${choice} ${by}`);
    expect(who).toContain('answer machine');
    expect(who).toContain('action person');
    expect(who).not.toContain('answer person');
  });

  it('stops at every turn of a gym in which one can only watch', async () => {
    const { conversation } = talkWith('search', plainTask('search'), 'oracle');
    const first = await conversation.begin();
    expect(first).toMatchObject({ watchOnly: true, waitsFor: 'machine' });
    const second = await conversation.say('nobody hears this');
    expect(second.turns[0]).toMatchObject({ by: 'machine', reply: first.turns[0]!.suggestions[0]!.text });
    expect(second.turns[0]!.meaning).toBeNull();
  });

  it('shows a turn that was no call, and ends with it', async () => {
    const views = [];
    for (let seed = 0; seed < 20; seed++)
      views.push(
        await toTheEnd(talkWith('intention', plainTask('intention'), 'noisy', {}, { seed }), asScripted),
      );
    const given = views.filter(({ ended }) => ended!.end === 'plain-text');
    expect(given.length).toBeGreaterThan(0);
    for (const { turns, ended } of given) {
      expect(turns.at(-1)).toMatchObject({ choice: null, explanation: '', suggestions: [], by: null });
      expect(ended!.success).toBe(false);
    }
  });

  it('says what words would be before they are said', async () => {
    const { conversation } = talkWith('intention', plainTask('intention'), 'oracle');
    expect(conversation.hear('hello')).toBeNull();
    await conversation.begin();
    const heard = conversation.hear('My flumph, I guess')!;
    expect(heard).toMatchObject({ tooMany: 0, meaning: 'withholds' });
    expect(heard.words.map(({ text, known }) => (known ? text : `<${text}>`)).join(' ')).toBe(
      'my <flumph> , i guess',
    );
    expect(conversation.hear(new Array(30).fill('well').join(' '))!.tooMany).toBe(6);
    expect(conversation.hear(' ')!.words).toEqual([]);
  });

  it('can be left at any time, and holds nothing then', async () => {
    const talk = talkWith('intention', plainTask('intention'), 'oracle');
    const view = await talk.conversation.begin();
    expect([talk.open(), talk.released()]).toEqual([1, 0]);
    await talk.conversation.leave();
    expect([talk.open(), talk.released()]).toEqual([0, 1]);
    expect(talk.conversation.trajectory).toBeUndefined();
    await expect(talk.conversation.say(asScripted(view))).rejects.toThrow('does not wait');
  });

  it('suggests what the user of the run would say first', async () => {
    for (const userStrength of USER_STRENGTHS) {
      const { conversation } = talkWith('telepathy', plainTask('telepathy'), 'oracle', { userStrength });
      const { turns } = await conversation.begin();
      expect(turns[0]!.suggestions[0]!.user).toBe(userStrength);
      await conversation.leave();
    }
  });
});
