/** What can happen in a turn of Search, by the names under which reward terms refer to it. */
import type { EventMeanings } from '../events';
import type { SearchSituation } from './types';

export const SEARCH_EVENTS = {
  results: 'a search found something',
  'no-results': 'a search found nothing',
  'searches-spent': 'a search was made after the last one allowed',
  'right-answer': 'the right answer was given',
  'wrong-answer': 'a wrong answer was given',
  'no-such-operation': 'an operation was called that this gym has not got',
} as const satisfies EventMeanings & Record<Exclude<SearchSituation['kind'], 'not-heard'>, string>;
