import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { functionGym } from '../../src/gyms/function';
import {
  LETTERS,
  RULES,
  evaluate,
  numberWords,
  parseNumber,
  parseQuad,
  quadWords,
  roundResult,
  ruleText,
  type Expression,
} from '../../src/gyms/function/arithmetic';
import { PROBES } from '../../src/gyms/function/demonstrators';
import { RULE_SPLIT } from '../../src/gyms/function/tasks';
import { functionWording } from '../../src/gyms/function/wording';
import { Random } from '../../src/random';
import { corpusOf, holdsAsEveryGym, MANNERS, playByHand } from '../support/gyms';
import type { FunctionTask } from '../../src/gyms/function/types';
import type { ToolCall } from '../../src/gyms/types';

holdsAsEveryGym({
  gym: functionGym,
  contents: () =>
    fc.oneof(
      fc.constantFrom(...PROBES.map(quadWords), 'test', '0 0 0 0', '1.5 -2 3 4', '1 2 3'),
      fc.integer({ min: -5, max: 40 }).map((value) => `the result is ${value} .`),
    ),
  secrets: ({ hidden: { rule, testCase, expected } }, turns) => {
    const shown = turns.flatMap(({ call, judgement: { situation } }) => {
      const { kind, numbers } = situation;
      return [
        // A number that was said comes back as it is or spelled digit by digit.
        ...(call.content.match(/\d+/g) ?? []).flatMap((digits) => [digits, ...digits]),
        ...(kind === 'result' && numbers ? numberWords(evaluate(rule.expression, numbers)).split(' ') : []),
        ...(kind === 'test-case' ? [quadWords(testCase), ...testCase.map(String)] : []),
        ...(kind === 'refused' ? [quadWords(testCase)] : []),
      ];
    });
    return [String(expected), quadWords(testCase)].filter((secret) => !shown.includes(secret));
  },
  newWords: 23,
});

const by = (expression: Expression, expected: number, uses: 1 | 2 | 3 = 3): FunctionTask => ({
  id: 'by-hand',
  split: 'train',
  opening: 'my rule uses three of four numbers . what is the result of the test ?',
  hidden: { rule: { uses, expression }, testCase: [7, 2, 3, 4], expected },
});
const product: Expression = { op: '*', left: { op: '+', left: 'a', right: 'b' }, right: 'c' };
const quotient: Expression = { op: '/', left: 'a', right: 'b' };
const probe = (content: string): ToolCall => ({ choice: 'action', content });
const search: ToolCall = { choice: 'search', content: 'test' };
const answer = (content: string): ToolCall => ({ choice: 'answer', content });

