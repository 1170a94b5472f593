/**
 * The task set, generated from one fixed seed. Levels follow the digits of UserRL's task names (one digit an
 * aspect, its value the number of wishes): easy "2", normal "3", hard "4" and "22".
 *
 * Splits are disjoint in what a task hides: no set of wishes (aspect, point, value) of a test task occurs in
 * training. City, day, prices and order of options vary freely.
 */
import { Random, splitSeed } from '../../random';
import { NUMBER_WORDS } from '../numbers';
import { countWords, render } from '../text';
import { LEVELS, taskId } from '../task-set';
import type { Level, Split } from '../types';
import type { Booking, Option, Preference, TravelTask } from './types';
import { ASPECT_NAMES, ASPECTS, CITIES, DAYS, pointsOf, valuesOf, type AspectName } from './world';

/** Fixed for ever: checkpoints are trained on, and measured with, exactly these tasks. */
const TASK_SEED = 282_208_222;
export const TASKS_PER_LEVEL: Readonly<Record<Split, number>> = { test: 16, train: 400 };
export const OPENING_WORDS = 24;
/** Prices in euros. */
const LOWEST_PRICE = 10;
const PRICES: readonly number[] = NUMBER_WORDS.map(Number).filter((price) => price >= LOWEST_PRICE);

/** `{things}` is "a flight and a hotel". */
export const OPENING_TEMPLATES: readonly string[] = [
  'i need {things} for {city} on {day} . find the cheapest that i like .',
  'please find {things} for {city} on {day} , cheap but as i like it .',
  'i will be in {city} on {day} . find me {things} that i like , as cheap as you can .',
  'can you find {things} in {city} for {day} ? it should be cheap and right for me .',
  'help me choose {things} for {city} on {day} . i want the cheapest that i like .',
];

type Draft = Omit<TravelTask, 'id'>;

/** All tasks of both splits, levels taking turns so that any prefix is a fair sample. */
export function generateTasks(): Record<Split, TravelTask[]> {
  const byLevel = LEVELS.map((level) => levelTasks(level));
  const interleave = (split: Split): TravelTask[] =>
    Array.from({ length: TASKS_PER_LEVEL[split] * LEVELS.length }, (_, i) => ({
      ...byLevel[i % LEVELS.length]![split][Math.floor(i / LEVELS.length)]!,
      id: taskId('travel', split, i),
    }));
  return { train: interleave('train'), test: interleave('test') };
}

/** Another training task: like those of the set, none hides what a test task hides. */
export function practiceTask(random: Random, test: readonly TravelTask[]): TravelTask {
  const kept = new Set(test.map(hiddenKey));
  for (;;) {
    const draft = drawTask(random.pick(LEVELS), 'train', random, random.int(2));
    if (!kept.has(hiddenKey(draft))) return { ...draft, id: 'travel/practice' };
  }
}

/** What a task hides, whatever city and prices it comes with. */
export const hiddenKey = ({ hidden }: Pick<TravelTask, 'hidden'>): string =>
  hidden.bookings
    .flatMap(({ preferences }) => preferences.map((p) => `${p.aspect} ${p.point} ${p.value}`))
    .sort()
    .join(',');

function levelTasks(level: Level): Record<Split, Draft[]> {
  const random = new Random(splitSeed(TASK_SEED, 'travel', level));
  const testKeys = new Set<string>();
  const drafts: Record<Split, Draft[]> = { test: [], train: [] };
  while (drafts.test.length < TASKS_PER_LEVEL.test) {
    const draft = drawTask(level, 'test', random, drafts.test.length);
    if (testKeys.has(hiddenKey(draft))) continue;
    testKeys.add(hiddenKey(draft));
    drafts.test.push(draft);
  }
  while (drafts.train.length < TASKS_PER_LEVEL.train) {
    const draft = drawTask(level, 'train', random, drafts.train.length);
    if (!testKeys.has(hiddenKey(draft))) drafts.train.push(draft);
  }
  return drafts;
}

function drawTask(level: Level, split: Split, random: Random, index: number): Draft {
  const two = level === 'hard' && index % 2 === 1;
  const wishes = { easy: 2, normal: 3, hard: two ? 2 : 4 }[level];
  const aspects = random.shuffled(ASPECT_NAMES).slice(0, two ? 2 : 1);
  const bookings = aspects.map((aspect) => drawBooking(aspect, wishes, random));
  const [city, day] = [random.pick(CITIES), random.pick(DAYS)];
  const words = { things: aspects.map((aspect) => ASPECTS[aspect].one).join(' and '), city, day };
  const openings = OPENING_TEMPLATES.map((template) => render(template, words));
  const opening = random.pick(openings.filter((text) => countWords(text) <= OPENING_WORDS));
  return { split, level, opening, hidden: { city, day, bookings } };
}

/**
 * Four options of three kinds, one kind twice. The twins fit in half of the tasks, as often as chance would
 * have it: who has not asked learns nothing from the list alone but which points matter.
 */
function drawBooking(aspect: AspectName, wishes: number, random: Random): Booking {
  const points = random.shuffled(pointsOf(aspect)).slice(0, wishes);
  const preferences = points.map((point): Preference => ({
    aspect,
    point,
    value: random.pick(valuesOf(point)),
  }));
  const right = preferences.map(({ value }) => value);
  const [oneWrong, otherWrong] = drawFlaws(wishes, random).map((flaws) =>
    preferences.map(({ point, value }, i) =>
      flaws[i] ? valuesOf(point).find((other) => other !== value)! : value,
    ),
  );
  const kinds = [right, oneWrong!, otherWrong!];
  const twin = random.next() < 0.5 ? right : random.next() < 0.5 ? oneWrong! : otherWrong!;
  const prices = random.shuffled(PRICES);
  const options = random
    .shuffled([...kinds, twin])
    .map((values, i): Option => ({ number: i + 1, values, price: prices[i]! }));
  return { aspect, preferences, options };
}

/** For each of two unfit kinds, what is wrong with it; every point is wrong somewhere, or it would not differ. */
function drawFlaws(wishes: number, random: Random): [boolean[], boolean[]] {
  for (;;) {
    const [a, b] = [0, 1].map(() => Array.from({ length: wishes }, () => random.next() < 0.5));
    const covered = a!.every((flaw, i) => flaw || b![i]);
    const distinct = a!.some((flaw, i) => flaw !== b![i]);
    if (covered && distinct && a!.some(Boolean) && b!.some(Boolean)) return [a!, b!];
  }
}
