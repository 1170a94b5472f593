/** What can happen in a turn of Function, by the names under which reward terms refer to it. */
import type { EventMeanings } from '../events';
import type { FunctionSituation } from './types';

export const FUNCTION_EVENTS = {
  result: 'four numbers were probed and the rule gave a result',
  'no-result': 'four numbers were probed for which the rule has no result',
  refused: 'the test case itself was probed, which is refused',
  'test-case': 'the test case was looked up',
  right: 'the right answer was given',
  wrong: 'a wrong answer was given',
  'not-four-numbers': 'a probe had not exactly four numbers',
  'not-the-test': 'something else than the test case was looked up',
  'no-number': 'an answer had no number in it',
  repeated: 'the same numbers were probed, shown or answered once more',
} as const satisfies EventMeanings & Record<Exclude<FunctionSituation['kind'], 'not-heard'>, string>;
