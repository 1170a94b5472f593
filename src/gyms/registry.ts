/** Every gym by name, with the words its scripted users speak. Adding a gym is adding a line. */
import { intention } from './intention';
import { intentionWording } from './intention/wording';
import type { Gym } from './types';
import type { Wording } from './wording';

export interface GymEntry {
  readonly gym: Gym;
  readonly wording: Wording;
}

export const GYMS = {
  intention: { gym: intention, wording: intentionWording },
} satisfies Record<string, GymEntry>;

export type GymName = keyof typeof GYMS;
export const GYM_NAMES = Object.keys(GYMS) as GymName[];

/** Throws, naming the gyms there are, where there is none of that name. */
export function findGym(name: string): GymEntry {
  const entry = Object.entries<GymEntry>(GYMS).find(([known]) => known === name);
  if (!entry) throw new Error(`No gym is called "${name}"; there are: ${GYM_NAMES.join(', ')}`);
  return entry[1];
}
