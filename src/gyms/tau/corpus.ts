/**
 * Plain text about the world of Tau, for pre-training: how orders read, what the policy allows in which state,
 * and what to say then. Orders are drawn anew each time. It never shows
 * the tool protocol or a whole conversation.
 */
import type { Random } from '../../random';
import { LARGEST_NUMBER } from '../numbers';
import { render } from '../text';
import { isAllowed, POLICY_DOCUMENT, RETURN_DAYS, type Wish } from './policy';
import { OPENING_TEMPLATES, wordWish } from './tasks';
import { TOLD, wordOrder } from './wording';
import { COLOURS, CUSTOMERS, ITEMS, SAYINGS, WISHES, type Order } from './world';

export const CORPUS_TEMPLATES = {
  /** What an order says about itself. */
  read: {
    open: ['{order} it is open .', '{order} the {item} : order {number} .'],
    coming: ['{order} it comes in {days} days .', '{order} it is not open .'],
    came: ['{order} it came {days} days ago .', '{order} it is not open .'],
  },
  price: ['{order} how many euros ? {price} .', '{order} the {item} is {colour} .'],
  /** What the policy says about a wish for it. */
  allowed: [
    '{order} i am {name} . i want to {wish} . that is possible .',
    'i want to {wish} . {order} that is possible .',
  ],
  refused: [
    '{order} i am {name} . i want to {wish} . sorry , not possible .',
    'i want to {wish} . {order} sorry , not possible .',
  ],
  /** What to say when it is done. */
  paid: ['{order} i {verb} order {number} , so {price} euros go back to you .'],
  asked: ['a : {question} b : {told} .'],
} as const;

/** One passage of one to three sentences. */
export function passage(random: Random): string {
  const owner = random.pick(CUSTOMERS);
  const state = random.pick(['open', 'coming', 'came'] as const);
  const days = { open: 0, coming: 2 + random.int(8), came: 2 + random.int(LARGEST_NUMBER - 1) }[state];
  const order: Order = {
    number: 1 + random.int(LARGEST_NUMBER),
    owner,
    item: random.pick(ITEMS),
    colour: random.pick(COLOURS),
    price: 10 + random.int(LARGEST_NUMBER - 9),
    state,
    days,
  };
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
            : refused
          : sort < 0.8
            ? paid
            : sort < 0.92
              ? asked
              : sort < 0.97
                ? OPENING_TEMPLATES.unnamed
                : [POLICY_DOCUMENT];
  const isPolicy = templates[0] === POLICY_DOCUMENT;
  return render(random.pick(templates), {
    order: wordOrder(order),
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
