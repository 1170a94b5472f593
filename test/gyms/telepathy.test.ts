import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createTelepathy, telepathy } from '../../src/gyms/telepathy';
import { consistentToys } from '../../src/gyms/telepathy/knowledge';
import { telepathyWording } from '../../src/gyms/telepathy/wording';
import { splitWords } from '../../src/gyms/text';
import { Random } from '../../src/random';
import {
  ATTRIBUTE_NAMES,
  CATEGORY_NAMES,
  THING_NAMES,
  TOY_BOX,
  guessFor,
  nameOf,
  questionFor,
  tellingAttributes,
  toysOf,
  truthOf,
  type AttributeName,
  type ToyTask,
} from '../../src/gyms/telepathy/world';
import { holdsAsEveryGym, MANNERS, playByHand } from '../support/gyms';

holdsAsEveryGym({
  gym: telepathy,
  contents: () =>
    fc.oneof(
      fc.constantFrom(...ATTRIBUTE_NAMES.map(questionFor)),
      fc.constantFrom(...CATEGORY_NAMES.flatMap(toysOf).map(guessFor)),
      fc.constantFrom(
        'is it a dog ?',
        'is it made of wood ?',
        'does it fly or swim ?',
        'a dog , a cat of glass',
      ),
    ),
  secrets: ({ hidden: { toy } }, turns) => {
    const said = turns.flatMap(({ call }) => splitWords(call.content));
    return [toy.thing, toy.material!].filter((half) => !said.includes(half));
  },
  newWords: 43,
});

const duck: ToyTask = {
  id: 'by-hand',
  split: 'train',
  opening: 'i think of a toy animal . what is it ? it can burn .',
  hidden: {
    category: 'animal',
    toy: { thing: 'duck', material: 'wood' },
    told: [{ attribute: 'burn', truth: 'yes' }],
  },
};
const ask = (content: string) => ({ choice: 'action' as const, content });
const guess = (content: string) => ({ choice: 'answer' as const, content });

