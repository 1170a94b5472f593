import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  ASPECTS,
  ASPECT_NAMES,
  compoundQuestion,
  INQUIRY,
  questionFor,
} from '../../src/gyms/intention/aspects';
import { CATEGORIES, CATEGORY_NAMES, relevantAspects } from '../../src/gyms/intention/categories';
import { intention } from '../../src/gyms/intention';
import { IntentionEpisode, maximumReturn, questionReward } from '../../src/gyms/intention/rules';
import { generateTasks, OPENING_WORDS } from '../../src/gyms/intention/tasks';
import { playDemonstrator } from '../../src/gyms/play';
import { ScriptedUser } from '../../src/users/scripted';
import { holdsAsEveryGym } from '../support/gyms';
import type { AspectName } from '../../src/gyms/intention/aspects';
import type { WishTask } from '../../src/gyms/intention/categories';
import type { Detail, Importance } from '../../src/gyms/intention/types';

const words = (text: string) => text.split(' ');
const ask = (content: string) => ({ choice: 'action' as const, content });
const detail = (aspect: AspectName, importance: Importance): Detail<AspectName> => ({
  aspect,
  importance,
  value: ASPECTS[aspect].values[0],
});
const task = (
  missing: Detail<AspectName>[],
  stated: Detail<AspectName>[] = [detail('place', 2)],
): WishTask => ({
  id: 'by-hand',
  split: 'train',
  opening: 'help me plan a wedding near the lake .',
  hidden: { category: 'wedding', stated, missing },
});

describe('the judge', () => {
  it('knows every canonical question, every name and every pair', () => {
    for (const name of ASPECT_NAMES) {
      expect(INQUIRY.askedIn(questionFor(name))).toEqual([name]);
      expect(INQUIRY.askedIn(`what about the ${name} ?`)).toEqual([name]);
      for (const other of ASPECT_NAMES.filter((n) => n !== name)) {
        expect(INQUIRY.askedIn(compoundQuestion(name, other))).toEqual([name, other]);
        const joined = `${questionFor(name).slice(0, -2)} and ${questionFor(other)}`;
        expect(INQUIRY.askedIn(joined)).toEqual([name, other]);
      }
    }
  });
  it('knows every phrase as its own aspect', () => {
    for (const name of ASPECT_NAMES) {
      for (const phrase of ASPECTS[name].phrases) expect(INQUIRY.askedIn(phrase)).toEqual([name]);
    }
  });
  it.each([
    ['How much money can you spend?', ['budget']],
    ['How big is your budget', ['budget']],
    ['When and where does it take place?', ['date', 'place']],
    ['when do you need it?', ['deadline']],
    ['How many guests, and are there any allergies?', ['group', 'diet']],
    ["Is there anything you don't eat?", ['diet']],
    ['what should we eat and drink?', ['food', 'drink']],
    ['What time of year is it?', ['season']],
    ['How many days, and how do you get there?', ['duration', 'transport']],
    ['What colour, what color, which colours?', ['colour']],
    ['who is it for, and what is it for?', ['age', 'purpose']],
    ['hello there', []],
    ['', []],
    ['?!', []],
  ])('understands a person: %s', (text, expected) => {
    expect(INQUIRY.askedIn(text)).toEqual(expected);
  });
});

describe('the reward of a question', () => {
  it.each([
    [[], 0],
    [[1], 0.4],
    [[2], 0.7],
    [[3], 1],
    [[3, 3], 0.8],
    [[1, 3], 0.8],
    [[2, 1], 0.5],
    [[1, 1], 0.2],
    [[1, 1, 1], 0],
    [[1, 1, 1, 1], 0],
    [[3, 2, 1], 0.6],
    [[2, 2, 2], 0.3],
    [[3, 3, 3, 3, 3], 0.2],
    [[3, 3, 3, 3, 3, 3, 3], 0],
  ] as [Importance[], number][])('%j pays %d', (covered, reward) => {
    expect(questionReward(covered)).toBe(reward);
  });
});

