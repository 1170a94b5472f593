/**
 * Which known things a text speaks of. UserRL lets a language model judge free text; here it is a rule over
 * words and phrases, so that rewards can be checked by hand and a person typing freely is judged by the same
 * measure.
 */
import { splitWords } from './text';

export interface Mention<Name extends string> {
  readonly name: Name;
  /** Said not to be so: "it is not a dog". */
  readonly negated: boolean;
}

/** Words that turn what follows into its opposite, and how far they reach. */
const NEGATIONS: ReadonlySet<string> = new Set(['not', 'never', 'without', 'nor', 'neither']);
const NEGATION_REACH = 3;
/** Where a new thought begins; a negation does not reach across. */
const BREAKS: ReadonlySet<string> = new Set(['but', 'and', 'or']);

export class Mentions<Name extends string> {
  readonly #byFirstWord = new Map<string, { readonly name: Name; readonly words: readonly string[] }[]>();

  /** Every name with the phrases that mean it; a name does not stand for itself. */
  constructor(phrases: Readonly<Record<Name, readonly string[]>>) {
    const all = (Object.entries(phrases) as [Name, readonly string[]][])
      .flatMap(([name, texts]) => texts.map((text) => ({ name, words: splitWords(text) })))
      .sort((a, b) => b.words.length - a.words.length);
    for (const phrase of all) {
      const first = phrase.words[0] ?? '';
      this.#byFirstWord.set(first, [...(this.#byFirstWord.get(first) ?? []), phrase]);
    }
  }

  /** In order of mention, each once. At each word the longest phrase that begins there is taken and used up. */
  in(text: string): Mention<Name>[] {
    const words = splitWords(text);
    const found = new Map<Name, boolean>();
    for (let i = 0; i < words.length;) {
      const candidates = this.#byFirstWord.get(words[i] ?? '') ?? [];
      const phrase = candidates.find((p) => p.words.every((word, j) => words[i + j] === word));
      if (phrase && !found.has(phrase.name)) found.set(phrase.name, isNegated(words.slice(0, i)));
      i += phrase?.words.length ?? 1;
    }
    return [...found].map(([name, negated]) => ({ name, negated }));
  }
}

function isNegated(before: readonly string[]): boolean {
  if (before.at(-1) === 'no') return true;
  const reach = before.slice(-NEGATION_REACH);
  return reach.slice(reach.findLastIndex((word) => BREAKS.has(word)) + 1).some((word) => NEGATIONS.has(word));
}
