/**
 * The players of Function. The expert sees what a policy sees, and knows the forms that rules have: it asks for
 * the test case, probes until all rules that fit agree on it, and answers.
 */
import type { Random } from '../../random';
import { historyOf } from '../episode';
import { LARGEST_NUMBER } from '../numbers';
import type { Demonstrator, DemonstratorOptions, Episode, ToolCall } from '../types';
import { RULES, evaluate, quadWords, roundResult, ruleText, type Quad, type Rule } from './arithmetic';
import { createPlayer, type Skills } from '../players';
import type { FunctionSituation, FunctionTask } from './types';

/** What a wandering turn does: answer, else ask for the test case, else probe. */
const ANSWER_SHARE = 0.3;
const SEARCH_SHARE = 0.3;
/** How many of its answers heed the results. */
const HEEDFUL_SHARE = 0.25;

/** A few well chosen probes, for a small policy to know by heart: doubling numbers keep most sums and products apart. */
export const PROBES: readonly Quad[] = [
  [1, 2, 4, 8],
  [8, 4, 2, 1],
  [2, 3, 5, 7],
  [7, 5, 3, 2],
  [3, 1, 2, 5],
  [5, 2, 1, 3],
  [1, 1, 1, 1],
  [1, 0, 0, 2],
];

export const SEARCH: ToolCall = { choice: 'search', content: 'test' };
const probe = (numbers: Quad): ToolCall => ({ choice: 'action', content: quadWords(numbers) });
/** With a rule it says first how it comes to the result: what a small policy has put down need not be kept in mind. */
export const answer = (value: number, rule?: Rule): ToolCall => ({
  choice: 'answer',
  content: `${rule ? `${ruleText(rule.expression)} : ` : ''}the result is ${value} .`,
});
const answerBy = (rule: Rule, testCase: Quad): ToolCall => answer(evaluate(rule.expression, testCase), rule);

export function functionDemonstrator(
  kind: Demonstrator['name'],
  task: FunctionTask,
  episode: Episode<FunctionSituation>,
  options: DemonstratorOptions,
): Demonstrator {
  return createPlayer(kind, new Player(task, episode), episode, options);
}

class Player implements Skills {
  constructor(
    private readonly task: FunctionTask,
    private readonly episode: Episode<FunctionSituation>,
  ) {}

  blind(random: Random): ToolCall {
    const choice = random.next();
    if (choice < ANSWER_SHARE) return answer(random.int(LARGEST_NUMBER + 1));
    return choice < ANSWER_SHARE + SEARCH_SHARE ? SEARCH : probe(random.pick(PROBES));
  }

  expert(): ToolCall {
    const testCase = this.#testCase();
    if (!testCase) return SEARCH;
    const rules = this.#fittingRules(testCase);
    const results = new Set(rules.map((rule) => evaluate(rule.expression, testCase)));
    const best = results.size > 1 ? this.#bestProbe(rules) : null;
    // All that are left give the same; the first is the simplest.
    return best ? probe(best) : answerBy(rules[0]!, testCase);
  }

  wander(random: Random): ToolCall {
    const choice = random.next();
    const testCase = this.#testCase();
    const probes = this.#untriedProbes();
    if (choice < ANSWER_SHARE || probes.length === 0) return this.#guess(random, testCase);
    return choice < ANSWER_SHARE + SEARCH_SHARE && !testCase ? SEARCH : probe(random.pick(probes));
  }

  /** What some fitting rule gives for the test case, or any number not yet refused. */
  #guess(random: Random, testCase: Quad | null): ToolCall {
    if (testCase && random.next() < HEEDFUL_SHARE)
      return answerBy(random.pick(this.#fittingRules(testCase)), testCase);
    const wrong = this.#wrongAnswers();
    const numbers = Array.from({ length: LARGEST_NUMBER + 1 }, (_, i) => i);
    return answer(random.pick(numbers.filter((number) => !wrong.includes(number))));
  }

  /** The probe after which fewest rules are expected to be left: smallest sum over results of n^2. */
  #bestProbe(rules: readonly Rule[]): Quad | null {
    let best: Quad | null = null;
    let fewest = rules.length ** 2;
    for (const numbers of this.#untriedProbes()) {
      const counts = new Map<number, number>();
      for (const { expression } of rules) {
        const result = roundResult(evaluate(expression, numbers));
        counts.set(result, (counts.get(result) ?? 0) + 1);
      }
      const left = [...counts.values()].reduce((sum, count) => sum + count ** 2, 0);
      if (left < fewest) {
        best = numbers;
        fewest = left;
      }
    }
    return best;
  }

  /** Rules of the told kind that gave every result seen and none of the answers refused. Never empty: one is it. */
  #fittingRules(testCase: Quad): readonly Rule[] {
    const probes = this.#seen().filter(({ kind }) => kind === 'result' || kind === 'no-result');
    const wrong = this.#wrongAnswers();
    return RULES.filter(({ uses, expression }) => {
      const result = evaluate(expression, testCase);
      // A test case is made so that its result is one word.
      const askable = Number.isInteger(result) && result >= 0 && result <= LARGEST_NUMBER;
      if (uses !== this.task.hidden.rule.uses || !askable || wrong.includes(result)) return false;
      return probes.every(({ numbers, value }) => {
        const expected = numbers ? evaluate(expression, numbers) : NaN;
        return value === null ? !Number.isFinite(expected) : roundResult(expected) === value;
      });
    });
  }

  #seen(): readonly FunctionSituation[] {
    return historyOf(this.episode).map(({ judgement }) => judgement.situation);
  }

  #testCase(): Quad | null {
    return this.#seen().find(({ kind }) => kind === 'test-case')?.numbers ?? null;
  }

  #wrongAnswers(): readonly number[] {
    return this.#seen().flatMap(({ kind, value }) => (kind === 'wrong' && value !== null ? [value] : []));
  }

  #untriedProbes(): readonly Quad[] {
    const seen = this.#seen().flatMap(({ numbers }) => (numbers ? [quadWords(numbers)] : []));
    return PROBES.filter((numbers) => !seen.includes(quadWords(numbers)));
  }
}