describe('episodes by hand', () => {
  const three = [detail('date', 3), detail('music', 2), detail('diet', 1)];
  const D = 'what date do you have in mind ?';
  const M = 'what kind of music do you like ?';
  const A = 'which diet should we respect ?';
  const P = 'which place do you have in mind ?';
  // missing: date 3, music 2, diet 1; stated: place; turn limit 4
  it.each([
    ['the best order', [D, M, A], [1, 0.7, 0.4], 'success'],
    ['the worst order pays the same', [A, M, D], [0.4, 0.7, 1], 'success'],
    ['two at once', [`${D} and ${M}`, A], [0.8, 0.4], 'success'],
    ['all at once', ['the date , the music and the diet ?'], [0.6], 'success'],
    ['the two lesser ones at once', ['what about the music and the diet ?', D], [0.5, 1], 'success'],
    ['repeating earns nothing', [D, D, M, A], [1, 0, 0.7, 0.4], 'success'],
    ['what the opening said earns nothing', [P, D, M, A], [0, 1, 0.7, 0.4], 'success'],
    [
      'what nobody cares about earns nothing',
      ['which brand do you prefer ?', D, M, A],
      [0, 1, 0.7, 0.4],
      'success',
    ],
    ['the limit cuts', [P, P, P, D], [0, 0, 0, 1], 'limit'],
    ['silence earns nothing', ['', 'hello', D, M], [0, 0, 1, 0.7], 'limit'],
    ['a stated aspect is no extra detail', [`${D} and ${P}`, M, A], [1, 0.7, 0.4], 'success'],
    ['nor is an irrelevant one', ['what about the date and the brand ?', M, A], [1, 0.7, 0.4], 'success'],
    ['nor one found before', [D, `${D} and ${M}`, A], [1, 0.7, 0.4], 'success'],
    ['free typing', ['When?', 'Which songs?', 'Any allergies?'], [1, 0.7, 0.4], 'success'],
    ['success in the last turn is success', [P, D, M, A], [0, 1, 0.7, 0.4], 'success'],
    ['an unfinished conversation goes on', [D, M], [1, 0.7], 'open'],
    ['asked for twice in one breath, it counts once', [`${D} ${D}`, 'the date , the date ?'], [1, 0], 'open'],
    [
      'what is new in a question pays as if it stood alone',
      [M, 'what about the music and the diet ?'],
      [0.7, 0.4],
      'open',
    ],
    ['shouting helps as little as it harms', ['WHEN?!', 'the   MUSIC...'], [1, 0.7], 'open'],
    ['two at once in the last turn', [P, P, A, `${D} and ${M}`], [0, 0, 0.4, 0.8], 'success'],
    ['found in the last turn but not all', [P, P, D, M], [0, 0, 1, 0.7], 'limit'],
  ] as const)('%s', (_, questions, rewards, ending) => {
    const episode = intention.reset(task(three), { seed: 0, maxTurns: 4 });
    const judgements = questions.map((question) => episode.act(ask(question)));
    expect(judgements.map((j) => j.reward)).toEqual(rewards);
    const last = judgements.at(-1)!;
    expect([last.terminated, last.success]).toEqual([ending === 'success', ending === 'success']);
    expect(last.truncated).toBe(ending === 'limit');
    expect(episode.over).toBe(ending !== 'open');
    expect(judgements.slice(0, -1).some((j) => j.terminated || j.truncated || j.success)).toBe(false);
  });

  // What is missing, by importance; every question names some of it. Turn limit 4.
  const names: AspectName[] = ['date', 'music', 'diet', 'budget', 'drink', 'transport'];
  it.each([
    ['a single detail ends it', [1], [[0]], [0.4], 'success'],
    ['two of the greatest, one by one', [3, 3], [[0], [1]], [1, 1], 'success'],
    ['two of the greatest at once', [3, 3], [[0, 1]], [0.8], 'success'],
    ['two of the middle at once', [2, 2], [[1, 0]], [0.5], 'success'],
    ['two of the least at once', [1, 1], [[0, 1]], [0.2], 'success'],
    [
      'three of the least at once pay nothing and are spent',
      [1, 1, 1, 2],
      [[0, 1, 2], [0], [3]],
      [0, 0, 0.7],
      'success',
    ],
    ['five at once', [3, 1, 1, 2, 2], [[0, 1, 2, 3, 4]], [0.2], 'success'],
    [
      'six at once pay nothing, and there is nothing left',
      [3, 3, 3, 3, 3, 3],
      [[0, 1, 2, 3, 4, 5]],
      [0],
      'success',
    ],
    ['the greatest may stand last', [1, 2, 3], [[0, 1, 2]], [0.6], 'success'],
    ['more details than turns', [3, 2, 2, 1, 1], [[0], [1], [2], [3]], [1, 0.7, 0.7, 0.4], 'limit'],
    [
      'so two at once may pay after all',
      [3, 2, 2, 1, 1],
      [[0], [1], [2], [3, 4]],
      [1, 0.7, 0.7, 0.2],
      'success',
    ],
  ] as [string, Importance[], number[][], number[], string][])(
    'with other details missing: %s',
    (_, levels, questions, rewards, ending) => {
      const missing = levels.map((importance, i) => detail(names[i]!, importance));
      const episode = intention.reset(task(missing), { seed: 0, maxTurns: 4 });
      const judgements = questions.map((asked) =>
        episode.act(ask(`what about ${asked.map((i) => `the ${names[i]}`).join(' , ')} ?`)),
      );
      expect(judgements.map((j) => j.reward)).toEqual(rewards);
      expect(judgements.at(-1)).toMatchObject({
        terminated: ending === 'success',
        success: ending === 'success',
        truncated: ending === 'limit',
      });
    },
  );

  it('spends the turn when the user did not hear', () => {
    const episode = intention.reset(task(three), { seed: 0, maxTurns: 2 });
    const first = episode.act(ask(D), false);
    expect(first).toMatchObject({ reward: 0, situation: { kind: 'not-heard', next: 'date' } });
    expect(first.events).toEqual([{ name: 'not-heard' }]);
    expect(episode.act(ask(D))).toMatchObject({ reward: 1, truncated: true });
  });
  it('treats every operation as an utterance', () => {
    for (const choice of ['action', 'search', 'answer'] as const) {
      const episode = intention.reset(task(three), { seed: 0, maxTurns: 2 });
      expect(episode.act({ choice, content: D }).reward).toBe(1);
    }
  });
  it('refuses to go on after the end', () => {
    const episode = intention.reset(task([detail('date', 3)]), { seed: 0, maxTurns: 4 });
    episode.act(ask(D));
    expect(() => episode.act(ask(D))).toThrow(/over/);
  });
  it('names what happened', () => {
    const episode = intention.reset(task(three), { seed: 0, maxTurns: 9 });
    expect(episode.act(ask(`${D} and ${M}`)).events).toEqual([
      { name: 'found', subject: 'date' },
      { name: 'found', subject: 'music' },
      { name: 'several-at-once' },
    ]);
    expect(episode.act(ask(`${D} and ${P}`)).events).toEqual([
      { name: 'repeated', subject: 'date' },
      { name: 'repeated', subject: 'place' },
    ]);
    expect(episode.act(ask('which brand do you prefer ?')).events).toEqual([
      { name: 'irrelevant', subject: 'brand' },
    ]);
    expect(episode.act(ask('hello')).events).toEqual([{ name: 'nothing-asked' }]);
  });
  it('shows what is hidden, by weight', () => {
    const episode = intention.reset(task(three), { seed: 0, maxTurns: 9 });
    episode.act(ask(M));
    const facts = episode.hiddenFacts();
    expect(facts.map((f) => [f.label, f.found])).toEqual([
      ['date', false],
      ['music', true],
      ['diet', false],
    ]);
    expect(facts.map((f) => f.weight)).toEqual(
      [1 / 2.1, 0.7 / 2.1, 0.4 / 2.1].map((w) => expect.closeTo(w, 9)),
    );
  });
  it('knows the most that can be earned', () => {
    expect(maximumReturn(three, 6)).toBe(2.1);
    expect(maximumReturn(three, 2)).toBe(1.7);
    expect(maximumReturn(three, 1)).toBe(1);
    expect(intention.maximumReturn(task(three), 3)).toBe(2.1);
  });
});

