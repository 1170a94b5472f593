/** Ways to say one thing, by the manner of who says it. Words in braces are put in. */
import type { Manner } from './wording';

export type Phrases = Readonly<Record<Manner, readonly string[]>>;

/** What anybody says who did not take in what was said. */
export const NOT_HEARD: Phrases = {
  helpful: ['sorry , please say that again .'],
  plain: ['sorry , please say that again .'],
  terse: ['again ?'],
  noisy: ['sorry , what did you say ?', 'hmm ? please say that again .', 'sorry , i did not hear you .'],
};

/** What comes back where a machine answers and the call was lost. */
export const CALL_LOST: readonly string[] = ['no answer . please try again .'];

/** What anybody says who was asked two things in one breath, where only one counts. */
export const SEVERAL: Phrases = {
  helpful: ['please ask one question at a time .', 'sorry , one question at a time , please .'],
  plain: ['one question at a time , please .', 'please ask one question .'],
  terse: ['one question .', 'one at a time .'],
  noisy: ['hmm , what is the question ?', 'oh , one at a time , please .'],
};

/** What anybody says who makes nothing of what was said. */
export const NOT_UNDERSTOOD: Phrases = {
  helpful: ['i do not understand . what do you want to know ?'],
  plain: ['what do you want to know ?', 'i do not understand .'],
  terse: ['what ?', 'and ?'],
  noisy: ['hmm ? i do not understand .', 'oh , what do you want to know ?'],
};
