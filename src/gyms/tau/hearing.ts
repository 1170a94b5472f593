/** What a person's words mean in Tau: which name, thing and colour they give. */
import { explained, meaningOf, mentions, type Hearing } from '../hearing';
import { isShopSituation, isTauSituation, type Detail, type TauSituation, type TauTask } from './types';
import { COLOURS, CUSTOMERS, ITEMS } from './world';

const SITUATIONS: Readonly<Record<TauSituation['kind'], string>> = {
  tells: 'It asked for something that it has to know.',
  indifferent: 'It asked for a colour, which is no part of your wish.',
  waits: 'It told you something you had to hear, but not all is done.',
  'restates-wish': 'It asked nothing and told nothing.',
  ends: 'The conversation is over.',
  'not-heard': 'You did not hear it.',
  orders: 'It looked up orders.',
  changed: 'It changed an order.',
  'no-such-customer': 'It looked up somebody who has no orders.',
  'no-such-order': 'It named an order that is not there.',
  'bad-call': 'It called a tool that is not there.',
  transferred: 'It handed you over to a person.',
  tools: 'It asked for the tools.',
  'tools-again': 'It asked for the tools once more.',
  policy: "It asked for the shop's policy.",
  'search-hint': 'It searched for what is not there.',
};

/** Everybody and everything that a detail could be. */
const POSSIBLE: Readonly<Record<Detail, readonly string[]>> = {
  name: CUSTOMERS,
  item: ITEMS,
  colour: COLOURS,
};

const WISHES = {
  cancel: 'cancel the order of your',
  return: 'return your',
  change: 'have another colour for your',
  ask: 'know when the shop delivers your',
} as const;

export const tauHearing: Hearing<TauTask> = {
  role({ hidden: { customer, wish } }: TauTask): string {
    const colour = wish.colour ? `: ${wish.colour}` : '';
    return `You are ${customer}, a customer of a shop, and want to ${WISHES[wish.kind]} ${wish.item}${colour}. Tools and files answer for themselves; you answer what the policy says to you.`;
  },
  asksPerson: (situation) => isTauSituation(situation) && !isShopSituation(situation),
  explain: explained(SITUATIONS),
  hear({ hidden: { customer, wish, stated } }, situation, text) {
    if (!isTauSituation(situation)) throw new TypeError(`Not of Tau: ${situation.kind}`);
    const right: Readonly<Record<Detail, string | undefined>> = {
      name: customer,
      item: wish.item,
      colour: wish.colour,
    };
    const tells = (detail: Detail): boolean => right[detail] !== undefined && mentions(text, right[detail]);
    const wrong = (detail: Detail): boolean =>
      !tells(detail) && POSSIBLE[detail].some((value) => mentions(text, value));
    const asked: readonly Detail[] = situation.kind === 'tells' ? situation.details : [];
    const known = situation.kind === 'restates-wish' ? situation.known : stated;
    const secrets = (['name', 'item', 'colour'] as const).filter(
      (detail) => !asked.includes(detail) && !known.includes(detail),
    );
    return meaningOf({
      contradicts: asked.some(wrong) || (situation.kind === 'indifferent' && wrong('colour')),
      withholds: asked.length > 0 && !asked.every(tells),
      'gives-away': secrets.some(tells),
    });
  },
};
