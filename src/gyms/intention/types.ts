/** The data of Intention: what a task hides and what a user has to react to. All of it is plain JSON. */
import type { Situation, Task } from '../types';
import type { AspectName } from './aspects';
import type { CategoryName, Importance } from './categories';

export interface Detail {
  readonly aspect: AspectName;
  readonly importance: Importance;
  readonly value: string;
}

export interface IntentionHidden {
  readonly category: CategoryName;
  /** Already said in the opening: asking again earns nothing. */
  readonly stated: readonly Detail[];
  /** What the policy must find out. */
  readonly missing: readonly Detail[];
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
  readonly indifferent: readonly AspectName[];
  /** The most important detail still missing. */
  readonly next: AspectName | null;
}

/** A user is handed situations of any gym; this tells whether one is of this gym. */
export function isIntentionSituation(situation: Situation): situation is IntentionSituation {
  return (
    KINDS.some((kind) => kind === situation.kind) && 'covered' in situation && 'indifferent' in situation
  );
}
