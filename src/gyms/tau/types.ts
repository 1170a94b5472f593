/** The data of Tau: what a task hides and what the customer or a tool has to react to. All of it is plain JSON. */
import type { Situation, Task } from '../types';
import type { Wish } from './policy';
import type { Change, Database, Order } from './world';

/** What a customer can be asked for. */
export const DETAILS = ['name', 'item', 'colour'] as const;
export type Detail = (typeof DETAILS)[number];

export interface TauHidden {
  readonly customer: string;
  readonly wish: Wish;
  /** Number of the order that is meant. */
  readonly order: number;
  readonly database: Database;
  /** What the opening says already. */
  readonly stated: readonly Detail[];
}

export type TauTask = Task<TauHidden>;

/** What the customer reacts to. */
export type CustomerSituation = Situation &
  (
    | { readonly kind: 'tells'; readonly details: readonly Detail[] }
    /** Asked for a detail that is no part of the wish. */
    | { readonly kind: 'indifferent' }
    /** Something that had to be said was said, but not all is well yet. */
    | { readonly kind: 'waits' }
    /** Nothing was asked or told; `known` is what the agent knows of the wish. */
    | { readonly kind: 'restates-wish'; readonly known: readonly Detail[] }
    | { readonly kind: 'ends'; readonly satisfied: boolean }
    | { readonly kind: 'not-heard' }
  );

/** What the shop's tools and files react to. */
export type ShopSituation = Situation &
  (
    | { readonly kind: 'orders'; readonly orders: readonly Order[] }
    | { readonly kind: 'changed'; readonly change: Change; readonly order: Order }
    | { readonly kind: 'no-such-customer' | 'no-such-order' | 'bad-call' | 'transferred' }
    | { readonly kind: 'tools' | 'tools-again' | 'policy' | 'search-hint' }
  );

export type TauSituation = CustomerSituation | ShopSituation;

/** Every kind of situation, by who reacts to it. */
const REACTS: Readonly<
  Record<CustomerSituation['kind'], 'customer'> & Record<ShopSituation['kind'], 'shop'>
> = {
  tells: 'customer',
  indifferent: 'customer',
  waits: 'customer',
  'restates-wish': 'customer',
  ends: 'customer',
  'not-heard': 'customer',
  orders: 'shop',
  changed: 'shop',
  'no-such-customer': 'shop',
  'no-such-order': 'shop',
  'bad-call': 'shop',
  transferred: 'shop',
  tools: 'shop',
  'tools-again': 'shop',
  policy: 'shop',
  'search-hint': 'shop',
};

/** A user is handed situations of any gym; this tells whether one can be of this gym. */
export const isTauSituation = (situation: Situation): situation is TauSituation =>
  Object.hasOwn(REACTS, situation.kind);

/** Whether a tool or a file of the shop answers; whoever plays the customer need not. */
export const isShopSituation = (situation: TauSituation): situation is ShopSituation =>
  REACTS[situation.kind] === 'shop';
