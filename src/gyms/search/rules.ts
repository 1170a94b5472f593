/**
 * The rules of Search: answer a question with the help of a search engine. Searching pays nothing, the right
 * answer pays 1 and ends; wrong answers may be followed by others. UserRL (arXiv 2509.19736), SearchGym.
 */
import { TurnLimitedEpisode, type Verdict } from '../episode';
import { splitWords } from '../text';
import type { EpisodeOptions, HiddenFact, Operation, ToolCall } from '../types';
import { LIBRARY, type Library } from './library';
import type { SearchSituation, SearchTask } from './types';
import type { Fact } from './world';

/** UserRL, SearchGym: correct_answer_reward and incorrect_answer_reward. */
export const CORRECT_REWARD = 1;
export const INCORRECT_REWARD = 0;

export interface SearchOptions {
  /** Later searches are refused. UserRL: max_search_steps 5. */
  readonly maxSearches: number;
  /** UserRL: max_search_results 5. */
  readonly resultsPerSearch: number;
  /** What is searched. UserRL: the web. */
  readonly library: Library;
}

export const SEARCH_DEFAULTS: SearchOptions = { maxSearches: 5, resultsPerSearch: 5, library: LIBRARY };

/** UserRL's prompt allows searching and answering; there is nobody to talk to. */
export const SEARCH_OPERATIONS: readonly Operation[] = ['search', 'answer'];

/** Words in front of an answer that belong to the sentence and not to the answer. */
const LEAD_IN: ReadonlySet<string> = new Set(
  'a an the it is was answer i think that in for with by my final he she they'.split(' '),
);

/**
 * The words of an answer. A language model forgives how it is put in UserRL; here the words that lead in to an
 * answer are dropped, so that "It is in Arlen." is "arlen".
 */
export function normaliseAnswer(text: string): string {
  const words = splitWords(text);
  const start = words.findIndex((word) => !LEAD_IN.has(word));
  return start < 0 ? '' : words.slice(start).join(' ');
}

/** UserRL compares lower-case letters and digits alone: spaces and marks between them do not count. */
const sameAnswer = (one: string, other: string): boolean =>
  one.replaceAll(' ', '') === other.replaceAll(' ', '');

export class SearchEpisode extends TurnLimitedEpisode<SearchSituation> {
  readonly operations = SEARCH_OPERATIONS;
  readonly #seen = new Set<Fact>();
  #searches = 0;
  #answered = false;

  constructor(
    private readonly task: SearchTask,
    episode: EpisodeOptions,
    private readonly options: SearchOptions,
  ) {
    super(task.opening, episode);
  }

  hiddenFacts(): HiddenFact[] {
    const { chain, answer } = this.task.hidden;
    const seen = [...this.#seen].map((fact) => `${fact.subject} ${fact.relation}`);
    return [
      ...chain.map(({ subject, relation, object }) => ({
        label: `${relation} of ${subject}`,
        value: object,
        weight: 0,
        found: seen.includes(`${subject} ${relation}`),
      })),
      { label: 'answer', value: answer, weight: 1, found: this.#answered },
    ];
  }

  protected judge({ choice, content }: ToolCall): Verdict<SearchSituation> {
    if (choice === 'search') return this.#search(content);
    return choice === 'answer' ? this.#answer(content) : nothing({ kind: 'no-such-operation' });
  }

  protected notHeard(): SearchSituation {
    return { kind: 'not-heard' };
  }

  #search(query: string): Verdict<SearchSituation> {
    if (this.#searches >= this.options.maxSearches) return nothing({ kind: 'searches-spent' });
    this.#searches += 1;
    const facts = this.options.library.search(query, this.options.resultsPerSearch);
    for (const fact of facts) this.#seen.add(fact);
    return nothing(facts.length > 0 ? { kind: 'results', facts } : { kind: 'no-results' });
  }

  #answer(text: string): Verdict<SearchSituation> {
    const given = normaliseAnswer(text);
    const { answer } = this.task.hidden;
    if (!sameAnswer(given, normaliseAnswer(answer))) {
      const situation = {
        kind: 'wrong-answer',
        given: this.options.library.tellsOf(given) ? given : null,
      } as const;
      return { ...nothing(situation), reward: INCORRECT_REWARD };
    }
    this.#answered = true;
    return {
      reward: CORRECT_REWARD,
      success: true,
      situation: { kind: 'right-answer', answer },
      events: [{ name: 'right-answer' }],
    };
  }
}

const nothing = (situation: SearchSituation): Verdict<SearchSituation> => ({
  reward: 0,
  success: false,
  situation,
  events: [{ name: situation.kind }],
});
