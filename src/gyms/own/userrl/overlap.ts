/**
 * The judge by words that stands in for UserRL's language models: how much of what is meant was said. Only words
 * with a meaning of their own count; endings are cut, so that "guests" is "guest" and "lowered" is "lower".
 */
import { splitWords } from '../../text';

/** Words that say little by themselves. */
const FUNCTION_WORDS: ReadonlySet<string> = new Set(
  `a about after all also am an and any are as at be because been being but by can could did do does doing for from
  had has have having he her here hers him his how i if in into is it its just like many may me might more most much my no nor not of on
  or our out over own please same she should so some such than that the their them then there these they this those
  thing things to too us very was we were what when where which while who whom why will with would you your yes`.split(
    /\s+/,
  ),
);

const stem = (word: string): string =>
  word.length > 4 ? word.replace(/(?:ies|ing|ed|es|s|y)$/, '') : word.replace(/(?<=..)s$/, '');

/** Each once, in order. */
export const contentWords = (text: string): string[] => [
  ...new Set(
    splitWords(text)
      .filter((word) => !FUNCTION_WORDS.has(word))
      .map(stem),
  ),
];

/** Share of the words of `meant` that `said` has; 0 where nothing is meant. */
export function coverage(meant: string, said: string): number {
  const words = contentWords(meant);
  const spoken = new Set(contentWords(said));
  return words.length === 0 ? 0 : words.filter((word) => spoken.has(word)).length / words.length;
}
