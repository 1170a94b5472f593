/** Search has no user: an engine answers and the right answer is known. A person can only watch. */
import { explained, type Hearing } from '../hearing';
import type { SearchSituation, SearchTask } from './types';

const SITUATIONS: Readonly<Record<SearchSituation['kind'], string>> = {
  results: 'It searched, and this is what was found.',
  'no-results': 'It searched, and nothing was found.',
  'searches-spent': 'It has no searches left.',
  'no-such-operation': 'It spoke to somebody, but nobody is there.',
  'not-heard': 'It was not heard.',
  'right-answer': 'It gave the right answer.',
  'wrong-answer': 'It gave a wrong answer.',
};

export const searchHearing: Hearing<SearchTask> = {
  role: () =>
    'Nobody is talked to in this gym: a search engine answers, and the right answer is known. You can watch, turn by turn.',
  watchOnly: true,
  asksPerson: () => false,
  explain: explained(SITUATIONS),
  hear: () => 'agrees',
};