describe('episodes by hand', () => {
  // A wood duck; the opening tells that it can burn. Limit: 4 turns.
  it.each([
    ['the right guess at once', [guess('it is a wood duck .')], [1], ['right'], 'success'],
    [
      'one question, then the guess',
      [ask('can it fly ?'), guess('a wood duck')],
      [0, 1],
      ['yes', 'right'],
      'success',
    ],
    [
      'questions alone earn nothing',
      [ask('can it fly ?'), ask('is it big ?')],
      [0, 0],
      ['yes', 'no'],
      'open',
    ],
    ['maybe', [ask('is it small ?')], [0], ['maybe'], 'open'],
    ['a material question', [ask('is it soft ?')], [0], ['no'], 'open'],
    ['maybe of the material', [ask('can it break ?')], [0], ['maybe'], 'open'],
    ['wrong thing', [guess('a wood owl')], [0], ['wrong'], 'open'],
    ['wrong material', [guess('a glass duck')], [0], ['wrong'], 'open'],
    [
      'wrong guesses cost nothing',
      [guess('a wood owl'), guess('a glass duck'), guess('a wood duck')],
      [0, 0, 1],
      ['wrong', 'wrong', 'right'],
      'success',
    ],
    [
      'the last turn counts',
      [ask('is it red ?'), ask('is it red ?'), ask('is it big ?'), guess('wood duck')],
      [0, 0, 0, 1],
      ['no', 'repeated', 'no', 'right'],
      'success',
    ],
    [
      'the limit cuts',
      [ask('is it red ?'), ask('is it big ?'), ask('is it fast ?'), ask('can it fly ?')],
      [0, 0, 0, 0],
      ['no', 'no', 'no', 'yes'],
      'limit',
    ],
    [
      'half a guess is none',
      [guess('it is a duck .'), guess('it is made of wood .')],
      [0, 0],
      ['no-guess', 'no-guess'],
      'open',
    ],
    ['a list is no guess', [guess('a wood duck or a wood owl')], [0], ['no-guess'], 'open'],
    ['nor is a list of materials', [guess('a duck of wood , glass or metal')], [0], ['no-guess'], 'open'],
    ['nor its denial', [guess('it is not a wood duck .')], [0], ['no-guess'], 'open'],
    [
      'the rest of the sentence does not matter',
      [guess('ok, I am SURE it is a wooden duck!')],
      [1],
      ['right'],
      'success',
    ],
    ['naming the toy in a question earns nothing', [ask('is it a wood duck ?')], [0], ['yes'], 'open'],
    ['what the opening told is a repetition', [ask('can it burn ?')], [0], ['repeated'], 'open'],
    ['not this but that', [guess('it is not a wood owl but a wood duck .')], [0], ['no-guess'], 'open'],
    ['not a thing but a toy', [guess('no owl : it is a wood duck .')], [1], ['right'], 'success'],
    [
      'the same wrong guess is wrong again',
      [guess('a wood owl'), guess('a wood owl')],
      [0, 0],
      ['wrong', 'wrong'],
      'open',
    ],
    ['a guess in the form of a question', [guess('is it a wood duck ?')], [1], ['right'], 'success'],
    ['a guess that says the kind as well', [guess('a toy animal , a wood duck')], [1], ['right'], 'success'],
    ['nothing guessed', [guess(''), guess('can it fly ?')], [0, 0], ['no-guess', 'no-guess'], 'open'],
    [
      'kind and material in one question are one claim',
      [ask('is it a wooden animal ?'), ask('is it a wooden food ?'), ask('is it a glass animal ?')],
      [0, 0, 0],
      ['yes', 'no', 'no'],
      'open',
    ],
    ['two things in one question', [ask('is it a duck or an owl ?')], [0], ['several'], 'open'],
    ['two questions at once', [ask('can it fly or swim ?')], [0], ['several'], 'open'],
    ['no question', [ask('hello there'), ask('')], [0, 0], ['nothing-asked', 'nothing-asked'], 'open'],
    [
      'a search is a question',
      [{ choice: 'search' as const, content: 'can it fly ?' }],
      [0],
      ['yes'],
      'open',
    ],
    [
      'asking for the material',
      [ask('is it made of wood ?'), ask('is it glass ?')],
      [0, 0],
      ['yes', 'no'],
      'open',
    ],
    [
      'asking for the thing',
      [ask('is it a duck ?'), ask('is it a dog ?'), ask('is it an animal ?')],
      [0, 0, 0],
      ['yes', 'no', 'yes'],
      'open',
    ],
  ])('%s', (_, calls, rewards, events, ending) => {
    const episode = telepathy.reset(duck, { seed: 0, maxTurns: 4 });
    const judgements = calls.map((call) => episode.act(call));
    expect(judgements.map((j) => j.reward)).toEqual(rewards);
    expect(judgements.map((j) => j.events[0]?.name)).toEqual(events);
    const last = judgements.at(-1)!;
    expect([last.terminated, last.success]).toEqual([ending === 'success', ending === 'success']);
    expect(last.truncated).toBe(ending === 'limit');
    expect(episode.over).toBe(ending !== 'open');
  });

  it('spends the turn when the user did not hear, and keeps the guess free', () => {
    const episode = createTelepathy({ guesses: 1 }).reset(duck, { seed: 0, maxTurns: 3 });
    expect(episode.act(guess('a wood duck'), false)).toMatchObject({
      reward: 0,
      situation: { kind: 'not-heard' },
    });
    expect(episode.act(guess('a wood duck'))).toMatchObject({ reward: 1, terminated: true });
  });
  it('ends without success when the guesses are limited and used up', () => {
    const episode = createTelepathy({ guesses: 2 }).reset(duck, { seed: 0, maxTurns: 9 });
    expect(episode.act(guess('a wood owl')).terminated).toBe(false);
    expect(episode.act(guess('a wood cat'))).toMatchObject({ reward: 0, terminated: true, success: false });
    expect(episode.over).toBe(true);
  });
  it('allows as many guesses as there are turns', () => {
    const wrong = Array<string>(15).fill('answer a wood owl');
    const { judgements, over } = playByHand(telepathy, duck, [...wrong, 'answer a wood duck'], 16);
    expect(judgements.map((j) => j.reward)).toEqual([...Array<number>(15).fill(0), 1]);
    expect(over).toBe(true);
    expect([0, 1, 16].map((turns) => telepathy.maximumReturn(duck, turns))).toEqual([0, 1, 1]);
  });
  it('shows the toy and what was found about it', () => {
    const episode = telepathy.reset(duck, { seed: 0, maxTurns: 9 });
    episode.act(ask('can it fly ?'));
    const facts = episode.hiddenFacts();
    expect(facts[0]).toEqual({ label: 'toy', value: 'wood duck', weight: 1, found: false });
    expect(facts.filter((fact) => fact.found).map((fact) => fact.label)).toEqual([
      'can it fly ?',
      'can it burn ?',
    ]);
    episode.act(guess('a wood duck'));
    expect(episode.hiddenFacts()[0]!.found).toBe(true);
  });
});

describe('what a helpful user suggests', () => {
  it('is something else than what was asked just now', () => {
    const episode = telepathy.reset(duck, { seed: 0, maxTurns: 16 });
    let { next } = episode.act(ask('hello')).situation;
    const asked = new Set<string>();
    while (next) {
      expect(asked).not.toContain(next);
      asked.add(next);
      ({ next } = episode.act(ask(TOY_BOX.questionFor(next as AttributeName))).situation);
    }
    expect(asked.size).toBeGreaterThan(2);
  });
  it('follows from what was said: toys with the same answers get the same replies', () => {
    const toys = fc.constantFrom(...CATEGORY_NAMES).chain((category) => {
      const toy = fc.constantFrom(...toysOf(category));
      const questions = fc.array(fc.constantFrom(...tellingAttributes(category)), { maxLength: 8 });
      return fc.tuple(fc.constant(category), toy, toy, questions);
    });
    fc.assert(
      fc.property(toys, ([category, one, other, questions]) => {
        const [a, b] = [one, other].map((toy) =>
          telepathy.reset({ ...duck, hidden: { category, toy, told: [] } }, { seed: 0, maxTurns: 16 }),
        );
        for (const attribute of questions) {
          if (truthOf(attribute, one) !== truthOf(attribute, other)) break;
          const call = ask(questionFor(attribute));
          expect(a!.act(call).situation).toEqual(b!.act(call).situation);
          expect(a!.act(ask('hello')).situation).toEqual(b!.act(ask('hello')).situation);
        }
      }),
    );
  });
});

