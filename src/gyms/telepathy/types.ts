/** The data of Telepathy: what a task hides and what a user has to react to. All of it is plain JSON. */
import type { Situation, Task } from '../types';
import type { AttributeName, CategoryName, MaterialName, ThingName, Toy } from './world';
import type { Truth } from '../truth';

/** What is known about one attribute. */
export interface Fact {
  readonly attribute: AttributeName;
  readonly truth: Truth;
}

export interface TelepathyHidden {
  readonly category: CategoryName;
  readonly toy: Toy;
  /** Said in the opening already. */
  readonly told: readonly Fact[];
}

export type TelepathyTask = Task<TelepathyHidden>;

/** What a question or a guess claims: an attribute, or what the toy is. */
export type Claim =
  | { readonly kind: 'attribute'; readonly attribute: AttributeName }
  | {
      readonly kind: 'identity';
      readonly category?: CategoryName;
      readonly thing?: ThingName;
      readonly material?: MaterialName;
    };

const KINDS = ['replies', 'right', 'wrong', 'no-guess', 'several', 'nothing-asked', 'not-heard'] as const;

export interface TelepathySituation extends Situation {
  readonly kind: (typeof KINDS)[number];
  /** What was asked or guessed; null where it was nothing or too much. */
  readonly claim: Claim | null;
  /** Whether the claim holds. */
  readonly truth: Truth | null;
  /** The same was asked before, or stood in the opening. */
  readonly repeated: boolean;
  /** What a helpful user would ask next in the policy's place; follows from what was said, and not from the toy. */
  readonly next: AttributeName | null;
}

/** A user is handed situations of any gym; this tells whether one is of this gym. */
export function isTelepathySituation(situation: Situation): situation is TelepathySituation {
  return KINDS.some((kind) => kind === situation.kind) && 'claim' in situation && 'next' in situation;
}