describe('episodes by hand', () => {
  // The rule is (a + b) * c, the test case 7 2 3 4, so 27 is right. Limit: 4 turns.
  it.each([
    ['a lucky answer', [answer('the result is 27 .')], [1], ['right'], 'success'],
    ['a bare number', [answer('27')], [1], ['right'], 'success'],
    ['a decimal that is the same', [answer('27.0')], [1], ['right'], 'success'],
    ['within the tolerance', [answer('27.0000005')], [1], ['right'], 'success'],
    ['outside the tolerance', [answer('27.000002')], [0], ['wrong'], 'open'],
    ['wrong, then right', [answer('26'), answer('27')], [0, 1], ['wrong', 'right'], 'success'],
    [
      'wrong answers cost nothing',
      [answer('1'), answer('2'), answer('3'), answer('27')],
      [0, 0, 0, 1],
      ['wrong', 'wrong', 'wrong', 'right'],
      'success',
    ],
    ['a probe earns nothing', [probe('1 2 4 8')], [0], ['result'], 'open'],
    ['the test case earns nothing', [search], [0], ['test-case'], 'open'],
    [
      'search, probe, answer',
      [search, probe('1 2 4 8'), answer('27')],
      [0, 0, 1],
      ['test-case', 'result', 'right'],
      'success',
    ],
    ['the test case may not be probed', [probe('7 2 3 4')], [0], ['refused'], 'open'],
    ['nor in other words', [probe('7, 2, 3 and 4.0')], [0], ['refused'], 'open'],
    ['three numbers', [probe('7 2 3')], [0], ['not-four-numbers'], 'open'],
    ['five numbers', [probe('7 2 3 4 5')], [0], ['not-four-numbers'], 'open'],
    ['no numbers', [probe('hello')], [0], ['not-four-numbers'], 'open'],
    ['another search', [{ choice: 'search', content: 'help' } as const], [0], ['not-the-test'], 'open'],
    ['upper case', [{ choice: 'search', content: 'TEST' } as const], [0], ['test-case'], 'open'],
    ['no number to check', [answer('i do not know')], [0], ['no-number'], 'open'],
    ['a list of answers', [answer('26 27 28')], [0], ['no-number'], 'open'],
    ['the same probe again', [probe('1 1 1 1'), probe('1 1 1 1')], [0, 0], ['result', 'repeated'], 'open'],
    [
      'the limit cuts',
      [search, search, search, probe('1 1 1 1')],
      [0, 0, 0, 0],
      ['test-case', 'repeated', 'repeated', 'result'],
      'limit',
    ],
    ['the numbers of the test in another order', [probe('2 7 3 4')], [0], ['result'], 'open'],
    ['all but the last of its numbers', [probe('7 2 3 5')], [0], ['result'], 'open'],
    ['the result with a wrong sign', [answer('-27'), answer('- 27')], [0, 0], ['wrong', 'repeated'], 'open'],
    ['digit by digit, as results are spelled', [answer('the result is 2 7 .')], [1], ['right'], 'success'],
    ['a full stop right behind', [answer('27.')], [1], ['right'], 'success'],
    ['reasons given with it', [answer('27 , since 9 * 3 is 27')], [0], ['no-number'], 'open'],
    [
      'saying the result while probing or searching',
      [probe('27'), { choice: 'search', content: '27' } as const],
      [0, 0],
      ['not-four-numbers', 'not-the-test'],
      'open',
    ],
    [
      'a longer word is not the test',
      [{ choice: 'search', content: 'testing' } as const],
      [0],
      ['not-the-test'],
      'open',
    ],
    [
      'nothing said',
      [probe(''), { choice: 'search', content: '' } as const, answer('')],
      [0, 0, 0],
      ['not-four-numbers', 'not-the-test', 'no-number'],
      'open',
    ],
    [
      'success in the last turn is success',
      [search, search, search, answer('27')],
      [0, 0, 0, 1],
      ['test-case', 'repeated', 'repeated', 'right'],
      'success',
    ],
  ] as [string, ToolCall[], number[], string[], string][])('%s', (_, calls, rewards, events, ending) => {
    const episode = functionGym.reset(by(product, 27), { seed: 0, maxTurns: 4 });
    const judgements = calls.map((call) => episode.act(call));
    expect(judgements.map((j) => j.reward)).toEqual(rewards);
    expect(judgements.map((j) => j.events[0]?.name)).toEqual(events);
    const last = judgements.at(-1)!;
    expect([last.terminated, last.success]).toEqual([ending === 'success', ending === 'success']);
    expect(last.truncated).toBe(ending === 'limit');
    expect(episode.over).toBe(ending !== 'open');
  });

  it.each([
    [product, '1 2 4 8', 12],
    [product, '0 0 0 0', 0],
    [product, '-1 -2 3 0', -9],
    [product, '0.5 0.5 2.5 1', 2.5],
    [quotient, '1 3 0 0', 0.3333],
    [quotient, '2 3 0 0', 0.6667],
    [quotient, '1 0 0 0', null],
    [quotient, '0 0 0 0', null],
  ])('%j of %s is %s', (rule, content, value) => {
    const { situation, reward } = functionGym
      .reset(by(rule, 3.5, 2), { seed: 0, maxTurns: 4 })
      .act(probe(content));
    expect(reward).toBe(0);
    expect(situation).toMatchObject({ kind: value === null ? 'no-result' : 'result', value });
  });
  it('goes on after a division by zero, and takes a broken result', () => {
    // a / b of the test case 7 2 3 4 is 3.5.
    const { judgements, over } = playByHand(functionGym, by(quotient, 3.5, 2), [
      'action 5 0 1 1',
      'action 7 -2 0 0',
      'answer 3.50001',
      'answer the result is 3 . 5 .',
    ]);
    expect(judgements.map((j) => j.situation.kind)).toEqual(['no-result', 'result', 'wrong', 'right']);
    expect(judgements.map((j) => j.situation.value)).toEqual([null, -3.5, 3.50001, 3.5]);
    expect(judgements.map((j) => j.reward)).toEqual([0, 0, 0, 1]);
    expect(over).toBe(true);
  });
  it('takes a number that begins with its point as float() does', () => {
    const five: Expression = { op: '-', left: 'a', right: 'b' };
    const calls = ['answer .5', 'answer the result is .5', 'answer -.5', 'answer 5'];
    const { judgements } = playByHand(functionGym, by(five, 5, 2), calls);
    expect(judgements.map((j) => j.situation.value)).toEqual([0.5, 0.5, -0.5, 5]);
    expect(judgements.map((j) => j.reward)).toEqual([0, 0, 0, 1]);
  });
  it('spends the turn on a call that was lost, and shows nothing', () => {
    const episode = functionGym.reset(by(product, 27), { seed: 0, maxTurns: 3 });
    expect(episode.act(search, false).situation).toEqual({ kind: 'not-heard', numbers: null, value: null });
    expect(episode.act(answer('27'), false)).toMatchObject({
      reward: 0,
      terminated: false,
      truncated: false,
    });
    expect(episode.act(answer('27'))).toMatchObject({ reward: 1, terminated: true, truncated: false });
  });
  it('has a most to earn of 1, which takes a turn', () => {
    expect([0, 1, 16].map((turns) => functionGym.maximumReturn(by(product, 27), turns))).toEqual([0, 1, 1]);
  });
  it('shows what is hidden', () => {
    const episode = functionGym.reset(by(product, 27), { seed: 0, maxTurns: 4 });
    episode.act(search);
    expect(episode.hiddenFacts()).toEqual([
      { label: 'result', value: '27', weight: 1, found: false },
      { label: 'test', value: '7 2 3 4', weight: 0, found: true },
      { label: 'rule', value: '( a + b ) * c', weight: 0, found: false },
    ]);
  });
});

