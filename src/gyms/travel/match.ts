/**
 * The judge: what a search, an utterance or an answer is about. UserRL asks a language model; here it is a rule
 * over words, so that a person typing freely is judged by the same measure as the policy.
 */
import { Mentions } from '../mentions';
import { recordOf } from '../record';
import { splitWords } from '../text';
import {
  ASPECT_NAMES,
  CITIES,
  DAYS,
  POINT_NAMES,
  valuesOf,
  type AspectName,
  type City,
  type Day,
  type PointName,
} from './world';

const ASPECT_PHRASES: Readonly<Record<AspectName, readonly string[]>> = {
  flight: ['flight', 'flights', 'fly', 'flying', 'plane', 'planes', 'airline', 'air ticket'],
  hotel: ['hotel', 'hotels', 'hotel room'],
  apartment: ['apartment', 'apartments', 'flat'],
  car: ['car', 'cars', 'rental car', 'rental', 'car rental'],
  restaurant: ['restaurant', 'restaurants', 'table', 'eat out'],
};

const POINT_PHRASES: Readonly<Record<PointName, readonly string[]>> = {
  seat: ['seat', 'seats', 'sit', 'seating', 'where do you want to sit', 'where would you like to sit'],
  time: ['time', 'when', 'what time', 'time of day', 'early', 'late', 'hour', 'hours'],
  food: ['food', 'eat', 'meal', 'meals', 'menu', 'dish', 'dishes', 'diet', 'vegetarian', 'vegan'],
  route: ['route', 'stops', 'stopover', 'stopovers', 'layover', 'layovers', 'change planes', 'connection'],
  place: ['place', 'where', 'location', 'area', 'neighbourhood', 'city centre', 'beach', 'downtown'],
  sound: ['sound', 'noise', 'noisy', 'sleep', 'calm', 'lively'],
  floor: ['floor', 'floors', 'storey', 'stairs', 'lift', 'elevator', 'ground floor', 'view'],
  size: ['size', 'how big', 'how large', 'how small', 'big', 'how many people', 'how much space', 'space'],
  style: ['style', 'look', 'design', 'new', 'old', 'kind of look', 'decoration', 'decor'],
  gear: ['gear', 'gears', 'gearbox', 'transmission', 'shift', 'drive'],
};

/** Words that show an interest in the user's wishes without saying in which. */
const WISH_WORDS: ReadonlySet<string> = new Set(
  'prefer preference preferences like want wish wishes need needs care matter important choose'.split(' '),
);

/** Phrases in which a keyword means something else. */
const NEUTRAL_PHRASES = [
  'take place',
  'in the first place',
  'would like',
  'look for',
  'looking for',
  'have time',
];

const aspects = new Mentions(ASPECT_PHRASES);
const points = new Mentions<PointName | 'neutral'>({
  ...recordOf(POINT_NAMES, (point) => [...POINT_PHRASES[point], ...valuesOf(point)]),
  neutral: NEUTRAL_PHRASES,
});
const cities = new Mentions(recordOf(CITIES, (city) => [city]));
const days = new Mentions(recordOf(DAYS, (day) => [day]));

const namesIn = <Name extends string>(mentions: Mentions<Name>, text: string): Name[] =>
  mentions.in(text).map(({ name }) => name);

export interface Question {
  readonly aspects: readonly AspectName[];
  readonly points: readonly PointName[];
  /** Asks for wishes, but for none in particular. */
  readonly vague: boolean;
}

export function readQuestion(text: string): Question {
  const found = { aspects: namesIn(aspects, text), points: namesIn(points, text).filter(isPoint) };
  const vague = found.points.length === 0 && splitWords(text).some((word) => WISH_WORDS.has(word));
  return { ...found, vague };
}

const isPoint = (name: PointName | 'neutral'): name is PointName => name !== 'neutral';

export interface Query {
  /** UserRL's judge names one aspect; the first mentioned counts. */
  readonly aspect: AspectName | undefined;
  readonly cities: readonly City[];
  readonly days: readonly Day[];
}

export const readQuery = (text: string): Query => ({
  aspect: ASPECT_NAMES.find((name) => name === namesIn(aspects, text)[0]),
  cities: namesIn(cities, text),
  days: namesIn(days, text),
});

/** Prices are no choices: "flight 2 , because it is only 15 euros". */
const PRICE = /€\s*\d+|\d+\s*(€|euro)/gi;

/**
 * The choices in an answer: a number belongs to the aspect named last before it, or to `only` where the task
 * has one aspect. Empty where some number belongs to nothing.
 */
export function readAnswer(
  text: string,
  only: AspectName | undefined,
): { aspect: AspectName; number: number }[] {
  const choices: { aspect: AspectName; number: number }[] = [];
  for (const [, before = '', digits = ''] of text.replace(PRICE, ' ').matchAll(/([^\d]*)(\d+)/g)) {
    const aspect = namesIn(aspects, before).at(-1) ?? choices.at(-1)?.aspect ?? only;
    if (!aspect) return [];
    choices.push({ aspect, number: Number(digits) });
  }
  return choices;
}
