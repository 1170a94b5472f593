/**
 * The task set, generated from one fixed seed. Easy: the opening says who wants what; normal: the name must be
 * asked for; hard: the name, which of several orders and the new colour.
 *
 * Splits are disjoint in people: nobody who has an order in a test database has one in training, so every
 * customer, and every table of orders, is new.
 */
import { Random, splitSeed } from '../../random';
import { LARGEST_NUMBER } from '../numbers';
import { render } from '../text';
import { LEVELS, taskId } from '../task-set';
import type { Level, Split } from '../types';
import { RETURN_DAYS, type Wish } from './policy';
import type { Detail, TauHidden, TauTask } from './types';
import { COLOURS, CUSTOMERS, ITEMS, WISHES, type Item, type Order, type WishKind } from './world';

/** Fixed for ever: checkpoints are trained on, and measured with, exactly these tasks. */
const TASK_SEED = 240_612;
export const TASKS_PER_LEVEL: Readonly<Record<Split, number>> = { train: 400, test: 16 };
const TEST_CUSTOMERS = 16;
/** How often the policy allows the wish. */
const ALLOWED_SHARE = 0.7;
const OTHER_CUSTOMERS = 2;
const LOWEST_PRICE = 10;
const LONGEST_WAIT = 9;
/** One day would need a singular. */
const FEWEST_DAYS = 2;

/** `{what}` is "my lamp" or "something". */
export const WISH_PHRASES: Readonly<Record<WishKind, readonly [string, string]>> = {
  cancel: ['cancel {what}', 'stop the order of {what}'],
  return: ['return {what}', 'send {what} back'],
  change: ['have {what} in {colour}', 'change {what} to {colour}'],
  ask: ['find out when {what} comes', 'hear when {what} comes'],
};
export const UNSTATED_COLOUR = 'another colour';
export const UNSTATED_ITEM = 'something';
export const OPENING_TEMPLATES: Readonly<Record<'named' | 'unnamed', readonly string[]>> = {
  named: [
    'hello , i am {name} . i want to {wish} .',
    'my name is {name} and i would like to {wish} .',
    'can you help me {wish} ? i am {name} .',
  ],
  unnamed: [
    'hello , i want to {wish} .',
    'i would like to {wish} , please .',
    'can you help me {wish} ?',
    'please help me {wish} .',
  ],
};

/** The wish in words, as far as it is known. */
export function wordWish({ kind, item, colour }: Wish, known: readonly Detail[], random: Random): string {
  return render(random.pick(WISH_PHRASES[kind]), {
    what: known.includes('item') ? `my ${item}` : UNSTATED_ITEM,
    colour: known.includes('colour') && colour ? colour : UNSTATED_COLOUR,
  });
}

/** All tasks of both splits, levels and wishes taking turns so that any prefix is a fair sample. */
export function generateTasks(): Record<Split, TauTask[]> {
  const make = (split: Split): TauTask[] => {
    const random = new Random(splitSeed(TASK_SEED, 'tau', split));
    return Array.from({ length: TASKS_PER_LEVEL[split] * LEVELS.length }, (_, i) => {
      const level = LEVELS[i % LEVELS.length]!;
      const wish = WISHES[Math.floor(i / LEVELS.length) % WISHES.length]!;
      return drawTask(taskId('tau', split, i), split, level, wish, random);
    });
  };
  return { train: make('train'), test: make('test') };
}

/** Another training task. */
export const practiceTask = (random: Random): TauTask =>
  drawTask('tau/practice', 'train', random.pick(LEVELS), random.pick(WISHES), random);

function drawTask(id: string, split: Split, level: Level, wish: WishKind, random: Random): TauTask {
  const hidden = drawHidden(level, wish, customersOf(split), random);
  const templates = OPENING_TEMPLATES[hidden.stated.includes('name') ? 'named' : 'unnamed'];
  const words = { name: hidden.customer, wish: wordWish(hidden.wish, hidden.stated, random) };
  return { id, split, level, opening: render(random.pick(templates), words), hidden };
}

function customersOf(split: Split): readonly string[] {
  const people = new Random(splitSeed(TASK_SEED, 'customers')).shuffled(CUSTOMERS);
  return split === 'test' ? people.slice(0, TEST_CUSTOMERS) : people.slice(TEST_CUSTOMERS);
}

function drawHidden(level: Level, kind: WishKind, customers: readonly string[], random: Random): TauHidden {
  const [customer = '', ...others] = random.shuffled(customers).slice(0, 1 + OTHER_CUSTOMERS);
  const numbers = random.shuffled(Array.from({ length: LARGEST_NUMBER }, (_, i) => i + 1));
  const drawOrder = (owner: string, item: Item): Order => ({
    number: numbers.pop()!,
    owner,
    item,
    colour: random.pick(COLOURS),
    price: LOWEST_PRICE + random.int(LARGEST_NUMBER - LOWEST_PRICE + 1),
    ...drawState(random),
  });
  const count = level === 'hard' ? 2 + random.int(2) : 1 + random.int(2);
  const own = random
    .shuffled(ITEMS)
    .slice(0, count)
    .map((item) => drawOrder(customer, item));
  const allowed = random.next() < ALLOWED_SHARE;
  const meant: Order = { ...own[0]!, ...drawStateFor(kind, allowed, random) };
  const database = [meant, ...own.slice(1), ...others.map((owner) => drawOrder(owner, random.pick(ITEMS)))];
  const newColour = random.pick(COLOURS.filter((colour) => colour !== meant.colour));
  const wish: Wish = { kind, item: meant.item, ...(kind === 'change' ? { colour: newColour } : {}) };
  const stated: Readonly<Record<Level, readonly Detail[]>> = {
    easy: ['name', 'item', 'colour'],
    normal: ['item', 'colour'],
    hard: [],
  };
  return { customer, wish, order: meant.number, database: random.shuffled(database), stated: stated[level] };
}

type State = Pick<Order, 'state' | 'days'>;

const coming = (random: Random): State => ({
  state: 'coming',
  days: FEWEST_DAYS + random.int(LONGEST_WAIT - FEWEST_DAYS + 1),
});
const came = (from: number, to: number, random: Random): State => ({
  state: 'came',
  days: from + random.int(to - from + 1),
});

const drawState = (random: Random): State =>
  random.pick([
    { state: 'open', days: 0 } as const,
    coming(random),
    came(FEWEST_DAYS, LARGEST_NUMBER, random),
  ]);

/** A state in which the policy allows the wish, or one in which it does not and has days to tell. */
function drawStateFor(kind: WishKind, allowed: boolean, random: Random): State {
  if (kind === 'ask') return coming(random);
  if (kind === 'return') {
    return allowed ? came(FEWEST_DAYS, RETURN_DAYS, random) : came(RETURN_DAYS + 1, LARGEST_NUMBER, random);
  }
  if (allowed) return { state: 'open', days: 0 };
  return random.pick([coming(random), came(FEWEST_DAYS, LARGEST_NUMBER, random)]);
}
