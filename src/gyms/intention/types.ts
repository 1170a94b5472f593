/** The data of Intention: what a task hides and what a user has to react to. All of it is plain JSON. */
import type { Situation, Task } from '../types';

/** 3 decides everything, 2 matters, 1 is nice to know. */
export type Importance = 1 | 2 | 3;

export interface Detail<Name extends string = string> {
  readonly aspect: Name;
  readonly importance: Importance;
  readonly value: string;
}

export interface IntentionHidden<Name extends string = string> {
  /** Already said in the opening: asking again earns nothing. */
  readonly stated: readonly Detail<Name>[];
  /** What the policy must find out. */
  readonly missing: readonly Detail<Name>[];
}

export type IntentionTask = Task<IntentionHidden>;

const KINDS = ['answers', 'said-before', 'no-preference', 'nothing-asked', 'not-heard'] as const;

export interface IntentionSituation extends Situation {
  readonly kind: (typeof KINDS)[number];
  /** Missing details this question uncovered. */
  readonly covered: readonly Detail[];
  /** Asked for, but said before, in the opening or in a reply. */
  readonly known: readonly Detail[];
  /** Asked for, but the user does not care. */
  readonly indifferent: readonly string[];
  /** The most important detail still missing. */
  readonly next: string | null;
}

/** A user is handed situations of any gym; this tells whether one is of this gym. */
export function isIntentionSituation(situation: Situation): situation is IntentionSituation {
  return (
    KINDS.some((kind) => kind === situation.kind) && 'covered' in situation && 'indifferent' in situation
  );
}
