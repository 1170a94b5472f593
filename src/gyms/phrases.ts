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
