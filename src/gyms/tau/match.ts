/**
 * Reading the agent: which tool a call means, what an utterance asks for and what it tells. Calls may be plain
 * words ("cancel order 12") or the JSON of tau-bench (`{"name": "cancel_order", "arguments": {"order_id": 12}}`):
 * both come down to a verb, a number, a colour and a name.
 */
import { Mentions } from '../mentions';
import { recordOf } from '../record';
import { splitWords } from '../text';
import type { RequiredFact } from './policy';
import type { Detail } from './types';
import { COLOURS, CUSTOMERS, type Change, type Colour } from './world';

type Verb = 'find' | 'cancel' | 'return' | 'change' | 'transfer';

const verbs = new Mentions<Verb>({
  find: ['find', 'look up', 'lookup', 'orders of', 'get orders', 'list orders', 'show orders'],
  cancel: ['cancel', 'cancels'],
  return: ['return', 'returns', 'take back', 'refund', 'send back'],
  change: ['change', 'recolour', 'modify', 'update'],
  transfer: ['transfer', 'human', 'hand over'],
});
const colours = new Mentions(recordOf(COLOURS, (colour) => [colour]));
const customers = new Mentions(recordOf(CUSTOMERS, (name) => [name]));

const asks = new Mentions<Detail | 'wish' | 'bye'>({
  name: ['name', 'names', 'who are you', 'who is this', 'who is there', 'who am i talking to'],
  item: [
    'which order',
    'what order',
    'order number',
    'number of your order',
    'which one',
    'which item',
    'which thing',
    'what did you order',
    'which product',
    'what is it about',
  ],
  colour: ['colour', 'color', 'which colour', 'which color'],
  wish: ['help you', 'do you want', 'do for you', 'your wish', 'the problem'],
  bye: ['bye', 'goodbye', 'good bye', 'have a good day', 'have a nice day'],
});

export type ToolUse =
  { readonly tool: 'find'; readonly name: string | undefined } | { readonly tool: 'transfer' } | Change;

const numbersIn = (text: string): number[] => (text.match(/\d+/g) ?? []).map(Number);

/** The tool a call means; `null` where it names none or lacks an argument. */
export function readToolUse(text: string): ToolUse | null {
  const verb = verbs.in(text)[0]?.name;
  const order = numbersIn(text)[0];
  switch (verb) {
    case undefined:
      return null;
    case 'find':
      return { tool: 'find', name: customers.in(text)[0]?.name };
    case 'transfer':
      return { tool: 'transfer' };
    case 'change': {
      // "from red to blue" and "to blue from red": what follows "to" is the new colour.
      const after =
        text
          .toLowerCase()
          .split(/\bto\b/)
          .at(-1) ?? '';
      const colour = (colours.in(after)[0] ?? colours.in(text).at(-1))?.name;
      return order === undefined || !colour ? null : { tool: 'change', order, colour };
    }
    default:
      return order === undefined ? null : { tool: verb, order };
  }
}

export interface Utterance {
  readonly asks: readonly Detail[];
  /** Takes its leave, which ends the conversation. */
  readonly bye: boolean;
}

export function readUtterance(text: string): Utterance {
  const found = asks.in(text).map(({ name }) => name);
  const question = /\?|\b(what|which|who|tell|may i|please)\b/i.test(text);
  return { asks: question ? found.filter(isDetail) : [], bye: found.includes('bye') };
}

const isDetail = (name: Detail | 'wish' | 'bye'): name is Detail => name !== 'wish' && name !== 'bye';

/** An utterance with more numbers than this tells none of them: reading out all there are is not an answer. */
export const NUMBERS_TOLD_AT_ONCE = 3;
const REFUSALS: ReadonlySet<string> = new Set(
  'sorry not cannot no unable impossible unfortunately late'.split(' '),
);

/** Whether an utterance tells a required fact. tau-bench looks for the bare string in all that the agent says. */
export function tells(text: string, fact: RequiredFact): boolean {
  switch (fact.kind) {
    case 'number': {
      const numbers = new Set(numbersIn(text));
      return numbers.has(fact.value) && numbers.size <= NUMBERS_TOLD_AT_ONCE;
    }
    case 'colour': {
      const named: readonly Colour[] = colours.in(text).map(({ name }) => name);
      return named.length <= NUMBERS_TOLD_AT_ONCE && named.includes(fact.value);
    }
    case 'refusal':
      return splitWords(text).some((word) => REFUSALS.has(word));
  }
}
