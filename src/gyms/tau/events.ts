/** What can happen in a turn of Tau, by the names under which reward terms refer to it. */
import type { EventMeanings } from '../events';
import type { TauSituation } from './types';

/** A conversation that ends is an event by how it ended. */
type Eventful = Exclude<TauSituation['kind'], 'ends' | 'transferred' | 'not-heard'>;

export const TAU_EVENTS = {
  tells: 'asked for a detail, the customer told it',
  indifferent: 'the customer was asked for a detail that is no part of the wish',
  waits: 'the customer was told something it had to know, but not all is done',
  'restates-wish': 'the customer was asked and told nothing, and said its wish again',
  orders: "a customer's orders were looked up",
  'no-such-customer': 'orders were looked up under a name nobody has',
  changed: 'an order was changed, rightly or wrongly',
  'no-such-order': 'a tool was used on an order that is not there',
  'bad-call': 'a tool was called in a way that cannot be read',
  tools: 'the list of tools was looked up',
  'tools-again': 'the list of tools was looked up once more',
  policy: "the shop's policy was looked up",
  'search-hint': 'something was looked up that is not there',
  solved: 'the conversation ended with the wish dealt with as the policy says',
  'not-solved': 'the conversation ended with something left undone or done wrongly',
} as const satisfies EventMeanings & Record<Eventful, string>;
