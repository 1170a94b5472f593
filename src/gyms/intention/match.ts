/** The judge: which aspects a question asks about. Read left to right, longest phrase first (see `mentions.ts`). */
import { Mentions } from '../mentions';
import { recordOf } from '../record';
import { ASPECTS, ASPECT_NAMES, NEUTRAL_PHRASES, type AspectName } from './aspects';

const MENTIONS = new Mentions<AspectName | 'neutral'>({
  ...recordOf(ASPECT_NAMES, (name) => [name, ...ASPECTS[name].phrases]),
  neutral: NEUTRAL_PHRASES,
});

/**
 * The aspects a text asks about, in order of mention, each once. The longest phrase is why "when must it be
 * ready" asks for the deadline and not for the date as well.
 */
export const aspectsAskedIn = (text: string): AspectName[] =>
  MENTIONS.in(text).flatMap(({ name }) => (name === 'neutral' ? [] : [name]));
