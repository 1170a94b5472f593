/**
 * The search engine: MiniSearch (BM25+) over the library, one fact a document. It stands for the web search of
 * UserRL, forgives typing errors, and knows a few synonyms of the words that documents use.
 */
import MiniSearch from 'minisearch';
import { splitWords } from '../text';
import { FACTS, statementOf, type Fact, type RelationName } from './world';

/** Words that say nothing about what is looked for. */
const STOP_WORDS: ReadonlySet<string> = new Set(
  'a an the is are was of for with as to who what which does did do it and that has s'.split(' '),
);
const SYNONYMS: Readonly<Record<string, string>> = {
  ...sameAs('made', 'make maker makes built build builder painted created creator'),
  // The only word in which "the red bridge is in arlen" differs from the other facts about the bridge.
  ...sameAs('in', 'where found stands located location place lies'),
  ...sameAs('born', 'birth birthplace'),
  ...sameAs('works', 'work job profession occupation'),
  ...sameAs('lives', 'live animal animals pet pets'),
  ...sameAs('famous', 'fame known'),
};

function sameAs(word: string, synonyms: string): Record<string, string> {
  return Object.fromEntries(synonyms.split(' ').map((synonym) => [synonym, word]));
}

/** Short words are told apart by a single letter (boat, goat), so only longer ones may be misspelt. */
const FUZZY_LENGTH = 6;

export class Library {
  readonly #known = new Map<string, Fact>();
  readonly #objects: ReadonlySet<string>;
  #index: MiniSearch<{ id: number; text: string }> | undefined;

  constructor(readonly facts: readonly Fact[]) {
    for (const fact of facts) this.#known.set(`${fact.relation} ${fact.subject}`, fact);
    this.#objects = new Set(facts.map(({ object }) => object));
  }

  factAbout(subject: string, relation: RelationName): Fact | undefined {
    return this.#known.get(`${relation} ${subject}`);
  }

  /** Whether any fact ends in this name or word. */
  tellsOf(object: string): boolean {
    return this.#objects.has(object);
  }

  /** The best matching facts, best first. */
  search(query: string, limit: number): Fact[] {
    return this.#searchable()
      .search(query)
      .slice(0, limit)
      .map(({ id }) => this.facts[Number(id)]!);
  }

  /** Made at the first search: most who load the gym never ask anything. */
  #searchable(): MiniSearch<{ id: number; text: string }> {
    if (this.#index) return this.#index;
    this.#index = new MiniSearch({
      fields: ['text'],
      tokenize: splitWords,
      processTerm: (term) => (STOP_WORDS.has(term) ? null : (SYNONYMS[term] ?? term)),
      searchOptions: { fuzzy: (term) => (term.length >= FUZZY_LENGTH ? 0.2 : false) },
    });
    this.#index.addAll(this.facts.map((fact, id) => ({ id, text: statementOf(fact) })));
    return this.#index;
  }
}

/** The library that the gym is played with. */
export const LIBRARY = new Library(FACTS);
