/** The data of Turtle: what a task hides and what a user has to react to. All of it is plain JSON. */
import type { Situation, Task } from '../types';
import type { Truth } from '../truth';
import type { FamilyName, SceneName, Slot, ValueName } from './world';

/** One thing a full account has to say; UserRL calls its weight a score. */
export interface Criterion {
  readonly slot: Slot;
  readonly value: ValueName;
  /** Of one story they sum to 1. */
  readonly weight: number;
}

export interface TurtleHidden {
  readonly scene: SceneName;
  readonly criteria: readonly Criterion[];
}

export type TurtleTask = Task<TurtleHidden>;

/** What a question supposes: one value, or a whole family. */
export type Claim =
  | { readonly kind: 'value'; readonly value: ValueName }
  | { readonly kind: 'family'; readonly family: FamilyName };

const KINDS = ['replies', 'judged', 'no-story', 'several', 'nothing-asked', 'not-heard'] as const;

export interface TurtleSituation extends Situation {
  readonly kind: (typeof KINDS)[number];
  /** What was asked, and whether it holds; null where nothing was asked. */
  readonly claim: Claim | null;
  readonly truth: Truth | null;
  readonly repeated: boolean;
  /** What an answer said for each criterion; told in full only where `covered` lists it. */
  readonly said: readonly ValueName[];
  readonly covered: readonly Criterion[];
  readonly solved: boolean;
  /** A criterion nothing is known for yet, for a helpful user to point at. */
  readonly next: Slot | null;
}

/** A user is handed situations of any gym; this tells whether one is of this gym. */
export function isTurtleSituation(situation: Situation): situation is TurtleSituation {
  return KINDS.some((kind) => kind === situation.kind) && 'covered' in situation && 'solved' in situation;
}
