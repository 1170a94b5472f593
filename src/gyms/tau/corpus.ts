/**
 * Plain text about the world of Tau, for pre-training: how orders read, what the policy allows in which state,
 * and what to say then. Orders are drawn anew each time. It never shows
 * the tool protocol or a whole conversation.
 */
import type { Random } from '../../random';
import { LARGEST_NUMBER, NUMBER_WORDS } from '../numbers';
import { render } from '../text';
import { isAllowed, POLICY_DOCUMENT, RETURN_DAYS, type Wish } from './policy';
import { OPENING_TEMPLATES, wordWish } from './tasks';
import { TOLD, wordOrder } from './wording';
import { COLOURS, CUSTOMERS, ITEMS, SAYINGS, WISHES, type Item, type Order } from './world';

export const CORPUS_TEMPLATES = {
  /** What an order says about itself; `{orders}` lists it among others. */
  read: {
    open: ['{orders} the {item} is open .', '{orders} the {item} : order {number} .'],
    coming: ['{orders} the {item} comes in {days} days .', '{orders} the {item} is not open .'],
    came: ['{orders} the {item} came {days} days ago .', '{orders} the {item} is not open .'],
  },
  price: ['{orders} how many euros for the {item} ? {price} .', '{orders} the {item} is {colour} .'],
  /** What the policy says about a wish for it. */
  allowed: [
    'i am {name} . i want to {wish} . {orders} that is possible : order {number} .',
    'i want to {wish} . {orders} that is possible : order {number} .',
  ],
  refused: {
    open: ['i want to {wish} . {orders} sorry , not possible .'],
    coming: ['i want to {wish} . {orders} sorry , not possible : it comes in {days} days .'],
    came: ['i want to {wish} . {orders} sorry , not possible : it came {days} days ago .'],
  },
  /** What to say when it is done. */
  paid: ['{orders} i {verb} order {number} , so {price} euros go back to you .'],
  asked: ['a : {question} b : {told} .'],
} as const;

/** In what state another order of the same customer may be. */
const STATES: readonly Pick<Order, 'state' | 'days'>[] = [
  { state: 'open', days: 0 },
  { state: 'coming', days: 4 },
  { state: 'came', days: 20 },
];

/** One passage of one to three sentences. */
export function passage(random: Random): string {
  const owner = random.pick(CUSTOMERS);
  const state = random.pick(['open', 'coming', 'came'] as const);
  const days = { open: 0, coming: 2 + random.int(8), came: 2 + random.int(LARGEST_NUMBER - 1) }[state];
  const [item, otherItem] = random.shuffled(ITEMS) as [Item, Item];
  const numbers = random.shuffled(NUMBER_WORDS.map(Number).filter((number) => number > 0));
  const draw = (ordered: Item): Order => ({
    number: numbers.pop()!,
    owner,
    item: ordered,
    colour: random.pick(COLOURS),
    price: 10 + random.int(LARGEST_NUMBER - 9),
    state,
    days,
  });
  const order = draw(item);
  const other: Order = { ...draw(otherItem), ...random.pick(STATES) };
  const orders = random.next() < 0.3 ? [order] : random.shuffled([order, other]);
  const kind = random.pick(WISHES);
  const colour = random.pick(COLOURS);
  const wish: Wish = { kind, item: order.item, colour };
  const detail = random.pick(['name', 'item', 'colour'] as const);
  const question = { name: SAYINGS.askName, item: SAYINGS.askItem, colour: SAYINGS.askColour }[detail];
  const { read, price, allowed, refused, paid, asked } = CORPUS_TEMPLATES;
  const sort = random.next();
  const templates: readonly string[] =
    sort < 0.25
      ? read[state]
      : sort < 0.4
        ? price
        : sort < 0.7
          ? isAllowed(kind, order)
            ? allowed
            : refused[state]
          : sort < 0.8
            ? paid
            : sort < 0.92
              ? asked
              : sort < 0.97
                ? OPENING_TEMPLATES.unnamed
                : [POLICY_DOCUMENT];
  const isPolicy = templates[0] === POLICY_DOCUMENT;
  return render(random.pick(templates), {
    orders: orders.map(wordOrder).join(' '),
    item: order.item,
    number: `${order.number}`,
    price: `${order.price}`,
    colour: order.colour,
    days: `${isPolicy ? RETURN_DAYS : days}`,
    name: owner,
    wish: wordWish(wish, ['item', 'colour'], random),
    verb: random.pick(['cancel', 'return']),
    question,
    told: render(random.pick(TOLD[detail]), { name: owner, item: order.item, colour }),
  });
}
