import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createTurtle, turtle } from '../../src/gyms/turtle';
import { claimsIn, valuesIn } from '../../src/gyms/turtle/match';
import { storyScore } from '../../src/gyms/turtle/rules';
import { storyKey } from '../../src/gyms/turtle/tasks';
import { turtleWording } from '../../src/gyms/turtle/wording';
import {
  FAMILIES,
  FAMILY_NAMES,
  SCENE_NAMES,
  VALUES,
  VALUE_NAMES,
  possibleValues,
  questionFor,
  slotsOf,
  statementOf,
  storyAnswer,
  type ValueName,
} from '../../src/gyms/turtle/world';
import { splitWords } from '../../src/gyms/text';
import { Random } from '../../src/random';
import { holdsAsEveryGym, MANNERS, playByHand } from '../support/gyms';
import type { Criterion, TurtleSituation, TurtleTask } from '../../src/gyms/turtle/types';
import type { ToolCall } from '../../src/gyms/types';

const stories = ['who', 'where', 'why'].map((slot) =>
  fc.constantFrom(...VALUE_NAMES.filter((name) => VALUES[name].slot === slot)),
);
/** "ship" of "on a ship". */
const nounOf = (value: ValueName) => VALUES[value].phrase.split(' ').at(-1)!;

holdsAsEveryGym({
  gym: turtle,
  contents: () =>
    fc.oneof(
      fc.constantFrom(...VALUE_NAMES.map(questionFor)),
      fc.tuple(...stories).map(([who, where, why]) => storyAnswer({ who, where, why })),
      fc.tuple(...stories).map(([who, , why]) => storyAnswer({ who, why })),
      fc.constantFrom('is he an animal ?', 'a dog or a horse', 'a danger', 'is it in a story ?'),
    ),
  secrets: ({ hidden: { criteria } }, turns) => {
    const said = turns.flatMap(({ call }) => splitWords(call.content));
    return criteria.map(({ value }) => nounOf(value)).filter((noun) => !said.includes(noun));
  },
  newWords: 58,
});

const dogs: TurtleTask = {
  id: 'by-hand',
  split: 'train',
  opening: 'the light . someone runs from the light . who , where and why ?',
  hidden: {
    scene: 'light',
    criteria: [
      { slot: 'who', value: 'dog', weight: 0.5 },
      { slot: 'where', value: 'ship', weight: 0.3 },
      { slot: 'why', value: 'fire', weight: 0.2 },
    ],
  },
};
const ask = (content: string): ToolCall => ({ choice: 'action', content });
const tell = (content: string): ToolCall => ({ choice: 'answer', content });

describe('the score of an account', () => {
  const { criteria } = dogs.hidden;
  it.each([
    [['dog', 'ship', 'fire'], 1],
    [['dog'], 0.5],
    [['ship'], 0.3],
    [['fire'], 0.2],
    [['dog', 'fire'], 0.7],
    [['horse', 'ship', 'fire'], 0.75],
    [['horse', 'lake', 'storm'], 0.5],
    [['horse'], 0.25],
    [['clown', 'film', 'hunger'], 0],
    [['dog', 'horse', 'ship'], 0.3],
    [[], 0],
  ] as const)('%j is worth %d', (said, score) => {
    expect(storyScore(criteria as readonly Criterion[], said)).toBe(score);
  });
  it('is what it is on paper, whatever the order of the weights', () => {
    const weights = [0.3, 0.5, 0.2];
    const dealt = criteria.map((criterion, i) => ({ ...criterion, weight: weights[i]! }));
    expect(storyScore(dealt, ['horse', 'ship', 'fire'])).toBe(0.85);
    expect(storyScore(dealt, ['horse', 'ship', 'storm'])).toBe(0.75);
  });
});