describe('arithmetic', () => {
  it('reads what it writes', () => {
    fc.assert(
      fc.property(fc.double({ min: -999, max: 999, noNaN: true }), (value) => {
        expect(parseNumber(numberWords(value))).toBeCloseTo(roundResult(value), 9);
        expect(parseNumber(`the result is ${numberWords(value)} .`)).toBeCloseTo(roundResult(value), 9);
      }),
    );
  });
  it('reads an answer after its working', () => {
    expect(parseNumber('a + 2 : the result is 9 .')).toBe(9);
    expect(parseNumber('the result is 9 or 5 .')).toBeNull();
    expect(parseNumber('a + 2 : 9 or 5')).toBeNull();
    expect(parseNumber('the result is 9 :')).toBeNull();
  });
  it.each([
    [17, '17'],
    [45, '4 5'],
    [-3, '- 3'],
    [1 / 3, '0 . 3 3 3 3'],
    [-12.5, '- 1 2 . 5'],
  ])('spells %d as %s', (value, words) => {
    expect(numberWords(value)).toBe(words);
  });
  it.each([
    ['1 2 4 8', [1, 2, 4, 8]],
    ['a=1, b=-2, c=0.5 and d=10', [1, -2, 0.5, 10]],
    ['1 - 2 4 8', [1, -2, 4, 8]],
    ['1 2', null],
  ])('reads four numbers in "%s"', (text, numbers) => {
    expect(parseQuad(text)).toEqual(numbers);
  });
  it('agrees with JavaScript on every rule', () => {
    const random = new Random(5);
    for (const { expression } of RULES) {
      const numbers = [random.int(9), random.int(9), 1 + random.int(9), random.int(9)] as const;
      const values = LETTERS.map((letter, i) => `const ${letter} = ${numbers[i]};`).join(' ');
      const expected = new Function(`${values} return ${ruleText(expression)};`)() as number;
      expect(Object.is(evaluate(expression, numbers), expected)).toBe(true);
    }
  });
});

