/** UserRL's Function items: a rule over four numbers, a test case and its result. No judge is needed. */
import * as v from 'valibot';
import { parseQuad, roundResult, type Quad } from '../../function/arithmetic';
import { maximumReturn, RIGHT_ANSWER_REWARD, TOLERANCE } from '../../function/rules';
import type { ToolCall } from '../../types';
import { FormulaError, parseFormula } from './expression';
import { action, answer, search, type Game, type Ruling, type UserRlSpec } from './game';

const schema = v.object({
  id: v.optional(v.union([v.string(), v.number()])),
  rule: v.pipe(
    v.string(),
    v.rawCheck(({ dataset, addIssue }) => {
      if (!dataset.typed) return;
      try {
        parseFormula(dataset.value);
      } catch (error) {
        if (!(error instanceof FormulaError)) throw error;
        addIssue({ message: `the rule "${dataset.value}" cannot be computed: ${error.message}` });
      }
    }),
  ),
  test_case: v.tuple([v.number(), v.number(), v.number(), v.number()]),
  expected_result: v.number(),
});
type Item = v.InferOutput<typeof schema>;

class FunctionGame implements Game {
  readonly #rule;
  #shown = false;
  #solved = false;

  constructor(private readonly item: Item) {
    this.#rule = parseFormula(item.rule);
  }

  judge({ choice, content }: ToolCall): Ruling {
    switch (choice) {
      case 'action':
        return this.#probe(content);
      case 'search':
        if (content.trim().toLowerCase() !== 'test')
          return {
            reward: 0,
            event: { name: 'not-the-test' },
            text: 'Search for "test" to see the test case.',
          };
        this.#shown = true;
        return {
          reward: 0,
          event: { name: 'test-case' },
          text: `The test case is ${this.item.test_case.join(' ')}.`,
        };
      case 'answer': {
        const value = Number(content.trim());
        this.#solved = content.trim() !== '' && Math.abs(value - this.item.expected_result) <= TOLERANCE;
        return this.#solved
          ? { reward: RIGHT_ANSWER_REWARD, success: true, event: { name: 'right' }, text: 'Correct.' }
          : { reward: 0, event: { name: 'wrong' }, text: 'That is not the result.' };
      }
    }
  }

  #probe(content: string): Ruling {
    const numbers = parseQuad(content);
    if (!numbers)
      return { reward: 0, event: { name: 'not-four-numbers' }, text: 'Give exactly four numbers.' };
    if (numbers.every((number, i) => number === this.item.test_case[i]))
      return { reward: 0, event: { name: 'refused' }, text: 'The test case itself cannot be probed.' };
    const value = roundResult(this.#rule(numbers));
    return Number.isFinite(value)
      ? { reward: 0, event: { name: 'result', subject: numbers.join(' ') }, text: `The result is ${value}.` }
      : { reward: 0, event: { name: 'no-result' }, text: 'There is no result for these numbers.' };
  }

  facts() {
    const { rule, test_case: test, expected_result: expected } = this.item;
    return [
      { label: 'result', value: String(expected), weight: 1, found: this.#solved },
      { label: 'test', value: test.join(' '), weight: 0, found: this.#shown },
      { label: 'rule', value: rule, weight: 0, found: false },
    ];
  }

  expert() {
    return this.#solved ? null : this.#shown ? answer(String(this.item.expected_result)) : search('test');
  }
}

export const functionItems: UserRlSpec<Item> = {
  gym: 'function',
  operations: ['action', 'search', 'answer'],
  recognises: (entry) => 'rule' in entry && 'test_case' in entry,
  schema,
  opening: () =>
    'A hidden rule turns four numbers a, b, c, d into one. Probe it with four numbers, search for "test" to see the test case, and answer with its result.',
  play: (item) => new FunctionGame(item),
  wander: ({ expected_result: value }, random) => {
    const numbers: Quad = [random.int(10), random.int(10), random.int(10), random.int(10)];
    return random.next() < 0.7 ? action(numbers.join(' ')) : answer(String(value));
  },
  maximumReturn: (_item, maxTurns) => maximumReturn(maxTurns),
};