holdsAsEveryGym({
  gym: intention,
  contents: () =>
    fc.oneof(
      fc.constantFrom(...ASPECT_NAMES.map(questionFor)),
      fc
        .array(fc.constantFrom<string>(...ASPECT_NAMES), { maxLength: 5 })
        .map((names) => names.join(' and ')),
    ),
  secrets: ({ hidden: { missing } }, turns) => {
    const asked = turns.flatMap(({ call }) => INQUIRY.askedIn(call.content));
    return missing.filter(({ aspect }) => !asked.includes(aspect)).map(({ value }) => value);
  },
  newWords: 0,
});

describe('the best return, against every way to ask', () => {
  it('is never beaten by any sequence of sets of questions', () => {
    const aspects: AspectName[] = ['date', 'music', 'diet', 'budget'];
    const subsets = Array.from({ length: 15 }, (_, s) => aspects.filter((_, i) => (s + 1) & (1 << i)));
    const importance = fc.constantFrom<Importance>(1, 2, 3);
    fc.assert(
      fc.property(fc.tuple(importance, importance, importance, importance), (levels) => {
        const missing = aspects.map((aspect, i) => detail(aspect, levels[i]!));
        let best = 0;
        for (const first of subsets) {
          for (const second of subsets) {
            const episode = new IntentionEpisode(task(missing), { seed: 0, maxTurns: 2 }, INQUIRY);
            let sum = 0;
            for (const set of [first, second])
              if (!episode.over) sum += episode.act(ask(set.join(' '))).reward;
            best = Math.max(best, sum);
          }
        }
        expect(best).toBeCloseTo(maximumReturn(missing, 2), 9);
      }),
      { numRuns: 30 },
    );
  });
});

