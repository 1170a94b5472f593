/** The judge: which aspects a question asks about. Read left to right, longest phrase first (see `mentions.ts`). */
import { Mentions } from '../mentions';
import { ASPECTS, ASPECT_NAMES, NEUTRAL_PHRASES, type AspectName } from './aspects';

const PHRASES = Object.fromEntries<readonly string[]>([
  ...ASPECT_NAMES.map((name) => [name, [name, ...ASPECTS[name].phrases]] as const),
  ['neutral', NEUTRAL_PHRASES],
]) as Record<AspectName | 'neutral', readonly string[]>;

const MENTIONS = new Mentions<AspectName | 'neutral'>(PHRASES);

/**
 * The aspects a text asks about, in order of mention, each once. The longest phrase is why "when must it be
 * ready" asks for the deadline and not for the date as well.
 */
export const aspectsAskedIn = (text: string): AspectName[] =>
  MENTIONS.in(text).flatMap(({ name }) => (name === 'neutral' ? [] : [name]));
