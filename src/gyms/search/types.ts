/** The data of Search: what a task hides and what comes back. All of it is plain JSON. */
import type { Situation, Task } from '../types';
import type { Fact } from './world';

export interface SearchHidden {
  /** The facts that lead to the answer: the object of each is the subject of the next. */
  readonly chain: readonly Fact[];
  readonly answer: string;
}

export type SearchTask = Task<SearchHidden>;

export type SearchSituation = Situation &
  (
    | { readonly kind: 'results'; readonly facts: readonly Fact[] }
    | { readonly kind: 'no-results' | 'searches-spent' | 'no-such-operation' | 'not-heard' }
    | { readonly kind: 'right-answer'; readonly answer: string }
    /** `given` is what was answered, where the library knows such a thing. */
    | { readonly kind: 'wrong-answer'; readonly given: string | null }
  );

const KINDS: Readonly<Record<SearchSituation['kind'], true>> = {
  results: true,
  'no-results': true,
  'searches-spent': true,
  'no-such-operation': true,
  'not-heard': true,
  'right-answer': true,
  'wrong-answer': true,
};

/** A user is handed situations of any gym; this tells whether one can be of this gym. */
export const isSearchSituation = (situation: Situation): situation is SearchSituation =>
  Object.hasOwn(KINDS, situation.kind);