describe('the world', () => {
  it('has 24 aspects and 12 categories of 8 relevant ones', () => {
    expect(ASPECT_NAMES).toHaveLength(24);
    expect(CATEGORY_NAMES).toHaveLength(12);
    const used = new Set(CATEGORY_NAMES.flatMap((name) => relevantAspects(name).map(([aspect]) => aspect)));
    for (const name of CATEGORY_NAMES) expect(Object.keys(CATEGORIES[name].relevant)).toHaveLength(8);
    expect(used.size).toBe(24);
  });
  it('keeps questions and values short and values apart', () => {
    const values = ASPECT_NAMES.flatMap((name) => [...ASPECTS[name].values]);
    expect(new Set(values).size).toBe(values.length);
    for (const name of ASPECT_NAMES) {
      const { question } = ASPECTS[name];
      expect(question).toMatch(/^[a-z]+( [a-z]+)* \?$/);
      expect(words(question).length).toBeGreaterThanOrEqual(5);
      expect(words(question).length).toBeLessThanOrEqual(9);
      expect(ASPECTS[name].values.length).toBeGreaterThanOrEqual(4);
      for (const value of ASPECTS[name].values) expect(words(value).length).toBeLessThanOrEqual(3);
      for (const told of ASPECTS[name].told) expect(` ${told} `).toContain(' * ');
      for (const other of ASPECT_NAMES)
        expect(words(compoundQuestion(name, other)).length).toBeLessThanOrEqual(9);
    }
    for (const a of values) for (const b of values) if (a !== b) expect(` ${b} `).not.toContain(` ${a} `);
  });
});

