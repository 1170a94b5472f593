/** The shop of Tau: what people order, what state an order is in, and what they want of the shop. */
import { PEOPLE } from '../people';

export const ITEMS = ['lamp', 'clock', 'laptop', 'bag', 'chair', 'jacket'] as const;
export const COLOURS = ['red', 'blue', 'green', 'white', 'pink'] as const;
export const CUSTOMERS = PEOPLE;

export type Item = (typeof ITEMS)[number];
export type Colour = (typeof COLOURS)[number];

/** One row of the database. */
export interface Order {
  readonly number: number;
  readonly owner: string;
  readonly item: Item;
  readonly colour: Colour;
  /** In euros. */
  readonly price: number;
  readonly state: 'open' | 'coming' | 'came' | 'cancelled' | 'returned';
  /** Days until it comes, or since it came; 0 otherwise. */
  readonly days: number;
}

export type Database = readonly Order[];

/** What a customer may want; `ask` is to know when an order comes. */
export const WISHES = ['cancel', 'return', 'change', 'ask'] as const;
export type WishKind = (typeof WISHES)[number];

/** The tools that change the database. */
export type Change =
  | { readonly tool: 'cancel' | 'return'; readonly order: number }
  | { readonly tool: 'change'; readonly order: number; readonly colour: Colour };

/** The database after a change. Like those of tau-bench, tools do as they are told: keeping to the policy is the agent's task. */
export function applyChange(database: Database, change: Change): Database {
  return database.map((order): Order => {
    if (order.number !== change.order) return order;
    if (change.tool === 'change') return { ...order, colour: change.colour };
    return { ...order, state: change.tool === 'cancel' ? 'cancelled' : 'returned', days: 0 };
  });
}

export const sameDatabase = (a: Database, b: Database): boolean => JSON.stringify(a) === JSON.stringify(b);

/** The policy's sentences: one form each, with the decision in one or two words. */
export const SAYINGS = {
  askName: 'what is your name ?',
  askItem: 'which order is it ?',
  askColour: 'which colour do you want ?',
  find: 'find {name}',
  cancel: 'cancel order {number}',
  return: 'return order {number}',
  change: 'change order {number} to {colour}',
  paid: '{number} euros go back to you . goodbye .',
  changed: 'it is {colour} now . goodbye .',
  coming: 'it comes in {number} days . goodbye .',
  refuseComing: 'sorry , not possible : it comes in {number} days . goodbye .',
  refuseCame: 'sorry , not possible : it came {number} days ago . goodbye .',
} as const;
