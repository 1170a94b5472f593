/**
 * The rules of Function: a hidden rule over four numbers may be probed; its result for one test case must be
 * said exactly. Nobody is talked to. UserRL (arXiv 2509.19736), FunctionGym.
 */
import { TurnLimitedEpisode, type Verdict } from '../episode';
import type { EpisodeOptions, GymEvent, HiddenFact, Operation, ToolCall } from '../types';
import { evaluate, parseNumber, parseQuad, quadWords, roundResult, ruleText } from './arithmetic';
import type { FunctionSituation, FunctionTask } from './types';

/** Turn reward of the right answer; everything else pays nothing. UserRL: correct 1.0, incorrect 0.0. */
export const RIGHT_ANSWER_REWARD = 1;
/** How close an answer must be. UserRL: 1e-6. */
export const TOLERANCE = 1e-6;
/** UserRL's prompts allow all three here: probe, show the test case, answer. */
export const FUNCTION_OPERATIONS: readonly Operation[] = ['action', 'search', 'answer'];

type Finding = Pick<FunctionSituation, 'kind'> & Partial<FunctionSituation>;

export class FunctionEpisode extends TurnLimitedEpisode<FunctionSituation> {
  readonly operations = FUNCTION_OPERATIONS;

  constructor(
    private readonly task: FunctionTask,
    options: EpisodeOptions,
  ) {
    super(task.opening, options);
  }

  protected judge({ choice, content }: ToolCall): Verdict<FunctionSituation> {
    const situation: FunctionSituation = { numbers: null, value: null, ...this.#find(choice, content) };
    const right = situation.kind === 'right';
    return {
      reward: right ? RIGHT_ANSWER_REWARD : 0,
      success: right,
      situation,
      events: [this.#eventOf(situation)],
    };
  }

  #find(choice: Operation, content: string): Finding {
    switch (choice) {
      case 'action':
        return this.#probe(content);
      case 'search':
        // UserRL wants the bare word; a person may say it in a sentence.
        return /\btest\b/i.test(content)
          ? { kind: 'test-case', numbers: this.task.hidden.testCase }
          : { kind: 'not-the-test' };
      case 'answer':
        return this.#check(content);
    }
  }

  #probe(content: string): Finding {
    const { rule, testCase } = this.task.hidden;
    const numbers = parseQuad(content);
    if (!numbers) return { kind: 'not-four-numbers' };
    if (numbers.every((number, i) => number === testCase[i])) return { kind: 'refused', numbers };
    const value = evaluate(rule.expression, numbers);
    return Number.isFinite(value)
      ? { kind: 'result', numbers, value: roundResult(value) }
      : { kind: 'no-result', numbers };
  }

  #check(content: string): Finding {
    const value = parseNumber(content);
    if (value === null) return { kind: 'no-number' };
    const right = Math.abs(value - this.task.hidden.expected) <= TOLERANCE;
    return { kind: right ? 'right' : 'wrong', value };
  }

  #eventOf({ kind, numbers, value }: FunctionSituation): GymEvent {
    const subject = numbers ? quadWords(numbers) : value !== null ? String(value) : undefined;
    const repeated = this.history.some(({ judgement: { situation } }) => {
      const same = situation.kind === kind && situation.value === value;
      return same && quadWords(situation.numbers ?? []) === quadWords(numbers ?? []);
    });
    const name = repeated && subject !== undefined ? 'repeated' : kind;
    return subject === undefined ? { name } : { name, subject };
  }

  protected notHeard(): FunctionSituation {
    return { kind: 'not-heard', numbers: null, value: null };
  }

  /** Only the result is asked for: the rule and the test case are on the way to it. */
  hiddenFacts(): HiddenFact[] {
    const { rule, testCase, expected } = this.task.hidden;
    const happened = (kind: FunctionSituation['kind']) =>
      this.history.some(({ judgement }) => judgement.situation.kind === kind);
    return [
      { label: 'result', value: String(expected), weight: 1, found: happened('right') },
      { label: 'test', value: quadWords(testCase), weight: 0, found: happened('test-case') },
      { label: 'rule', value: ruleText(rule.expression), weight: 0, found: false },
    ];
  }
}

/** One lucky answer is enough, whatever the rule. */
export const maximumReturn = (maxTurns: number): number => (maxTurns >= 1 ? RIGHT_ANSWER_REWARD : 0);
