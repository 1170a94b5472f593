/** Reading and writing the plain sentences of the gyms: lower-case words, single spaces, punctuation as words. */
import { LARGEST_NUMBER } from './numbers';

/** The words of any text, as judges read it: lower case, without punctuation, "isn't" as "is not". */
export const splitWords = (text: string): string[] =>
  text
    .toLowerCase()
    .replace(/n['’]t\b/g, ' not')
    .match(/[a-z]+|\d+/g) ?? [];

const CONTRACTIONS: readonly (readonly [RegExp, string])[] = [
  [/\bwon['’]t\b/g, 'will not'],
  [/\b(?:can['’]t|cannot)\b/g, 'can not'],
  [/n['’]t\b/g, ' not'],
  [/\bi['’]m\b/g, 'i am'],
  [/\b(it|that|what|he|she|there|here|who|where)['’]s\b/g, '$1 is'],
  [/['’]re\b/g, ' are'],
  [/['’]ve\b/g, ' have'],
  [/['’]ll\b/g, ' will'],
  [/['’]d\b/g, ' would'],
];

/**
 * What a person typed, spelled as everything here is: lower-case words and marks with single spaces between them,
 * numbers beyond `LARGEST_NUMBER` digit by digit. What is spelled so already stays as it is.
 */
export function plainWords(typed: string): string {
  let text = typed
    .normalize('NFKD')
    .replace(/\p{Mark}/gu, '')
    .toLowerCase();
  for (const [pattern, words] of CONTRACTIONS) text = text.replace(pattern, words);
  return text
    .replace(/[!;…]/g, ' . ')
    .replace(/€/g, ' euros ')
    .replace(/['’`"“”]/g, '')
    .replace(/(\p{Letter})[-–—](?=\p{Letter})/gu, '$1 ')
    .replace(/[–—−]/g, '-')
    .replace(
      /\d+/g,
      (digits) => ` ${Number(digits) <= LARGEST_NUMBER ? Number(digits) : [...digits].join(' ')} `,
    )
    .replace(/[.,:?+*/^()-]/g, ' $& ')
    .replace(/[^\p{Letter}\d.,:?+*/^()\s-]/gu, ' ')
    .trim()
    .replace(/\s+/g, ' ');
}

export const countWords = (text: string): number => text.split(' ').length;

/** Puts words in for the names in braces: `render('it is {colour}', { colour: 'red' })`. */
export const render = (template: string, words: Readonly<Record<string, string>>): string =>
  template.replace(/\{(\w+)\}/g, (_, name: string) => words[name] ?? name);

/** "a" or "an", by the first letter: the gyms use no word where sound and spelling disagree. */
export const withArticle = (noun: string): string => `${/^[aeiou]/.test(noun) ? 'an' : 'a'} ${noun}`;

/** The first that is short enough; failing that the last, which callers make the shortest. */
export const withinWords = (candidates: readonly string[], limit: number): string =>
  candidates.find((text) => countWords(text) <= limit) ?? candidates.at(-1) ?? '';

/** All words and punctuation marks in a nest of texts, arrays and objects, sorted; names in braces are left out. */
export function wordsIn(source: unknown): string[] {
  const words = textsIn(source).flatMap((text) => text.replace(/\{\w+\}/g, ' ').split(/\s+/));
  return [...new Set(words.filter((word) => word !== ''))].sort();
}

function textsIn(source: unknown): string[] {
  if (typeof source === 'string') return [source];
  if (typeof source !== 'object' || source === null) return [];
  return Object.values(source).flatMap(textsIn);
}
