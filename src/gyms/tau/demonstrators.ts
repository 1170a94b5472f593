/**
 * The players of Tau. The expert uses only what a policy can see: it asks for the name unless the opening tells
 * it, looks up the orders, asks which one and which colour where that is open, acts by the shop's policy, and
 * tells the outcome.
 */
import type { Random } from '../../random';
import { historyOf } from '../episode';
import { LARGEST_NUMBER } from '../numbers';
import { createPlayer } from '../players';
import { render } from '../text';
import type { Demonstration, Demonstrator, DemonstratorOptions, Episode, ToolCall } from '../types';
import { isAllowed } from './policy';
import { orderMeant, referenceOf } from './rules';
import type { Detail, TauSituation, TauTask } from './types';
import { COLOURS, CUSTOMERS, SAYINGS } from './world';

const call = (
  choice: ToolCall['choice'],
  template: string,
  words: Readonly<Record<string, string>> = {},
): ToolCall => ({ choice, content: render(template, words) });

const QUESTIONS: Readonly<Record<Detail, string>> = {
  name: SAYINGS.askName,
  item: SAYINGS.askItem,
  colour: SAYINGS.askColour,
};
const OUTCOMES = [
  SAYINGS.paid,
  SAYINGS.changed,
  SAYINGS.coming,
  SAYINGS.refuseComing,
  SAYINGS.refuseCame,
] as const;

export function tauDemonstrator(
  kind: Demonstrator['name'],
  { hidden }: TauTask,
  episode: Episode<TauSituation>,
  options: DemonstratorOptions,
): Demonstrator {
  const meant = orderMeant(hidden);
  const { change } = referenceOf(hidden);
  const situations = () => historyOf(episode).map(({ judgement }) => judgement.situation);
  const known = (): Set<Detail> =>
    new Set([...hidden.stated, ...situations().flatMap((s) => (s.kind === 'tells' ? s.details : []))]);
  const listed = () => situations().flatMap((s) => (s.kind === 'orders' ? s.orders : []));
  const number = (value: number) => ({ number: `${value}` });

  const outcome = (): ToolCall => {
    if (!isAllowed(hidden.wish.kind, meant)) {
      const refusal = meant.state === 'coming' ? SAYINGS.refuseComing : SAYINGS.refuseCame;
      return call('action', refusal, number(meant.days));
    }
    if (hidden.wish.kind === 'ask') return call('action', SAYINGS.coming, number(meant.days));
    if (change?.tool === 'change') return call('action', SAYINGS.changed, { colour: change.colour });
    return call('action', SAYINGS.paid, number(meant.price));
  };

  const expert = (): Demonstration => {
    const details = known();
    if (!details.has('name')) return call('action', QUESTIONS.name);
    const orders = listed().filter(({ owner }) => owner === hidden.customer);
    if (orders.length === 0) return call('answer', SAYINGS.find, { name: hidden.customer });
    // Who has a single order can only mean that one.
    const single = new Set(orders.map((order) => order.number)).size === 1;
    if (!single && !details.has('item')) return call('action', QUESTIONS.item);
    if (change?.tool === 'change' && !details.has('colour')) return call('action', QUESTIONS.colour);
    const done = situations().some(
      (s) => s.kind === 'changed' && s.change.tool === change?.tool && s.change.order === change.order,
    );
    if (!change || done) return outcome();
    const words = { number: `${change.order}`, colour: change.tool === 'change' ? change.colour : '' };
    return call('answer', SAYINGS[change.tool], words);
  };

  const someNumber = (random: Random, largest = LARGEST_NUMBER) => 1 + random.int(largest);
  /** Any call, with these numbers and names in it. */
  const guess = (random: Random, orders: readonly number[], name: string): ToolCall => {
    const kind = random.next();
    const words = { name, colour: random.pick(COLOURS), number: `${random.pick(orders)}` };
    if (kind < 0.4) return call('action', random.pick(Object.values(QUESTIONS)));
    if (kind < 0.6) return call('answer', SAYINGS.find, words);
    if (kind < 0.7) return call('search', random.pick(['tools', 'policy']));
    if (kind < 0.85) {
      return call('answer', random.pick([SAYINGS.cancel, SAYINGS.return, SAYINGS.change]), words);
    }
    // One day would need a singular.
    return call('action', random.pick(OUTCOMES), {
      ...words,
      number: `${1 + someNumber(random, LARGEST_NUMBER - 1)}`,
    });
  };
  const wander = (random: Random): ToolCall => {
    const seen = listed().map((order) => order.number);
    const name = known().has('name') ? hidden.customer : random.pick(CUSTOMERS);
    return guess(random, seen.length > 0 ? seen : [someNumber(random)], name);
  };
  const blind = (random: Random): ToolCall => guess(random, [someNumber(random)], random.pick(CUSTOMERS));
  return createPlayer(kind, { expert, wander, blind }, episode, options);
}
