import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { inquiryOf, tasksGym, tasksVocabulary, type TasksTask } from '../../../src/gyms/own/tasks';
import type { Detail } from '../../../src/gyms/intention/types';
import { holdsAsEveryGym } from '../../support/gyms';
import { repairs, tasksOf, VISITS } from './tables';

const table = repairs();
const inquiry = inquiryOf(table);
holdsAsEveryGym({
  gym: tasksGym(table),
  ownWords: tasksVocabulary(table),
  contents: () =>
    fc.oneof(
      fc.constantFrom(...inquiry.names.map((name) => inquiry.questionFor(name))),
      fc.constantFrom('what about the symptom and the model ?', 'how urgent is it , and where ?', 'hello'),
    ),
  secrets: ({ hidden: { missing, stated } }, turns) => {
    const asked = turns.flatMap(({ call }) => inquiry.askedIn(call.content));
    const open = missing.filter(({ aspect }) => !asked.includes(aspect));
    // "loud hum" is told as the symptom, so that "hum" is no secret any more.
    const told = [...stated, ...missing.filter((one) => !open.includes(one))].map(({ value }) => value);
    return open.map(({ value }) => value).filter((value) => !told.some((text) => text.includes(value)));
  },
  newWords: 108,
});

const visits = tasksOf(VISITS);
const gym = tasksGym(visits);
const detail = (aspect: string, importance: 1 | 2 | 3, value: string): Detail => ({
  aspect,
  importance,
  value,
});
const budget = detail('budget', 3, 'ten euros');
const date = detail('date', 2, 'friday');
const dress = detail('dress', 1, 'blue hat');
const task = (missing: Detail[], stated: Detail[] = []): TasksTask => ({
  ...gym.tasks.train[0]!,
  id: 'own/by-hand',
  opening: 'help me plan a visit .',
  hidden: { ...gym.tasks.train[0]!.hidden, missing, stated },
});

describe('episodes by hand', () => {
  // Tiers 1.0, 0.7 and 0.4; each further detail in one question costs 0.2. Limit: 4 turns.
  const all = task([budget, date, dress]);
  it.each([
    ['what decides everything', all, ['what is the budget ?'], [1], false],
    ['what matters', all, ['what is the date ?'], [0.7], false],
    ['what is nice to know', all, ['what is the dress ?'], [0.4], false],
    ['by another name', all, ['how much money ?'], [1], false],
    ['as a person types', all, ['And the DRESS?!'], [0.4], false],
    ['nothing of it', all, ['what is the weather ?'], [0], false],
    ['nothing at all', all, [''], [0], false],
    ['said before', all, ['what is the budget ?', 'what is the budget ?'], [1, 0], false],
    ['said before by another name', all, ['what is the budget ?', 'money ?'], [1, 0], false],
    ['two at once', all, ['budget and date ?'], [0.8], false],
    ['two lesser ones at once', all, ['date and dress ?'], [0.5], false],
    ['three at once end it', all, ['budget , date , dress ?'], [0.6], true],
    ['the same twice in one question counts once', all, ['budget , money ?'], [1], false],
    ['one of two is known', all, ['budget ?', 'budget and date ?'], [1, 0.7], false],
    ['all one by one', all, ['budget ?', 'date ?', 'dress ?'], [1, 0.7, 0.4], true],
    ['in the other order', all, ['dress ?', 'date ?', 'budget ?'], [0.4, 0.7, 1], true],
    ['stated details earn nothing', task([date], [budget]), ['budget ?'], [0], false],
    ['the only missing one ends it', task([date], [budget]), ['date ?'], [0.7], true],
    ['stated and missing in one question', task([date], [budget]), ['budget and date ?'], [0.7], true],
    ['an aspect that this task lacks', task([budget, date]), ['dress ?'], [0], false],
    ['two last ones at once', task([date, dress], [budget]), ['date and dress ?'], [0.5], true],
    ['too late', all, ['a', 'b', 'c', 'budget ?'], [0, 0, 0, 1], false],
  ])('%s', (_what, of, contents, rewards, success) => {
    const episode = gym.reset(of, { seed: 0, maxTurns: 4 });
    const judged = contents.map((content) => episode.act({ choice: 'action', content }));
    expect(judged.map(({ reward }) => reward)).toEqual(rewards);
    expect(judged.at(-1)!.success).toBe(success);
    expect(episode.over).toBe(success || contents.length === 4);
  });

  it('clamps at nothing where many lesser details are asked for at once', () => {
    const many = tasksOf('task,ash (1),bay (1),cod (1),dew (1)\ngo home,one,two,three,four');
    const own = tasksGym(many);
    const hard = own.tasks.train.find(({ hidden }) => hidden.stated.length === 0)!;
    const episode = own.reset(hard, { seed: 0, maxTurns: 4 });
    // 0.4 - 3 x 0.2 < 0
    expect(episode.act({ choice: 'action', content: 'ash bay cod dew ?' })).toMatchObject({
      reward: 0,
      success: true,
    });
  });

  it('has at most the tiers of what is missing, most important first', () => {
    expect(gym.maximumReturn(all, 4)).toBeCloseTo(2.1, 9);
    expect(gym.maximumReturn(all, 2)).toBeCloseTo(1.7, 9);
    expect(gym.maximumReturn(task([date], [budget]), 4)).toBeCloseTo(0.7, 9);
  });
});

describe('the tasks', () => {
  it('draw one of several values, and take importances from cells before headings', () => {
    expect(visits.tasks.map(({ details }) => details.map((d) => [d.detail, d.importance, d.values]))).toEqual(
      [
        [
          [0, 3, ['ten euros']],
          [1, 2, ['friday', 'sunday']],
          [2, 1, ['blue hat']],
        ],
        [[1, 3, ['monday']]],
        [
          [0, 1, ['two euros']],
          [2, 2, ['old shoes']],
        ],
      ],
    );
    const dates = gym.tasks.train.flatMap(({ hidden }) =>
      [...hidden.stated, ...hidden.missing].flatMap(({ aspect, value }) =>
        aspect === 'date' ? [value] : [],
      ),
    );
    expect(new Set(dates)).toEqual(new Set(['friday', 'sunday', 'monday']));
  });
  it('tell what they state, and nothing that is missing', () => {
    for (const { opening, hidden, level } of [
      ...tasksGym(table).tasks.train,
      ...tasksGym(table).tasks.test,
    ]) {
      expect(hidden.missing.length).toBeGreaterThan(0);
      expect(hidden.stated.length).toBe({ easy: 2, normal: 1, hard: 0 }[level!]);
      for (const { aspect, value } of hidden.stated) expect(opening).toContain(`the ${aspect} is ${value} .`);
      for (const { aspect } of hidden.missing) expect(opening).not.toContain(`the ${aspect} is`);
    }
  });
  it('state in tests what no training task of the same wish states', () => {
    const { train, test } = tasksGym(table).tasks;
    const key = ({ opening, hidden }: TasksTask) =>
      `${opening.split(' .')[0]!.split(' ').slice(-3).join(' ')}: ${hidden.stated.map(({ aspect }) => aspect).join()}`;
    const trained = new Set(train.map(key));
    for (const one of test) if (one.hidden.stated.length > 0) expect(trained.has(key(one))).toBe(false);
  });
});