describe('the tasks', () => {
  const { train, test } = intention.tasks;
  it('are 2880 and 96, always the same, and apart', () => {
    expect([train.length, test.length]).toEqual([2880, 96]);
    expect(generateTasks()).toEqual({ train, test });
    const key = ({ hidden: { category, stated, missing } }: WishTask) =>
      JSON.stringify([category, stated.map((d) => d.aspect).sort(), missing.map((d) => d.aspect).sort()]);
    expect(new Set([...train, ...test].map(key)).size).toBe(2976);
    expect(new Set([...train, ...test].map((t) => t.id)).size).toBe(2976);
  });
  it('are made quickly', () => {
    // Time of the processor, and the best of three: a busy machine must not fail this.
    const milliseconds = Array.from({ length: 3 }, () => {
      const start = process.cpuUsage();
      generateTasks();
      const { user, system } = process.cpuUsage(start);
      return (user + system) / 1000;
    });
    expect(Math.min(...milliseconds)).toBeLessThan(100);
  });
  it('state 2 or 3 details, miss 3 to 5, and never tell a missing one', () => {
    for (const { opening, hidden, split } of [...train, ...test]) {
      expect([2, 3]).toContain(hidden.stated.length);
      expect([3, 4, 5]).toContain(hidden.missing.length);
      expect(words(opening).length).toBeLessThanOrEqual(OPENING_WORDS);
      expect(opening).toMatch(/^[a-z.,: ]+ \.$/);
      expect(opening).not.toContain('  ');
      for (const { value } of hidden.stated) expect(` ${opening} `).toContain(` ${value} `);
      for (const { value } of hidden.missing) expect(` ${opening} `).not.toContain(` ${value} `);
      expect(['train', 'test']).toContain(split);
    }
  });
  it('cover every category and mostly keep its importance', () => {
    for (const split of [train, test]) {
      expect(new Set(split.map((t) => t.hidden.category)).size).toBe(12);
    }
    const pairs = train.flatMap(({ hidden }) =>
      hidden.missing.map((d) => d.importance === new Map(relevantAspects(hidden.category)).get(d.aspect)),
    );
    const kept = pairs.filter(Boolean).length / pairs.length;
    expect(kept).toBeGreaterThan(0.8);
    expect(kept).toBeLessThan(0.9);
  });
});

describe('the players', () => {
  it('of the noisy kind never ask what was stated, and sometimes for two things at once', async () => {
    let [turns, stated, compounds] = [0, 0, 0];
    for (const [i, task] of intention.tasks.train.slice(0, 960).entries()) {
      const options = { seed: i, maxTurns: 6 };
      const played = await playDemonstrator(intention, task, 'noisy', new ScriptedUser('plain'), options);
      expect(played.turns[0]?.call).not.toBeNull();
      for (const { call } of played.turns) {
        if (!call) continue;
        const aspects = INQUIRY.askedIn(call.content);
        expect(aspects.length).toBeGreaterThan(0);
        turns += 1;
        compounds += aspects.length > 1 ? 1 : 0;
        stated += aspects.some((a) => task.hidden.stated.some((d) => d.aspect === a)) ? 1 : 0;
      }
    }
    expect(stated).toBe(0);
    expect(compounds / turns).toBeGreaterThan(0.015);
    expect(compounds / turns).toBeLessThan(0.04);
  });
  it.each([1, 3, 6])('of the oracle kind get all that %d turns allow', async (maxTurns) => {
    for (const [i, task] of intention.tasks.test.entries()) {
      const user = new ScriptedUser('plain');
      const played = await playDemonstrator(intention, task, 'oracle', user, { seed: i, maxTurns });
      expect(played.reward).toBeCloseTo(intention.maximumReturn(task, maxTurns), 9);
      expect(played.success).toBe(task.hidden.missing.length <= maxTurns);
    }
  });
});
