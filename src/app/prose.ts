/**
 * The policy's words as a person would write them. It speaks in lower-case words with spaces around every
 * mark, because that is all its tokenizer knows; reading sixty turns of that is tiring.
 */
export function prose(words: string): string {
  return words
    .replace(/\s+([.,?!:;])/g, '$1')
    .replace(/\bi\b/g, 'I')
    .replace(/(^|[.?!]\s+)([a-z])/g, (_, before: string, letter: string) => before + letter.toUpperCase());
}