describe('the tasks', () => {
  const { train, test } = functionGym.tasks;
  const texts = (tasks: readonly FunctionTask[]) =>
    new Set(tasks.map(({ hidden }) => ruleText(hidden.rule.expression)));
  const cases = (tasks: readonly FunctionTask[]) =>
    new Set(
      tasks.map(({ hidden }) => `${ruleText(hidden.rule.expression)} of ${quadWords(hidden.testCase)}`),
    );
  it('test rules that were never trained on, and others with numbers that were not', () => {
    expect([train.length, test.length, RULES.length]).toEqual([546, 133, 112]);
    const trained = texts(train);
    const kept = new Set(RULE_SPLIT.test.map(({ expression }) => ruleText(expression)));
    expect(trained.size + kept.size).toBe(RULES.length);
    for (const rule of kept) expect(trained.has(rule)).toBe(false);
    expect(test.filter(({ hidden }) => kept.has(ruleText(hidden.rule.expression)))).toHaveLength(42);
    const tested = cases(test);
    for (const one of cases(train)) expect(tested).not.toContain(one);
    const random = new Random(8);
    const practised = Array.from({ length: 3000 }, () => functionGym.practice!(random).task);
    for (const one of cases(practised)) expect(tested).not.toContain(one);
  });
  it('have test cases whose result is one word', () => {
    for (const { hidden } of [...train, ...test]) {
      expect(hidden.expected).toBe(evaluate(hidden.rule.expression, hidden.testCase));
      expect(numberWords(hidden.expected)).toMatch(/^\d+$/);
      for (const number of hidden.testCase) expect([1, 2, 3, 4, 5, 6, 7, 8, 9]).toContain(number);
    }
  });
  it('write nothing about the rules kept for the test', () => {
    const tested = new Set(RULE_SPLIT.test.map(({ expression }) => ruleText(expression)));
    for (const passage of corpusOf('function', 2, 3000)) {
      const [, rule] = /(?:rule (?:is|can be)|[.?]) ([abcd(][^:.]*?) [:.]/.exec(passage) ?? [];
      expect(rule).toBeDefined();
      if (tested.has(rule!)) expect.fail(passage);
    }
  });
});

describe('the replies', () => {
  it('never give the test case before it was asked for, nor the result', () => {
    for (const task of functionGym.tasks.test) {
      const episode = functionGym.reset(task, { seed: 0, maxTurns: 99 });
      for (const call of [
        probe('1 0 0 0'),
        probe('hello'),
        answer(task.hidden.expected === 30 ? '29' : '30'),
        { choice: 'search', content: 'hint' } as const,
      ]) {
        const { situation } = episode.act(call);
        for (const manner of MANNERS) {
          const reply = functionWording.word(task, situation, manner, new Random(1));
          expect(reply).not.toContain(quadWords(task.hidden.testCase));
          if (situation.value === null && !situation.numbers)
            expect(` ${reply} `).not.toContain(` ${task.hidden.expected} `);
        }
      }
    }
  });
  it.each([
    [probe('1 2 4 8'), 'plain', '1 2 4 8 gives 12 .'],
    [search, 'terse', 'test : 7 2 3 4'],
    [answer('26'), 'plain', 'no , 26 is not right .'],
    [probe('9 6 3 1'), 'plain', '9 6 3 1 gives 4 5 .'],
  ] as const)('say the fact: %j (%s)', (call, manner, expected) => {
    const task = by(product, 27);
    const { situation } = functionGym.reset(task, { seed: 0, maxTurns: 9 }).act(call);
    expect(functionWording.word(task, situation, manner, new Random(1))).toBe(expected);
  });
});
