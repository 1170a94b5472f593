/**
 * The shop's policy, once as a document and once as code: what the right end of a conversation is. The code is
 * the reference of tau-bench, which ships a list of actions and of required outputs with every task.
 */
import {
  applyChange,
  type Change,
  type Colour,
  type Database,
  type Item,
  type Order,
  type WishKind,
} from './world';

/** Orders that came longer ago are not taken back. */
export const RETURN_DAYS = 14;

export const POLICY_DOCUMENT =
  'cancel or change only open orders . take back only what came at most {days} days ago . ' +
  'say how many euros go back . if not possible , say sorry and the days .';

export interface Wish {
  readonly kind: WishKind;
  readonly item: Item;
  /** The new colour, where that is the wish. */
  readonly colour?: Colour;
}

/** Something the customer must have been told in the end. */
export type RequiredFact =
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'colour'; readonly value: Colour }
  | { readonly kind: 'refusal' };

export interface Reference {
  readonly change: Change | null;
  readonly facts: readonly RequiredFact[];
}

export function isAllowed(kind: WishKind, { state, days }: Order): boolean {
  if (kind === 'return') return state === 'came' && days <= RETURN_DAYS;
  return kind === 'ask' ? state === 'coming' : state === 'open';
}

/** What the policy asks for: a change or none, and what has to be said. */
export function referenceFor({ kind, colour }: Wish, order: Order): Reference {
  if (!isAllowed(kind, order)) {
    return { change: null, facts: [{ kind: 'refusal' }, { kind: 'number', value: order.days }] };
  }
  switch (kind) {
    case 'ask':
      return { change: null, facts: [{ kind: 'number', value: order.days }] };
    case 'change':
      if (!colour) throw new Error('A change of colour needs a colour');
      return {
        change: { tool: 'change', order: order.number, colour },
        facts: [{ kind: 'colour', value: colour }],
      };
    default:
      return {
        change: { tool: kind, order: order.number },
        facts: [{ kind: 'number', value: order.price }],
      };
  }
}

export const referenceDatabase = (database: Database, { change }: Reference): Database =>
  change ? applyChange(database, change) : database;
