/**
 * The search engine: MiniSearch (BM25+) over the library, one fact a document. It stands for the web search of
 * UserRL, forgives typing errors, and knows a few synonyms of the words that documents use.
 */
import MiniSearch from 'minisearch';
import { splitWords } from '../text';
import { FACTS, statementOf, type Fact } from './world';

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

let index: MiniSearch<{ id: number; text: string }> | undefined;

function theIndex(): MiniSearch<{ id: number; text: string }> {
  if (index) return index;
  index = new MiniSearch({
    fields: ['text'],
    tokenize: splitWords,
    processTerm: (term) => (STOP_WORDS.has(term) ? null : (SYNONYMS[term] ?? term)),
    searchOptions: { fuzzy: (term) => (term.length >= FUZZY_LENGTH ? 0.2 : false) },
  });
  index.addAll(FACTS.map((fact, id) => ({ id, text: statementOf(fact) })));
  return index;
}

/** The best matching facts, best first. */
export function searchLibrary(query: string, limit: number): Fact[] {
  return theIndex()
    .search(query)
    .slice(0, limit)
    .map(({ id }) => FACTS[Number(id)]!);
}