describe('episodes by hand', () => {
  const ALL = tell('a dog on a ship because of a fire .');
  // A dog (.5) on a ship (.3) because of a fire (.2). Limit: 4 turns.
  it.each([
    ['all at once', [ALL], [1], 'success'],
    ['questions earn nothing', [ask('is he a dog ?'), ask('is it on a ship ?')], [0, 0], 'open'],
    ['a question, then the story', [ask('is he a dog ?'), ALL], [0, 1], 'success'],
    [
      'part by part, each with what was said',
      [tell('a dog .'), tell('a dog on a ship .'), ALL],
      [0.5, 0.3, 0.2],
      'success',
    ],
    [
      'only the gain over the best is paid',
      [tell('a dog .'), tell('on a ship .'), ALL],
      [0.5, 0, 0.5],
      'success',
    ],
    [
      'the same again is no gain',
      [tell('a dog .'), tell('a dog .'), tell('because of a fire .')],
      [0.5, 0, 0],
      'open',
    ],
    ['close is half', [tell('a horse on a lake because of a storm .'), ALL], [0.5, 0.5], 'success'],
    ['half of the least is missing', [tell('a dog on a ship because of a storm .')], [0.9], 'open'],
    ['close in one', [tell('a horse on a ship because of a fire .')], [0.75], 'open'],
    [
      'worse after better pays nothing',
      [tell('a dog on a ship .'), tell('a clown on a ship .')],
      [0.8, 0],
      'open',
    ],
    ['all wrong', [tell('a clown in a film because of hunger .')], [0], 'open'],
    ['a list of everyone covers nobody', [tell('a dog , a horse , a clown on a ship .')], [0.3], 'open'],
    ['a denial says nothing', [tell('he is not a dog , and it is on a ship .')], [0.3], 'open'],
    ['no story at all', [tell('i do not know .'), tell('')], [0, 0], 'open'],
    ['a family is no criterion', [tell('an animal in danger at sea')], [0], 'open'],
    ['free typing', [tell('The puppy was on a BOAT, and it was burning!')], [1], 'success'],
    ['the story told as a question pays nothing', [ask('a dog on a ship because of a fire ?')], [0], 'open'],
    ['a search is a question', [{ choice: 'search', content: 'is he a dog ?' }], [0], 'open'],
    ['success in the last turn is success', [ask('a'), ask('b'), ask('c'), ALL], [0, 0, 0, 1], 'success'],
    [
      'the limit cuts',
      [ask('a'), ask('b'), tell('a dog .'), tell('a dog on a ship .')],
      [0, 0, 0.5, 0.3],
      'limit',
    ],
    [
      'a worse account does not lower the best',
      [tell('a dog on a ship .'), tell('a clown .'), ALL],
      [0.8, 0, 0.2],
      'success',
    ],
    [
      'all close, then most of it right',
      [tell('a horse on a lake because of a storm .'), tell('a dog on a ship .')],
      [0.5, 0.3],
      'open',
    ],
    [
      'two for one criterion leave the others',
      [tell('a dog and a horse because of a fire .')],
      [0.2],
      'open',
    ],
    ['even if both are close', [tell('a lake and a ship because of a storm')], [0.1], 'open'],
    ['the same value in two words is one', [tell('a dog , a puppy , on a boat , a ship')], [0.8], 'open'],
    ['order and case are free', [tell('FIRE! On the Ship. With a DOG?')], [1], 'success'],
    ['asking does not raise the best score', [ask('is he a dog ?'), tell('a dog .')], [0, 0.5], 'open'],
    [
      'all but one told again and again',
      [tell('on a ship because of a fire'), tell('a dog'), tell('a dog on a ship')],
      [0.5, 0, 0.3],
      'open',
    ],
    ['two steps of close and right', [tell('a horse .'), tell('a dog .')], [0.25, 0.25], 'open'],
  ] as [string, ToolCall[], number[], string][])('%s', (_, calls, rewards, ending) => {
    const episode = turtle.reset(dogs, { seed: 0, maxTurns: 4 });
    const judgements = calls.map((call) => episode.act(call));
    expect(judgements.map((j) => j.reward)).toEqual(rewards);
    const last = judgements.at(-1)!;
    expect([last.terminated, last.success]).toEqual([ending === 'success', ending === 'success']);
    expect(last.truncated).toBe(ending === 'limit');
    expect(episode.over).toBe(ending !== 'open');
  });

  it('has no criterion for the place where the story has none', () => {
    const criteria: Criterion[] = [
      { slot: 'who', value: 'doll', weight: 0.4 },
      { slot: 'why', value: 'wedding', weight: 0.6 },
    ];
    const calls = [
      'answer a robot on a ship because of a birthday .',
      'answer a robot in a film because of a wedding .',
      'answer a doll because of a wedding .',
    ];
    const short = { ...dogs, hidden: { scene: 'window' as const, criteria } };
    const { judgements } = playByHand(turtle, short, calls);
    expect(judgements.map((j) => j.reward)).toEqual([0.5, 0.3, 0.2]);
    expect(judgements.map((j) => j.success)).toEqual([false, false, true]);
    expect(playByHand(turtle, short, ['action is it on a ship ?']).judgements[0]!.situation.truth).toBe('no');
  });
  it('has a most to earn of 1, which takes a turn', () => {
    expect([0, 1, 16].map((turns) => turtle.maximumReturn(dogs, turns))).toEqual([0, 1, 1]);
  });
  it('spends the turn on an account that was not heard, and owes nothing for it', () => {
    const episode = turtle.reset(dogs, { seed: 0, maxTurns: 2 });
    expect(episode.act(ALL, false)).toMatchObject({ reward: 0, terminated: false, truncated: false });
    expect(episode.act(ALL)).toMatchObject({ reward: 1, terminated: true, truncated: false });
  });
  it('lets a helpful user point only at what follows from the replies', () => {
    const stories = SCENE_NAMES.flatMap((scene) =>
      turtle.tasks.train.filter((t) => t.hidden.scene === scene).slice(0, 12),
    );
    const value = fc.constantFrom(...VALUE_NAMES);
    const call = fc.oneof(
      value.map((v) => ask(questionFor(v))),
      value.map((v) => tell(storyAnswer({ [VALUES[v].slot]: v }))),
    );
    const pair = fc.nat(stories.length - 1).chain((i) => {
      const alike = stories.filter((t) => t.hidden.scene === stories[i]!.hidden.scene);
      return fc.tuple(fc.constant(stories[i]!), fc.constantFrom(...alike), fc.array(call, { maxLength: 8 }));
    });
    const visible = ({ truth, covered, solved }: TurtleSituation) =>
      JSON.stringify([truth, covered.map((c) => c.value), solved]);
    fc.assert(
      fc.property(pair, ([one, other, calls]) => {
        const [a, b] = [one, other].map((task) => turtle.reset(task, { seed: 0, maxTurns: 16 }));
        for (const said of calls) {
          const [left, right] = [a!.act(said).situation, b!.act(said).situation];
          if (visible(left) !== visible(right)) break;
          expect(left.next).toBe(right.next);
        }
      }),
      { numRuns: 500 },
    );
  });
  it.each([
    [0.9, 'a dog on a ship .', false],
    [0.8, 'a dog on a ship .', true],
    [0.5, 'a horse on a lake because of a storm .', true],
    [1, 'a dog on a ship .', false],
  ])('with a threshold of %d, "%s" ends it: %s', (successThreshold, story, ends) => {
    const episode = createTurtle({ successThreshold }).reset(dogs, { seed: 0, maxTurns: 4 });
    expect(episode.act(tell(story))).toMatchObject({ terminated: ends, success: ends });
  });
  it.each([
    ['is he a dog ?', 'yes'],
    ['is he a horse ?', 'maybe'],
    ['is he a clown ?', 'no'],
    ['is he an animal ?', 'yes'],
    ['is he a toy ?', 'no'],
    ['is it on a lake ?', 'maybe'],
    ['is the reason a danger ?', 'yes'],
    ['is the reason a wedding ?', 'no'],
  ])('answers %s with %s', (question, truth) => {
    expect(turtle.reset(dogs, { seed: 0, maxTurns: 4 }).act(ask(question)).situation.truth).toBe(truth);
  });
  it('points at what is still open', () => {
    const episode = turtle.reset(dogs, { seed: 0, maxTurns: 9 });
    const next = (call: ToolCall) => episode.act(call).situation.next;
    expect(next(ask('hello'))).toBe('who');
    expect(next(ask('is he a dog ?'))).toBe('where');
    expect(next(tell('a doll on a ship because of hunger .'))).toBe('why');
    expect(next(ask('is the reason a storm ?'))).toBe(null);
  });
  it('concludes nothing from two values for one criterion', () => {
    const episode = turtle.reset(dogs, { seed: 0, maxTurns: 9 });
    episode.act(ask('is he a doll ?'));
    expect(episode.act(tell('a dog or a horse on a ship .')).situation.next).toBe('who');
  });
  it('names what happened', () => {
    const episode = turtle.reset(dogs, { seed: 0, maxTurns: 9 });
    const names = (call: ToolCall) =>
      episode.act(call).events.map(({ name, subject }) => `${name} ${subject ?? ''}`.trim());
    expect(names(ask('is he a dog ?'))).toEqual(['yes dog']);
    expect(names(ask('is he a dog ?'))).toEqual(['repeated dog']);
    expect(names(ask('is he a dog or a horse ?'))).toEqual(['several']);
    expect(names(ask('hello'))).toEqual(['nothing-asked']);
    expect(names(tell('hello'))).toEqual(['no-story']);
    expect(names(tell('a dog on a lake because of hunger'))).toEqual(['covered who', 'close where']);
    expect(names(tell('a clown'))).toEqual(['missed']);
  });
  it('shows what is hidden, by weight, and what has been told', () => {
    const episode = turtle.reset(dogs, { seed: 0, maxTurns: 9 });
    episode.act(ask('is it on a ship ?'));
    episode.act(tell('a dog because of hunger .'));
    expect(episode.hiddenFacts()).toEqual([
      { label: 'who', value: 'a dog', weight: 0.5, found: true },
      { label: 'where', value: 'on a ship', weight: 0.3, found: true },
      { label: 'why', value: 'a fire', weight: 0.2, found: false },
    ]);
  });
});

