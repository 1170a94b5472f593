/** What the page makes of conversations one is the user of: texts, the tally, and the store against a scripted engine. */
import { describe, expect, it, vi } from 'vitest';
import { Controller } from '../../src/app/controller';
import { tally } from '../../src/app/talk/tally';
import {
  additionText,
  advice,
  completions,
  endText,
  meaningNote,
  partIn,
  quickReplies,
} from '../../src/app/talk/texts';
import type { Meaning } from '../../src/gyms/hearing';
import { GYM_NAMES, OWN } from '../../src/gyms/options';
import type { ConversationView } from '../../src/runs/conversation';
import { DEFAULT_SETTINGS } from '../../src/runs/settings';
import { EngineClient } from '../../src/worker/client';
import { FakeEngine } from './fake/engine';

const ended = (gym: string, mine: number, scripted: number | null): ConversationView => {
  const score = (value: number) => ({
    end: value === 1 ? ('success' as const) : ('turn-limit' as const),
    success: value === 1,
    reward: 2 * value,
    score: value,
  });
  return {
    id: 1,
    gym,
    task: `${gym}/train-0001`,
    level: 'easy',
    from: 'policy',
    step: 0,
    seed: 0,
    maxTurns: 8,
    most: 2,
    watchOnly: scripted === null,
    role: '',
    opening: '',
    turns: [],
    hidden: [],
    waitsFor: null,
    words: [],
    ended: {
      ...score(mine),
      scripted: scripted === null ? null : { ...score(scripted), user: 'plain', turns: [] },
    },
  };
};

describe('the tally', () => {
  it('averages each gym over its pairs', () => {
    const rows = tally([
      ended('telepathy', 1, 0),
      ended('turtle', 0.5, 1),
      ended('telepathy', 0.5, 0),
      ended('search', 1, null),
    ]);
    expect(rows).toEqual([
      {
        gym: 'telepathy',
        conversations: 2,
        mine: { score: 0.75, success: 0.5 },
        scripted: { score: 0, success: 0 },
      },
      {
        gym: 'turtle',
        conversations: 1,
        mine: { score: 0.5, success: 0 },
        scripted: { score: 1, success: 1 },
      },
    ]);
  });
});

describe('the texts', () => {
  const suggestions = [
    { user: 'terse', text: 'yes .' },
    { user: 'plain', text: 'yes , it can fly .' },
    { user: 'helpful', text: 'yes .' },
  ] as const;
  it('offers each quick reply once, with all who say it', () => {
    expect(quickReplies(suggestions)).toEqual([
      { text: 'yes .', label: 'Terse, Helpful' },
      { text: 'yes , it can fly .', label: 'Plain' },
    ]);
  });
  it('says what words do that are not what the rules say, and nothing of others', () => {
    expect(meaningNote('contradicts', suggestions)).toMatch(/“Yes, it can fly.” .* misled/);
    expect(meaningNote('withholds', suggestions)).toMatch(/will not know/);
    expect(meaningNote('gives-away', suggestions)).toMatch(/more than was asked/);
    expect([meaningNote('agrees', suggestions), meaningNote(null, suggestions)]).toEqual(['', '']);
  });
  it.each([
    ['I like tr', ['I like train', 'I like trees']],
    ['Tr', ['train', 'trees']],
    ['well, tra', ['well, train']],
    ['train', []],
    ['train ', []],
    ['', []],
    ['3', []],
  ])('completes %j by words the policy knows', (typed, expected) => {
    expect(completions(typed, ['trees', 'train', 'a', 'budget'])).toEqual(expected);
  });
  it('says how many rollouts make the group', () => {
    const at = { added: true, task: 't' } as const;
    expect(additionText({ ...at, person: 1, scripted: 7 })).toMatch(/^Your attempt and 7 with/);
    expect(additionText({ ...at, person: 2, scripted: 0 })).toMatch(/^Your 2 attempts will be/);
  });
  it('tells a dead end from the turn limit', () => {
    const view = ended('tau', 0, 0);
    expect(endText(view)).toBe('Over, and not solved.');
    expect(endText({ ...view, maxTurns: 0 })).toBe('Ran out of turns.');
    expect(endText(ended('tau', 1, 0))).toBe('Solved.');
    expect(endText({ ...view, ended: null })).toBe('');
  });
});

