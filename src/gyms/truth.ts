/** What may be answered to a question, and how, in the gyms that are riddles. */
import type { Phrases } from './phrases';

export type Truth = 'yes' | 'no' | 'maybe';

/** `fact` is a whole sentence, so that the answer says something without the question; `word` is its core. */
export const YES_OR_NO: Readonly<Record<'yes' | 'no', Phrases>> = {
  yes: {
    helpful: ['yes , {fact} .', 'good question : yes , {fact} .', 'yes sure , {fact} .'],
    plain: ['yes , {fact} .', 'yes : {fact} .', 'well , yes , {fact} .'],
    terse: ['yes , {word} .', 'yes : {word}'],
    noisy: ['hmm , yes , {fact} .', 'oh , i think {fact} .', 'well , i guess {fact} .'],
  },
  no: {
    helpful: ['no , {fact} .', 'good question : no , {fact} .', 'no , sorry , {fact} .'],
    plain: ['no , {fact} .', 'no : {fact} .', 'well , no , {fact} .'],
    terse: ['no , not {word} .', 'no : not {word}'],
    noisy: ['hmm , no , {fact} .', 'oh , i think {fact} .', 'well , i guess {fact} .'],
  },
};
export const AGAIN: readonly string[] = ['as i said , {answer}'];
/** What a noisy user says who was asked properly and stays vague. */
export const VAGUE: readonly string[] = ['hmm , hard to say .', 'oh , i must think about that .'];
