/** The data of Telepathy: what a task hides and what a user has to react to. All of it is plain JSON. */
import type { Situation, Task } from '../types';
import type { Truth } from '../truth';

/** What may be thought of: a thing, in a world of materials made of one. */
export interface Toy<T extends string = string, M extends string = string> {
  readonly thing: T;
  readonly material?: M;
}

/** What is known about one attribute. */
export interface Fact<A extends string = string> {
  readonly attribute: A;
  readonly truth: Truth;
}

export interface TelepathyHidden<
  A extends string = string,
  C extends string = string,
  T extends string = string,
  M extends string = string,
> {
  readonly category: C;
  readonly toy: Toy<T, M>;
  /** Said in the opening already. */
  readonly told: readonly Fact<A>[];
}

export type TelepathyTask = Task<TelepathyHidden>;

/** What a question or a guess claims: an attribute, or what the toy is. */
export type Claim<A extends string = string> =
  | { readonly kind: 'attribute'; readonly attribute: A }
  | {
      readonly kind: 'identity';
      readonly category?: string;
      readonly thing?: string;
      readonly material?: string;
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
  readonly next: string | null;
}

/** A user is handed situations of any gym; this tells whether one is of this gym. */
export function isTelepathySituation(situation: Situation): situation is TelepathySituation {
  return KINDS.some((kind) => kind === situation.kind) && 'claim' in situation && 'next' in situation;
}
