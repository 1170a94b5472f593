/** The judge of free text: whether an utterance argues, asks or agrees, and for or about which value. */
import { Mentions } from '../mentions';
import { recordOf } from '../record';
import { splitWords } from '../text';
import { VALUES, VALUE_NAMES, type ValueName } from './world';

const MENTIONS = new Mentions(recordOf(VALUE_NAMES, (name) => [name, ...VALUES[name].words]));
/** Saying that the claim does good speaks for it, whatever value is named; "not good for" speaks against. */
const SUPPORT = new Mentions<'support'>({
  support: ['good for', 'helps', 'saves', 'i agree', 'agree with you', 'you are right', 'good idea'],
});
const ASKING: ReadonlySet<string> = new Set(
  'care matter matters important love value values mean like want'.split(' '),
);
const QUESTION_WORDS: ReadonlySet<string> = new Set('what which why who how do does is are tell'.split(' '));
/** Good arguments are full of "not" ("you could not sleep"); only this sets a value aside. */
const DENIED = /\bnot (only )?(about|because of) (your |the )?\w+/g;

export type Utterance =
  | { readonly kind: 'argues'; readonly value: ValueName }
  | { readonly kind: 'asks'; readonly value: ValueName | null }
  | { readonly kind: 'supports' }
  | { readonly kind: 'nothing' };

/**
 * One argument at a time: of several values the first counts that is not set aside ("it is not about money but
 * about your health"). A question about a value is an argument unless it asks whether one cares.
 */
export function readUtterance(text: string): Utterance {
  const words = splitWords(text);
  const question = text.includes('?') || QUESTION_WORDS.has(words[0] ?? '');
  const [first = MENTIONS.in(text)[0]] = MENTIONS.in(text.toLowerCase().replace(DENIED, ''));
  const value = first?.name ?? null;
  if (question && (!value || words.some((word) => ASKING.has(word)))) return { kind: 'asks', value };
  if (SUPPORT.in(text).some((mention) => !mention.negated)) return { kind: 'supports' };
  return value ? { kind: 'argues', value } : { kind: 'nothing' };
}
