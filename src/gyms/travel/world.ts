/**
 * The world of Travel: what one can book, what may matter about it, and how a traveller hints at a wish without
 * naming it. Every point has two values, so one answer settles it.
 */

/** The five aspects of UserRL's TravelGym; its `rental_car` is a car here. */
export const ASPECTS = {
  flight: { one: 'a flight', points: ['seat', 'time', 'food', 'route'] },
  hotel: { one: 'a hotel', points: ['place', 'sound', 'floor', 'style'] },
  apartment: { one: 'an apartment', points: ['place', 'floor', 'size', 'sound'] },
  car: { one: 'a car', points: ['size', 'style', 'gear', 'time'] },
  restaurant: { one: 'a restaurant', points: ['food', 'seat', 'place', 'style'] },
} as const;

/** `hints` say the value in a roundabout way, as UserRL's users do; `brief` is for those of few words. */
export const POINTS = {
  seat: {
    window: { hints: ['i love to see the clouds', 'i want to look out'], brief: 'to look out' },
    aisle: { hints: ['i stand up very often', 'i like to be out first'], brief: 'to stand up' },
  },
  time: {
    morning: { hints: ['i am ready very early', 'i have dinner plans that day'], brief: 'early' },
    evening: { hints: ['i have to work all day', 'i am best at night'], brief: 'after work' },
  },
  food: {
    meat: { hints: ['i want something hot and grilled', 'salads are nothing for me'], brief: 'grilled' },
    salads: { hints: ['i like it green and fresh', 'i care about my health'], brief: 'green and fresh' },
  },
  route: {
    direct: { hints: ['i have little time', 'i do not want to change'], brief: 'little time' },
    scenic: { hints: ['i want to see the mountains', 'i have much time'], brief: 'much time' },
  },
  place: {
    centre: { hints: ['i want to do it all on foot', 'i want the city around me'], brief: 'all on foot' },
    sea: { hints: ['i want to swim', 'i love water and boats'], brief: 'to swim' },
  },
  sound: {
    quiet: { hints: ['i need much sleep', 'i want to hear nothing'], brief: 'much sleep' },
    loud: { hints: ['i like a good party', 'i want to hear music all night'], brief: 'a party' },
  },
  floor: {
    low: { hints: ['i do not like stairs', 'i want to be near the garden'], brief: 'no stairs' },
    high: { hints: ['i like to look far', 'i want to see the city lights'], brief: 'to look far' },
  },
  size: {
    small: { hints: ['i travel alone', 'i have almost nothing with me'], brief: 'i am alone' },
    large: { hints: ['we are six people', 'i bring my family'], brief: 'six people' },
  },
  style: {
    modern: { hints: ['i like new things', 'it should be as new as my laptop'], brief: 'new things' },
    classic: { hints: ['i like old things', 'it should be as in old movies'], brief: 'old things' },
  },
  gear: {
    manual: { hints: ['i like to do it by hand', 'i have much experience'], brief: 'by hand' },
    automatic: { hints: ['i have little experience', 'it should be simple for me'], brief: 'simple' },
  },
} as const satisfies Record<string, Record<string, ValueWords>>;

export interface ValueWords {
  readonly hints: readonly [string, string];
  readonly brief: string;
}

export const CITIES = ['rome', 'paris', 'london', 'madrid'] as const;
export const DAYS = ['friday', 'saturday', 'sunday', 'monday'] as const;

export type AspectName = keyof typeof ASPECTS;
export type PointName = keyof typeof POINTS;
export type City = (typeof CITIES)[number];
export type Day = (typeof DAYS)[number];

export const ASPECT_NAMES: readonly AspectName[] = Object.freeze(Object.keys(ASPECTS) as AspectName[]);
export const POINT_NAMES: readonly PointName[] = Object.freeze(Object.keys(POINTS) as PointName[]);

export const pointsOf = (aspect: AspectName): readonly PointName[] => ASPECTS[aspect].points;
export const valuesOf = (point: PointName): readonly string[] => Object.keys(POINTS[point]);

export function valueWords(point: PointName, value: string): ValueWords {
  const words = Object.entries<ValueWords>(POINTS[point]).find(([name]) => name === value)?.[1];
  if (!words) throw new Error(`The ${point} cannot be ${value}`);
  return words;
}

/** The policy's sentences: one form each, with the decision in two words. */
export const questionFor = (aspect: AspectName, point: PointName): string =>
  `which ${point} do you want for the ${aspect} ?`;
export const queryFor = (aspect: AspectName, city: City, day: Day): string =>
  `${aspect} for ${city} on ${day}`;
export const choiceOf = (choices: readonly { aspect: AspectName; number: number }[]): string =>
  choices.map(({ aspect, number }) => `${aspect} ${number}`).join(' , ');
