/**
 * The task set, generated from one fixed seed: a rule and a test case whose result is a whole number that is one
 * word. Some rules of every form are kept for the test: no training task has them. Of the others some numbers are
 * kept: no training task has them with that rule.
 */
import { Random, splitSeed } from '../../random';
import { LARGEST_NUMBER } from '../numbers';
import { render } from '../text';
import { taskId } from '../task-set';
import type { Level, Split } from '../types';
import { RULE_FORMS, evaluate, type Quad, type Rule, type Uses } from './arithmetic';
import type { FunctionTask } from './types';

/** Fixed for ever: checkpoints are trained on, and measured with, exactly these tasks. */
const TASK_SEED = 250_919_740;
/** Share of each form's rules kept for the test; at least one. */
const TEST_SHARE = 1 / 6;
const TRAINING_TASKS_PER_RULE = 6;
/** Two of a rule that was kept, one of a rule that is trained on, with numbers that are kept. */
const TEST_TASKS_PER_RULE: Readonly<Record<Split, number>> = { train: 1, test: 2 };
/** The numbers of a test case lie between 1 and this. */
export const LARGEST_INPUT = 9;

export const LEVEL_OF_USES: Readonly<Record<Uses, Level>> = {
  1: 'easy',
  2: 'normal',
  3: 'hard',
};
const USES_WORDS: Readonly<Record<Uses, string>> = { 1: 'one', 2: 'two', 3: 'three' };
export const OPENING_TEMPLATES: readonly string[] = [
  'my rule uses {uses} of four numbers . what is the result of the test ?',
  'there is a rule for four numbers . it uses {uses} . what does the test give ?',
  'four numbers , and a rule that uses {uses} . give the result of the test .',
];

/** Which rules are trained on and which are kept. */
export const RULE_SPLIT: Readonly<Record<Split, readonly Rule[]>> = splitRules();

function splitRules(): Record<Split, Rule[]> {
  const random = new Random(splitSeed(TASK_SEED, 'rules'));
  const rules: Record<Split, Rule[]> = { train: [], test: [] };
  for (const form of RULE_FORMS.map((rules) => random.shuffled(rules))) {
    const kept = Math.max(1, Math.floor(form.length * TEST_SHARE));
    rules.test.push(...form.slice(0, kept));
    rules.train.push(...form.slice(kept));
  }
  return rules;
}

/** All tasks of both splits in random order, so that any prefix is a fair sample. */
export function generateTasks(): Record<Split, FunctionTask[]> {
  const random = new Random(splitSeed(TASK_SEED, 'function'));
  const numbered = (split: Split, drafts: readonly Draft[]): FunctionTask[] =>
    random.shuffled(drafts).map((draft, i) => ({ id: taskId('function', split, i), ...draft }));
  const train = RULE_SPLIT.train.flatMap((rule) =>
    Array.from({ length: TRAINING_TASKS_PER_RULE }, () =>
      drawTask(rule, 'train', drawTrainingInputs(rule, random), random),
    ),
  );
  const test = keptCases().map(({ rule, numbers }) => drawTask(rule, 'test', numbers, random));
  return { train: numbered('train', train), test: numbered('test', test) };
}

/** Another training task, every form of rule as likely as another. */
export function practiceTask(random: Random): FunctionTask {
  const form = random.pick(RULE_FORMS).filter((rule) => RULE_SPLIT.train.includes(rule));
  const rule = random.pick(form);
  return {
    id: 'function/practice',
    ...drawTask(rule, 'train', drawTrainingInputs(rule, random), random),
  };
}

/** The rules and numbers of the test tasks. */
function drawKeptCases(): readonly { readonly rule: Rule; readonly numbers: Quad }[] {
  const random = new Random(splitSeed(TASK_SEED, 'kept'));
  return (['train', 'test'] as const).flatMap((split) =>
    RULE_SPLIT[split].flatMap((rule) =>
      Array.from({ length: TEST_TASKS_PER_RULE[split] }, () => ({
        rule,
        numbers: drawInputs(rule, random),
      })),
    ),
  );
}
let kept: ReturnType<typeof drawKeptCases> | undefined;
const keptCases = () => (kept ??= drawKeptCases());

/** Numbers for a rule that no test task asks it about. */
export function drawTrainingInputs(rule: Rule, random: Random): Quad {
  for (;;) {
    const numbers = drawInputs(rule, random);
    const isKept = keptCases().some(
      (one) => one.rule === rule && one.numbers.every((number, i) => number === numbers[i]),
    );
    if (!isKept) return numbers;
  }
}

type Draft = Omit<FunctionTask, 'id'>;

function drawTask(rule: Rule, split: Split, testCase: Quad, random: Random): Draft {
  const expected = evaluate(rule.expression, testCase);
  return {
    split,
    level: LEVEL_OF_USES[rule.uses],
    opening: wordOpening(rule.uses, random),
    hidden: { rule, testCase, expected },
  };
}

/** Numbers for which the rule gives one word. */
function drawInputs(rule: Rule, random: Random): Quad {
  const number = () => 1 + random.int(LARGEST_INPUT);
  for (;;) {
    const numbers: Quad = [number(), number(), number(), number()];
    const result = evaluate(rule.expression, numbers);
    if (Number.isInteger(result) && result >= 0 && result <= LARGEST_NUMBER) return numbers;
  }
}

export const wordOpening = (uses: Uses, random: Random): string =>
  render(random.pick(OPENING_TEMPLATES), { uses: USES_WORDS[uses] });
