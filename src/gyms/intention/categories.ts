/**
 * What users want help with, and which aspects matter for it: 3 decides everything, 2 matters, 1 is nice to
 * know. A policy that plays well has to know this table by heart.
 */
import type { AspectName } from './aspects';
import type { Importance, IntentionHidden } from './types';
import type { Task } from '../types';

export interface Category {
  /** Verb and object, as in "help me plan a birthday party". */
  readonly wish: string;
  /** The object alone. */
  readonly thing: string;
  readonly relevant: Readonly<Partial<Record<AspectName, Importance>>>;
}

export const CATEGORIES = {
  party: {
    wish: 'plan a birthday party',
    thing: 'a birthday party',
    relevant: { age: 3, group: 3, theme: 2, place: 2, food: 2, music: 1, decoration: 1, drink: 1 },
  },
  trip: {
    wish: 'plan a city trip',
    thing: 'a city trip',
    relevant: { budget: 3, date: 3, duration: 3, transport: 2, group: 2, season: 1, food: 1, occasion: 1 },
  },
  dinner: {
    wish: 'cook a dinner',
    thing: 'a dinner',
    relevant: { diet: 3, group: 3, food: 2, date: 2, drink: 2, occasion: 1, music: 1, decoration: 1 },
  },
  gift: {
    wish: 'choose a gift',
    thing: 'a gift',
    relevant: { age: 3, budget: 3, size: 2, colour: 2, deadline: 2, brand: 1, material: 1, style: 1 },
  },
  laptop: {
    wish: 'choose a laptop',
    thing: 'a laptop',
    relevant: {
      purpose: 3,
      budget: 3,
      size: 2,
      brand: 2,
      deadline: 2,
      experience: 1,
      colour: 1,
      material: 1,
    },
  },
  garden: {
    wish: 'design a garden',
    thing: 'a garden',
    relevant: {
      size: 3,
      season: 3,
      style: 2,
      material: 2,
      equipment: 2,
      experience: 1,
      colour: 1,
      purpose: 1,
    },
  },
  website: {
    wish: 'design a website',
    thing: 'a website',
    relevant: { purpose: 3, theme: 3, style: 2, colour: 2, deadline: 2, experience: 1, budget: 1, size: 1 },
  },
  workout: {
    wish: 'make a workout plan',
    thing: 'a workout plan',
    relevant: { experience: 3, purpose: 3, equipment: 2, duration: 2, age: 2, diet: 1, music: 1, place: 1 },
  },
  move: {
    wish: 'organise a house move',
    thing: 'a house move',
    relevant: { date: 3, transport: 3, size: 2, budget: 2, group: 2, equipment: 1, duration: 1, deadline: 1 },
  },
  photos: {
    wish: 'plan a photo shoot',
    thing: 'a photo shoot',
    relevant: { place: 3, style: 3, theme: 2, equipment: 2, group: 2, season: 1, colour: 1, age: 1 },
  },
  wedding: {
    wish: 'plan a wedding',
    thing: 'a wedding',
    relevant: { date: 3, place: 3, group: 2, decoration: 2, music: 2, drink: 1, diet: 1, transport: 1 },
  },
  study: {
    wish: 'make a study plan',
    thing: 'a study plan',
    relevant: {
      deadline: 3,
      duration: 3,
      purpose: 2,
      experience: 2,
      place: 2,
      age: 1,
      budget: 1,
      equipment: 1,
    },
  },
} as const satisfies Record<string, Category>;

export type CategoryName = keyof typeof CATEGORIES;
export const CATEGORY_NAMES: readonly CategoryName[] = Object.freeze(
  Object.keys(CATEGORIES) as CategoryName[],
);

/** A task of this world: of a category, and about its aspects. */
export type WishTask = Task<IntentionHidden<AspectName> & { readonly category: CategoryName }>;

/** The aspects that matter for a category, with their importance, most important first. */
export function relevantAspects(category: CategoryName): (readonly [AspectName, Importance])[] {
  const relevant: Category['relevant'] = CATEGORIES[category].relevant;
  return (Object.entries(relevant) as [AspectName, Importance][]).sort(([, a], [, b]) => b - a);
}