describe('the judge', () => {
  it('knows every question and every toy', () => {
    for (const attribute of ATTRIBUTE_NAMES)
      expect(TOY_BOX.claimsIn(questionFor(attribute))).toEqual([{ kind: 'attribute', attribute }]);
    for (const toy of CATEGORY_NAMES.flatMap(toysOf))
      expect(TOY_BOX.guessIn(guessFor(toy))).toEqual({ things: [toy.thing], materials: [toy.material] });
  });
  it.each([
    ['Does it have wings?', ['fly']],
    ['Would it be large?', ['big']],
    ["Isn't it soft?", ['soft']],
    ['Is it a toy animal that lays eggs?', ['eggs']],
    ['Is it fragile?', ['break']],
    ['Do you drive it on a road?', ['street']],
    ['is it fast and heavy ?', ['fast', 'heavy']],
  ])('understands a person: %s', (text, expected) => {
    const found = TOY_BOX.claimsIn(text).map((claim) =>
      claim.kind === 'attribute' ? claim.attribute : claim.kind,
    );
    expect([...new Set(found)]).toEqual(expected);
  });
});

describe('the world', () => {
  it('tells every two toys of a kind apart', () => {
    for (const category of CATEGORY_NAMES) {
      const profiles = toysOf(category).map((toy) =>
        tellingAttributes(category)
          .map((name) => truthOf(name, toy))
          .join(),
      );
      expect(new Set(profiles).size).toBe(64);
    }
    expect(THING_NAMES).toHaveLength(24);
  });
  it('tests toys that were never trained on, but both their halves were', () => {
    const { train, test } = telepathy.tasks;
    const trained = new Set(train.map((task) => nameOf(task.hidden.toy)));
    expect([train.length, test.length, trained.size]).toEqual([450, 126, 150]);
    for (const { hidden } of test) {
      expect(trained.has(nameOf(hidden.toy))).toBe(false);
      expect(train.filter((t) => t.hidden.toy.thing === hidden.toy.thing).length).toBeGreaterThanOrEqual(18);
      expect(train.filter((t) => t.hidden.toy.material === hidden.toy.material).length).toBeGreaterThan(40);
    }
  });
  it('tells true facts in openings, and leaves as many toys as the level says', () => {
    const left = { easy: [] as number[], normal: [] as number[], hard: [] as number[] };
    for (const { opening, level, hidden } of [...telepathy.tasks.train, ...telepathy.tasks.test]) {
      for (const { attribute, truth } of hidden.told) expect(truth).toBe(truthOf(attribute, hidden.toy));
      for (const word of [hidden.toy.thing, hidden.toy.material])
        expect(` ${opening} `).not.toContain(` ${word} `);
      left[level!].push(consistentToys(TOY_BOX, hidden.category, hidden.told).length);
    }
    const mean = (values: number[]) => values.reduce((a, b) => a + b, 0) / values.length;
    expect(mean(left.hard)).toBe(64);
    expect(mean(left.normal)).toBeLessThan(48);
    expect(mean(left.easy)).toBeLessThan(32);
  });
});

describe('the user', () => {
  it('never names the thing or the material before it was named', () => {
    for (const task of telepathy.tasks.test) {
      const episode = telepathy.reset(task, { seed: 0, maxTurns: 99 });
      for (const attribute of tellingAttributes(task.hidden.category)) {
        const { situation } = episode.act(ask(questionFor(attribute)));
        for (const manner of MANNERS) {
          const reply = ` ${telepathyWording.word(task, situation, manner, new Random(1))} `;
          expect(reply).not.toContain(` ${task.hidden.toy.thing} `);
          expect(reply).not.toContain(` ${task.hidden.toy.material} `);
        }
      }
    }
  });
  it.each([
    ['can it fly ?', 'plain', /it can fly/],
    ['can it fly ?', 'terse', /^yes [,:] fly/],
    ['is it on wheels ?', 'plain', /it is not on wheels/],
    ['is it small ?', 'plain', /maybe it is small/],
    ['is it a dog ?', 'helpful', /it is not a dog/],
    ['is it an owl ?', 'helpful', /it is not an owl/],
    ['is it made of wood ?', 'plain', /it is made of wood/],
  ] as const)('restates the fact: %s (%s)', (question, manner, expected) => {
    const { situation } = telepathy.reset(duck, { seed: 0, maxTurns: 9 }).act(ask(question));
    for (let seed = 0; seed < 20; seed++)
      expect(telepathyWording.word(duck, situation, manner, new Random(seed))).toMatch(expected);
  });
});