describe('the judge', () => {
  it('knows every question, every family and every account', () => {
    for (const value of VALUE_NAMES) {
      expect(claimsIn(questionFor(value))).toEqual([{ kind: 'value', value }]);
      const [slot] = [VALUES[value].slot];
      expect(valuesIn(storyAnswer({ [slot]: value }))).toEqual([value]);
    }
    expect(claimsIn('is he an animal , a dog ?')).toEqual([{ kind: 'value', value: 'dog' }]);
    for (const family of FAMILY_NAMES)
      expect(claimsIn(`${statementOf(FAMILIES[family])} ?`)).toEqual([{ kind: 'family', family }]);
  });
});

describe('the tasks', () => {
  const keyOf = ({ hidden }: TurtleTask) =>
    storyKey(Object.fromEntries(hidden.criteria.map(({ slot, value }) => [slot, value])));
  it('keep the test stories out of training under every surface, but not their parts', () => {
    const { train, test } = turtle.tasks;
    expect([train.length, test.length]).toEqual([598, 106]);
    const trained = new Set(train.map(keyOf));
    for (const task of test) {
      expect(trained.has(keyOf(task))).toBe(false);
      for (const { value } of task.hidden.criteria)
        expect(train.filter((t) => t.hidden.criteria.some((c) => c.value === value)).length).toBeGreaterThan(
          20,
        );
    }
  });
  it('have weights that sum to 1 and stories that their surface allows', () => {
    for (const { hidden } of [...turtle.tasks.train, ...turtle.tasks.test]) {
      expect(hidden.criteria.reduce((sum, { weight }) => sum + weight, 0)).toBeCloseTo(1, 9);
      expect(hidden.criteria.map(({ slot }) => slot)).toEqual(slotsOf(hidden.scene));
      for (const { slot, value } of hidden.criteria)
        expect(possibleValues(hidden.scene, slot)).toContain(value);
    }
    expect(SCENE_NAMES).toHaveLength(12);
  });
});

