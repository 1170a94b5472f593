/**
 * Free text as plain words: what the gyms speak and a word-level tokenizer can be taught. Lower case, single
 * spaces, no accents; what is neither letter nor digit only parts words.
 */

/** Letters that do not come apart into a plain one and a mark. */
const FOLDED: Readonly<Record<string, string>> = {
  ß: 'ss',
  æ: 'ae',
  œ: 'oe',
  ø: 'o',
  đ: 'd',
  ð: 'd',
  ł: 'l',
  þ: 'th',
  ı: 'i',
};

const folded = (text: string): string =>
  text
    .toLowerCase()
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replace(/[ßæœøđðłþı]/g, (letter) => FOLDED[letter] ?? letter)
    .replace(/n['’]t\b/g, ' not');

/** "Crème-brûlée 2.5" is "creme brulee 2 . 5". Words and numbers are parted, as the judges of the gyms part them. */
export const plainWords = (text: string): string =>
  (folded(text).match(/[a-z]+|\d+|(?<=\d)[.:](?=\d)/g) ?? []).join(' ');

/** A question keeps what ends and parts it. */
export const plainQuestion = (text: string): string => {
  const words = (folded(text).match(/[a-z]+|\d+|,/g) ?? []).join(' ').replace(/[ ,]+$/, '');
  return words === '' ? '' : `${words} ?`;
};

/** The first letter in a script that a word-level tokenizer of Latin words cannot be taught, if any. */
export const foreignLetter = (text: string): string | undefined =>
  folded(text)
    .match(/[\p{L}\p{N}]/gu)
    ?.find((letter) => !/[a-z0-9]/.test(letter));

/** "owl | night bird" is two ways to say it. */
export const alternatives = (text: string): string[] =>
  text
    .split('|')
    .map((part) => part.trim())
    .filter((part) => part !== '');
