/**
 * What comes back in Search. An engine is no person: results read the same in every manner; only the one who
 * checks the answer is more or less polite.
 */
import type { Random } from '../../random';
import { CALL_LOST, type Phrases } from '../phrases';
import { render } from '../text';
import type { Situation } from '../types';
import type { Manner, Wording } from '../wording';
import { isSearchSituation, type SearchTask } from './types';
import { statementOf } from './world';

export const REPLY_WORDS = 18;
/** Longest list of results: five of seven words. */
export const LIST_WORDS = 35;

export const RIGHT: Phrases = {
  helpful: ['yes , that is right : {answer} . thank you .', 'thank you , {answer} is right .'],
  plain: ['yes , {answer} is right .', 'that is right .'],
  terse: ['right .', 'yes .'],
  noisy: ['hmm , yes , {answer} , i think .', 'oh , that is right .'],
};
export const WRONG: Phrases = {
  helpful: ['no , sorry , it is not {given} .', 'sorry , {given} is not right .'],
  plain: ['no , {given} is not right .', 'it is not {given} .'],
  terse: ['no .', 'not right .'],
  noisy: ['hmm , {given} ? i do not think so .', 'oh no , not {given} .'],
};
/** Stands for `{given}` where the answer was no name or word of the library. */
export const SOMETHING = 'that';
export const NO_RESULTS = 'nothing found .';
export const SPENT = 'there is no search left . please answer now .';
export const NO_SUCH_OPERATION = 'nobody is here . please search or answer .';

export const searchWording: Wording<SearchTask> = {
  word(_task: SearchTask, situation: Situation, manner: Manner, random: Random): string {
    if (!isSearchSituation(situation)) throw new TypeError(`Not a situation of Search: ${situation.kind}`);
    switch (situation.kind) {
      case 'results':
        return situation.facts.map(statementOf).join(' ');
      case 'no-results':
        return NO_RESULTS;
      case 'searches-spent':
        return SPENT;
      case 'no-such-operation':
        return NO_SUCH_OPERATION;
      case 'right-answer':
        return render(random.pick(RIGHT[manner]), { answer: situation.answer });
      case 'wrong-answer':
        return render(random.pick(WRONG[manner]), { given: situation.given ?? SOMETHING });
      case 'not-heard':
        return random.pick(CALL_LOST);
    }
  },
};