describe('the user', () => {
  const says = (text: string, word: string) => ` ${text} `.includes(` ${word} `);
  it('never tells a part of the story that was not named', () => {
    for (const task of turtle.tasks.test) {
      const parts = task.hidden.criteria.map(({ value }) => nounOf(value));
      for (const part of parts) expect(says(task.opening, part)).toBe(false);
      const episode = turtle.reset(task, { seed: 0, maxTurns: 99 });
      const wrong = VALUE_NAMES.filter((value) => !task.hidden.criteria.some((c) => c.value === value));
      const calls = [
        ...wrong.map((value) => ask(questionFor(value))),
        tell(storyAnswer({ who: wrong[0] })),
        ask('hello'),
      ];
      for (const call of calls) {
        const { situation } = episode.act(call);
        for (const manner of MANNERS) {
          const reply = turtleWording.word(task, situation, manner, new Random(2));
          for (const part of parts) if (says(reply, part)) expect.fail(reply);
        }
      }
    }
  });
  it.each([
    [ask('is he a dog ?'), 'plain', /he is a dog/],
    [ask('is he a horse ?'), 'plain', /he is an animal but not a horse/],
    [ask('is he a clown ?'), 'plain', /he is not a clown/],
    [ask('is it in a film ?'), 'terse', /not in a film/],
    [tell('a dog on a ship because of hunger .'), 'plain', /he is a dog and it is on a ship/],
    [tell('a dog on a lake because of hunger .'), 'helpful', /he is a dog/],
    [tell('a horse on a lake .'), 'plain', /not/],
  ] as const)('restates the facts: %j (%s)', (call, manner, expected) => {
    const { situation } = turtle.reset(dogs, { seed: 0, maxTurns: 9 }).act(call);
    for (let seed = 0; seed < 20; seed++) {
      const reply = turtleWording.word(dogs, situation, manner, new Random(seed));
      expect(reply).toMatch(expected);
      expect(reply).not.toContain('lake');
    }
  });
});
