/**
 * What the customer and the tools of Tau say. A customer tells what it was asked for and nothing else; tools are
 * no persons and speak the same way in every manner.
 */
import type { Random } from '../../random';
import { NOT_HEARD, type Phrases } from '../phrases';
import { render, withinWords } from '../text';
import type { Situation } from '../types';
import type { Manner, Wording } from '../wording';
import { POLICY_DOCUMENT, RETURN_DAYS } from './policy';
import { wordWish } from './tasks';
import {
  isShopSituation,
  isTauSituation,
  type CustomerSituation,
  type Detail,
  type ShopSituation,
  type TauHidden,
  type TauTask,
} from './types';
import type { Order } from './world';

export const REPLY_WORDS = 18;
/** Lists of orders, tools and the policy may be longer. */
export const LIST_WORDS = 40;

export const TOLD: Readonly<Record<Detail, readonly string[]>> = {
  name: ['i am {name}', 'my name is {name}'],
  item: ['it is the {item}', 'i need help with the {item}'],
  colour: ['the new colour is {colour}', 'i would like {colour}'],
};
/** `{told}` are the sentences above; terse customers give the bare values. */
export const TELLS: Phrases = {
  helpful: ['sure , {told} . thank you .', '{told} , thank you for your help .'],
  plain: ['{told} .', 'well , {told} .', 'sure , {told} .'],
  terse: ['{bare} .', '{bare}'],
  noisy: ['hmm , {told} , i think .', 'oh , {told} .', 'well , i guess {told} .'],
};
export const INDIFFERENT: Phrases = {
  helpful: ['the colour is good as it is , thank you .'],
  plain: ['the colour is good as it is .', 'the colour does not matter .'],
  terse: ['does not matter .'],
  noisy: ['hmm , the colour ? i do not care .'],
};
export const WAITS: Phrases = {
  helpful: ['thank you , but is that all now ? i do not think so .'],
  plain: ['good , but is that all ?', 'and is it done now ?'],
  terse: ['is it done ?'],
  noisy: ['hmm , i do not understand . is it done ?', 'oh , is that all ?'],
};
export const RESTATES: Phrases = {
  helpful: ['please help me {wish} .', 'thank you . i would like to {wish} .'],
  plain: ['i want to {wish} .', 'as i said , i want to {wish} .'],
  terse: ['{wish} , please .'],
  noisy: ['hmm , i want to {wish} , i think .', 'oh , please , {wish} .'],
};
export const SATISFIED: Phrases = {
  helpful: ['thank you very much for your help . goodbye .'],
  plain: ['thank you , goodbye .', 'good , thank you . goodbye .'],
  terse: ['bye .', 'good . bye .'],
  noisy: ['oh , good , thank you . bye .', 'well , bye then .'],
};
export const DISAPPOINTED: Phrases = {
  helpful: ['that is not all i need , but goodbye .'],
  plain: ['that was no help . goodbye .', 'so not , then . goodbye .'],
  terse: ['no help . bye .'],
  noisy: ['hmm , i do not understand , but bye .'],
};

export const STATES: Readonly<Record<Order['state'], string>> = {
  open: 'is open',
  coming: 'comes in {days} days',
  came: 'came {days} days ago',
  cancelled: 'is cancelled',
  returned: 'is returned',
};
export const ORDER = 'order {number} : {colour} {item} {state} , {price} euros .';
export const CHANGES = {
  cancel: 'order {number} is cancelled , {price} euros go back .',
  return: 'order {number} is returned , {price} euros go back .',
  change: 'order {number} is {colour} now .',
} as const;
/** What tools and the shop's files say, by situation. */
export const SHOP = {
  'no-such-customer': 'no orders found with that name .',
  'no-such-order': 'there is no order with that number .',
  'bad-call': 'i do not understand . ask for the tools .',
  transferred: 'a person will help the customer now .',
  tools: 'tools : find name . cancel order . return order . change order to colour . transfer .',
  'tools-again': 'you have seen the tools before .',
  policy: POLICY_DOCUMENT,
  'search-hint': 'you can search for tools or policy .',
} as const;

export const tauWording: Wording<TauTask> = {
  word({ hidden }: TauTask, situation: Situation, manner: Manner, random: Random): string {
    if (!isTauSituation(situation)) throw new TypeError(`Not a situation of Tau: ${situation.kind}`);
    if (isShopSituation(situation)) return wordShop(situation);
    return wordCustomer(hidden, situation, manner, random);
  },
};

function wordShop(situation: ShopSituation): string {
  switch (situation.kind) {
    case 'orders':
      return situation.orders.map(wordOrder).join(' ');
    case 'changed': {
      const { change, order } = situation;
      const colour = change.tool === 'change' ? change.colour : order.colour;
      return render(CHANGES[change.tool], { number: `${order.number}`, price: `${order.price}`, colour });
    }
    default:
      return render(SHOP[situation.kind], { days: `${RETURN_DAYS}` });
  }
}

function wordCustomer(
  hidden: TauHidden,
  situation: CustomerSituation,
  manner: Manner,
  random: Random,
): string {
  switch (situation.kind) {
    case 'tells':
      return wordDetails(hidden, situation.details, manner, random);
    case 'indifferent':
      return random.pick(INDIFFERENT[manner]);
    case 'waits':
      return random.pick(WAITS[manner]);
    case 'restates-wish':
      return render(random.pick(RESTATES[manner]), { wish: wordWish(hidden.wish, situation.known, random) });
    case 'ends':
      return random.pick((situation.satisfied ? SATISFIED : DISAPPOINTED)[manner]);
    case 'not-heard':
      return random.pick(NOT_HEARD[manner]);
  }
}

export function wordOrder({ number, colour, item, state, days, price }: Order): string {
  const words = { number: `${number}`, colour, item, price: `${price}` };
  return render(ORDER, { ...words, state: render(STATES[state], { days: `${days}` }) });
}

function wordDetails(
  { customer, wish }: TauHidden,
  details: readonly Detail[],
  manner: Manner,
  random: Random,
): string {
  const values: Readonly<Record<Detail, string>> = {
    name: customer,
    item: wish.item,
    colour: wish.colour ?? '',
  };
  const told = details.map((detail) => render(random.pick(TOLD[detail]), values)).join(' and ');
  const bare = details.map((detail) => values[detail]).join(' , ');
  return withinWords([render(random.pick(TELLS[manner]), { told, bare }), `${bare} .`], REPLY_WORDS);
}
