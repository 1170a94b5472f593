/** What a person's words mean in Function, where the person is the machine: which number they give. */
import { answerMeaning, explained, meaningOf, mentions, truthIn, type Hearing } from '../hearing';
import { LARGEST_NUMBER } from '../numbers';
import { numberWords, quadWords, ruleText } from './arithmetic';
import { isFunctionSituation, type FunctionSituation, type FunctionTask } from './types';

const SITUATIONS: Readonly<Record<FunctionSituation['kind'], string>> = {
  result: 'It wants to know what your rule gives for four numbers.',
  'no-result': 'Your rule has no result for these numbers: they make it divide by nothing.',
  refused: 'These numbers are the test itself, which the machine refuses.',
  'test-case': 'It asked for the numbers of the test.',
  right: 'It said the result of the test.',
  wrong: 'It said a result of the test, and a wrong one.',
  'not-four-numbers': 'It did not name four numbers.',
  'not-the-test': 'It searched for something else than the test.',
  'no-number': 'It answered without a number.',
  'not-heard': 'You did not hear it.',
};

/** The words of numbers, signs included, which `mentions` would leave out. */
const NUMBER = /(- )?\d+( \d)*( \. \d+( \d)*)?/g;
const spells = (text: string, numbers: string): boolean => ` ${text} `.includes(` ${numbers} `);

export const functionHearing: Hearing<FunctionTask> = {
  role({ hidden: { rule, testCase } }: FunctionTask): string {
    return `You are the machine. Of four numbers a b c d your rule makes ${ruleText(rule.expression)}; the test is ${quadWords(testCase)}. Say what the rule gives; numbers beyond ${LARGEST_NUMBER} are heard digit by digit.`;
  },
  asksPerson: () => true,
  explain: explained(SITUATIONS),
  hear(_task, situation, text) {
    if (!isFunctionSituation(situation)) throw new TypeError(`Not of Function: ${situation.kind}`);
    const { kind, numbers, value } = situation;
    if (kind === 'right' || kind === 'wrong')
      return answerMeaning(truthIn(text), kind === 'right' ? 'yes' : 'no');
    if (kind === 'test-case' && numbers) {
      const told = spells(text, quadWords(numbers));
      return meaningOf({ contradicts: !told && /\d/.test(text), withholds: !told });
    }
    if (kind !== 'result' || value === null) {
      const invents = kind === 'no-result' && mentions(text, 'gives');
      return meaningOf({ contradicts: invents });
    }
    // The question may be said again before the result: "3 1 2 2 gives 4".
    const asked = quadWords(numbers ?? []);
    const result = ` ${text} `.replace(` ${asked} `, ' ').match(NUMBER)?.at(-1)?.trim();
    return meaningOf({
      contradicts: result !== undefined && result !== numberWords(value),
      withholds: result === undefined,
    });
  },
};