describe('what to do next', () => {
  const answering = (mine: number, scripted: number, ...replies: [string, Meaning][]): ConversationView => ({
    ...ended('turtle', mine, scripted),
    turns: replies.map(([reply, meaning]) => ({
      choice: 'action',
      content: 'is he a dog ?',
      reward: 0,
      events: [],
      explanation: '',
      by: 'person',
      reply,
      meaning,
      suggestions: [{ user: 'plain', text: 'no .' }],
    })),
  });
  it.each<[string, ConversationView, RegExp]>([
    ['nobody is asked', ended('search', 1, null), /Nobody is asked/],
    ['it asked nothing', ended('travel', 1, 1), /before it asked you anything/],
    [
      'the script was copied',
      answering(0.5, 0.5, ['no .', 'agrees']),
      /word for word.*plain|plain.*word for word/,
    ],
    ['it went better', answering(1, 0.5, ['not at all .', 'agrees']), /further with you.* 50.%.*Add it/],
    ['it went as well', answering(0.5, 0.5, ['not at all .', 'agrees']), /as far with you/],
    [
      'it went worse by chance',
      answering(0, 0.5, ['nope .', 'agrees']),
      /50.% of what the task pays\. Compare/,
    ],
    ['it was misled', answering(0, 0.5, ['yes .', 'contradicts']), /One answer of yours misled/],
    [
      'it was misled and left alone',
      answering(0, 0.5, ['yes .', 'contradicts'], ['hm .', 'withholds'], ['no .', 'agrees']),
      /2 answers of yours misled/,
    ],
  ])('where %s', (_, view, expected) => {
    expect(advice(view)).toMatch(expected);
  });
  it('is not said while the conversation goes on', () => {
    expect(advice({ ...ended('turtle', 1, 1), ended: null })).toBe('');
  });
  it.each([...GYM_NAMES, OWN])('says in %s what a person does there', (gym) => {
    expect(partIn(gym)).toMatch(/^(You|There is nobody)/);
  });
  it('says nothing of a gym it does not know', () => {
    expect(partIn('constructor')).toBe('');
  });
});

describe('the controls', () => {
  function page() {
    const client = new EngineClient(() => new FakeEngine({ stepMs: 4, openMs: 2 }));
    const controller = new Controller(client, DEFAULT_SETTINGS, 'auto', () => {});
    return { client, controller };
  }
  const request = { gym: 'intention', seed: 3, from: 'policy' } as const;

  it('opens a run for a conversation, plays it to its end and has a step learn from it', async () => {
    const { controller } = page();
    const outcome = await controller.converse(request);
    expect(controller.state).toMatchObject({ work: null, failure: null });
    let view = outcome.kind === 'completed' ? outcome.value : null;
    while (view?.waitsFor) {
      expect(view.waitsFor).toBe('person');
      const next = await controller.say(view.id, view.turns.at(-1)!.suggestions[0]!.text);
      if (next.kind !== 'completed' || !next.value) throw new Error(next.kind);
      view = next.value;
    }
    expect(view!.ended!.scripted).not.toBeNull();
    expect(await controller.addToTraining([view!.id])).toMatchObject({
      kind: 'completed',
      value: { added: true, person: 1, scripted: DEFAULT_SETTINGS.groupSize - 1 },
    });
    await controller.train(1);
    expect(controller.state.last?.rollouts_with_person).toBe(1);
    await controller.train(1);
    expect(controller.state.last?.rollouts_with_person).toBe(0);
  });

  it('does not begin while something else is going on, and says so', async () => {
    const { controller } = page();
    await controller.open();
    const training = controller.train(null);
    await vi.waitFor(() => expect(controller.state.step).toBeGreaterThan(0));
    expect(await controller.converse(request)).toEqual({ kind: 'aborted' });
    await controller.pause();
    await training;
    expect((await controller.converse(request)).kind).toBe('completed');
  });

  it('loses its conversation with a reset', async () => {
    const { controller } = page();
    const begun = await controller.converse(request);
    if (begun.kind !== 'completed') throw new Error(begun.kind);
    const { id } = begun.value;
    expect(await controller.hear(id, 'hello there')).toMatchObject({
      kind: 'completed',
      value: { meaning: 'withholds' },
    });
    await controller.reset();
    expect(await controller.say(id, 'hello')).toEqual({ kind: 'completed', value: null });
    expect(await controller.hear(id, 'hello')).toEqual({ kind: 'completed', value: null });
    expect(await controller.addToTraining([id])).toMatchObject({ value: { added: false } });
  });
});
