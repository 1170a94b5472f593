/**
 * The judge: which aspects a question asks about. UserRL lets a language model decide; here it is a rule, so
 * that rewards can be checked by hand and a person typing freely is judged by the same measure.
 */
import { ASPECTS, ASPECT_NAMES, NEUTRAL_PHRASES, type AspectName } from './aspects';

interface Phrase {
  readonly words: readonly string[];
  readonly aspect: AspectName | null;
}

const splitWords = (text: string): string[] => text.toLowerCase().match(/[a-z]+/g) ?? [];

function phraseTable(): ReadonlyMap<string, readonly Phrase[]> {
  const phrases: Phrase[] = NEUTRAL_PHRASES.map((text) => ({ words: splitWords(text), aspect: null }));
  for (const aspect of ASPECT_NAMES) {
    const texts = [aspect, ...ASPECTS[aspect].phrases];
    phrases.push(...texts.map((text) => ({ words: splitWords(text), aspect })));
  }
  const byFirstWord = new Map<string, Phrase[]>();
  for (const phrase of phrases.sort((a, b) => b.words.length - a.words.length)) {
    const first = phrase.words[0] ?? '';
    byFirstWord.set(first, [...(byFirstWord.get(first) ?? []), phrase]);
  }
  return byFirstWord;
}

const PHRASES = phraseTable();

/**
 * The aspects a text asks about, in order of mention, each once.
 *
 * Read from left to right; at each word the longest phrase that starts there is taken and its words are used
 * up. That is why "when must it be ready" asks for the deadline and not for the date as well.
 */
export function aspectsAskedIn(text: string): AspectName[] {
  const words = splitWords(text);
  const found = new Set<AspectName>();
  for (let i = 0; i < words.length;) {
    const candidates = PHRASES.get(words[i] ?? '') ?? [];
    const phrase = candidates.find((p) => p.words.every((word, j) => words[i + j] === word));
    if (phrase?.aspect) found.add(phrase.aspect);
    i += phrase?.words.length ?? 1;
  }
  return [...found];
}
