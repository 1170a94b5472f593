import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { riddleOf, thingsGym, thingsVocabulary, type ThingsTask } from '../../../src/gyms/own/things';
import { splitWords } from '../../../src/gyms/text';
import type { ToolCall } from '../../../src/gyms/types';
import { holdsAsEveryGym } from '../../support/gyms';
import { BIRDS, instruments, thingsOf } from './tables';

const table = instruments();
const riddle = riddleOf(table);
holdsAsEveryGym({
  gym: thingsGym(table),
  ownWords: thingsVocabulary(table),
  contents: () =>
    fc.oneof(
      fc.constantFrom(...riddle.attributeNames.map((name) => riddle.questionFor(name))),
      fc.constantFrom(...riddle.toysOf('instrument').map((toy) => riddle.guessFor(toy))),
      fc.constantFrom('is it a violin ?', 'is it hit or blown ?', 'a harp , a drum', 'it is not a harp .'),
    ),
  secrets: ({ hidden: { toy } }, turns) =>
    turns.some(({ call }) => splitWords(call.content).includes(toy.thing)) ? [] : [toy.thing],
  newWords: 29,
});

const birds = thingsOf(BIRDS);
const gym = thingsGym(birds);
const task = (thing: string): ThingsTask => ({
  ...gym.tasks.train[0]!,
  id: 'own/by-hand',
  opening: 'i think of a bird . what is it ?',
  hidden: { ...gym.tasks.train[0]!.hidden, toy: { thing }, told: [{ attribute: 'can fly', truth: 'yes' }] },
});
const ask = (content: string): ToolCall => ({ choice: 'action', content });
const guess = (content: string): ToolCall => ({ choice: 'answer', content });

describe('episodes by hand', () => {
  // A tern, of which the opening tells that it can fly; it is small, has no crest, may swim. Limit: 4 turns.
  it.each([
    ['the right guess', [guess('it is a tern .')], [1], ['right'], true],
    ['the right guess in other words', [guess('I say: a Tern!')], [1], ['right'], true],
    ['yes', [ask('is it small ?')], [0], ['yes'], false],
    ['no, of an empty promise', [ask('does it have a crest ?')], [0], ['no'], false],
    ['maybe', [ask('does it swim ?')], [0], ['maybe'], false],
    ['what the opening told counts as asked', [ask('can it fly ?')], [0], ['repeated'], false],
    ['asked by another name', [ask('any wings ?')], [0], ['repeated'], false],
    ['asked twice', [ask('is it small ?'), ask('is it small ?')], [0, 0], ['yes', 'repeated'], false],
    ['two questions at once', [ask('is it small and does it swim ?')], [0], ['several'], false],
    ['a question about nothing in the table', [ask('is it green ?')], [0], ['nothing-asked'], false],
    ['nothing', [ask('')], [0], ['nothing-asked'], false],
    ['naming it in a question wins nothing', [ask('is it a tern ?')], [0], ['yes'], false],
    ['naming another in a question', [ask('is it an owl ?')], [0], ['no'], false],
    ['a wrong guess', [guess('it is an owl .')], [0], ['wrong'], false],
    ['a wrong guess by another name', [guess('it is a night bird .')], [0], ['wrong'], false],
    ['a second guess costs nothing', [guess('an owl'), guess('a tern')], [0, 1], ['wrong', 'right'], true],
    ['a list is no guess', [guess('a tern or an owl')], [0], ['no-guess'], false],
    ['a denial is no guess', [guess('it is not a tern')], [0], ['no-guess'], false],
    ['a guess without a name', [guess('it is a bird')], [0], ['no-guess'], false],
    ['search is a question', [{ choice: 'search', content: 'is it small' } as const], [0], ['yes'], false],
    [
      'three wrong guesses and time is up',
      [guess('an owl'), guess('a penguin'), guess('a king eider'), ask('is it small ?')],
      [0, 0, 0, 0],
      ['wrong', 'wrong', 'wrong', 'yes'],
      false,
    ],
    [
      'the last turn still counts',
      [ask('is it small ?'), ask('does it swim ?'), guess('an owl'), guess('a tern')],
      [0, 0, 0, 1],
      ['yes', 'maybe', 'wrong', 'right'],
      true,
    ],
  ] satisfies [string, ToolCall[], number[], string[], boolean][])(
    '%s',
    (_what, calls, rewards, events, success) => {
      const episode = gym.reset(task('tern'), { seed: 0, maxTurns: 4 });
      const judged = calls.map((call) => episode.act(call));
      expect(judged.map(({ reward }) => reward)).toEqual(rewards);
      expect(judged.map(({ events: [event] }) => event!.name)).toEqual(events);
      expect(judged.at(-1)!.success).toBe(success);
      expect(episode.over).toBe(success || calls.length === 4);
      expect(episode.hiddenFacts()[0]).toMatchObject({ label: 'bird', value: 'tern', found: success });
    },
  );

  it('reads cells in many spellings', () => {
    expect(birds.things.map(({ name, is }) => [name, is])).toEqual([
      ['owl', 'ymnn'],
      ['penguin', 'nnmy'],
      ['tern', 'yynm'],
      ['king eider', 'ynny'],
    ]);
  });
});

describe('the tasks', () => {
  it('have every thing in both splits, and tell nothing but what is so', () => {
    for (const split of ['train', 'test'] as const) {
      const { [split]: tasks } = thingsGym(table).tasks;
      expect(new Set(tasks.map(({ hidden }) => hidden.toy.thing)).size).toBe(table.things.length);
      for (const { opening, hidden, level } of tasks) {
        expect(hidden.told.length).toBe({ easy: 2, normal: 1, hard: 0 }[level!]);
        for (const fact of hidden.told) {
          expect(riddle.truthOf(fact.attribute, hidden.toy)).toBe(fact.truth);
          expect(opening).toContain(riddle.statementOf(fact));
        }
        expect(opening.split(' ')).not.toContain(hidden.toy.thing);
      }
    }
  });
  it('tell in tests what no training task of the same thing tells', () => {
    const { train, test } = thingsGym(table).tasks;
    const key = ({ hidden }: ThingsTask) =>
      `${hidden.toy.thing}: ${hidden.told.map(({ attribute }) => attribute).join()}`;
    const trained = new Set(train.map(key));
    for (const one of test) if (one.hidden.told.length > 0) expect(trained.has(key(one))).toBe(false);
  });
  it('are the same for the same table', () => {
    const plain = ({ id, opening }: ThingsTask) => [id, opening];
    expect(thingsGym(instruments()).tasks.train.map(plain)).toEqual(thingsGym(table).tasks.train.map(plain));
  });
  it('are there for the smallest table', () => {
    const { tasks } = thingsGym(thingsOf('thing,is red\ncherry,yes\nplum,no'));
    expect(tasks.train.length).toBe(240);
    expect(tasks.test.length).toBe(60);
  });
});
