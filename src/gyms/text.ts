/** Reading and writing the plain sentences of the gyms: lower-case words, single spaces, punctuation as words. */
/** The words of any text, as judges read it: lower case, without punctuation, "isn't" as "is not". */
export const splitWords = (text: string): string[] =>
  text
    .toLowerCase()
    .replace(/n['’]t\b/g, ' not')
    .match(/[a-z]+|\d+/g) ?? [];

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
