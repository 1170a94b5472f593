/** A shop of five orders, for episodes and policies of Tau that are worked out by hand. */
import type { Database, Order } from '../../src/gyms/tau/world';

/** An order of Anna Stone: a red one, open, for 20 euros, unless told otherwise. */
export const order = (number: number, item: Order['item'], rest: Partial<Order> = {}): Order => ({
  number,
  owner: 'anna stone',
  item,
  colour: 'red',
  price: 20,
  state: 'open',
  days: 0,
  ...rest,
});
/** Four orders of hers and one of Ben Wood. */
export const database: Database = [
  order(5, 'lamp'),
  order(7, 'clock', { state: 'coming', days: 3 }),
  order(9, 'bag', { state: 'came', days: 14, price: 15 }),
  order(11, 'chair', { state: 'came', days: 16 }),
  order(13, 'lamp', { owner: 'ben wood' }),
];
