/** Every gym by name, with the words its scripted users speak. Adding a gym is adding a line here and a name in options.ts. */
import type { Random } from '../random';
import { functionGym } from './function';
import { passage as functionPassage } from './function/corpus';
import { functionVocabulary } from './function/vocabulary';
import { functionWording } from './function/wording';
import { intention } from './intention';
import { passage as intentionPassage } from './intention/corpus';
import { intentionVocabulary } from './intention/vocabulary';
import { intentionWording } from './intention/wording';
import { gymsOf, mixtureGym, type GymSetting } from './mixture';
import { DEFAULT_GYM_OPTIONS, GYM_NAMES, OWN, type GymName, type GymOptions } from './options';
import { createOwn } from './own';
import { ownWording } from './own/spoken';
import type { OwnTable } from './own/table';
import { createPersuade } from './persuade';
import { passage as persuadePassage } from './persuade/corpus';
import { persuadeVocabulary } from './persuade/vocabulary';
import { persuadeWording } from './persuade/wording';
import { createSearch } from './search';
import { passage as searchPassage } from './search/corpus';
import { searchVocabulary } from './search/vocabulary';
import { searchWording } from './search/wording';
import { atDifficulty } from './task-set';
import { createTau } from './tau';
import { passage as tauPassage } from './tau/corpus';
import { tauVocabulary } from './tau/vocabulary';
import { tauWording } from './tau/wording';
import { createTelepathy } from './telepathy';
import { passage as telepathyPassage } from './telepathy/corpus';
import { telepathyVocabulary } from './telepathy/vocabulary';
import { telepathyWording } from './telepathy/wording';
import { createTravel } from './travel';
import { passage as travelPassage } from './travel/corpus';
import { TRAVEL_DEFAULTS } from './travel/rules';
import { travelVocabulary } from './travel/vocabulary';
import { travelWording } from './travel/wording';
import { createTurtle } from './turtle';
import { passage as turtlePassage } from './turtle/corpus';
import { turtleVocabulary } from './turtle/vocabulary';
import { turtleWording } from './turtle/wording';
import type { Gym } from './types';
import type { Wording } from './wording';

interface Registration {
  create(options: GymOptions): Gym;
  readonly wording: Wording;
  /** Every word the gym and its users can say. */
  vocabulary(): string[];
  /** A few sentences about its world, for pre-training. */
  passage(random: Random): string;
}

export interface GymEntry extends Registration {
  /** The gym as it is with the defaults of all options. */
  readonly gym: Gym;
}

const REGISTRATIONS: Readonly<Record<GymName, Registration>> = {
  travel: {
    create: ({ travelRewards, travelFailures }) =>
      createTravel({
        rewards: travelRewards,
        searchFailureInterval: travelFailures ? TRAVEL_DEFAULTS.searchFailureInterval : Infinity,
      }),
    wording: travelWording,
    vocabulary: travelVocabulary,
    passage: travelPassage,
  },
  turtle: {
    create: ({ turtleThreshold }) => createTurtle({ successThreshold: turtleThreshold }),
    wording: turtleWording,
    vocabulary: turtleVocabulary,
    passage: turtlePassage,
  },
  function: {
    create: () => functionGym,
    wording: functionWording,
    vocabulary: functionVocabulary,
    passage: functionPassage,
  },
  tau: { create: () => createTau(), wording: tauWording, vocabulary: tauVocabulary, passage: tauPassage },
  persuade: {
    create: () => createPersuade(),
    wording: persuadeWording,
    vocabulary: persuadeVocabulary,
    passage: persuadePassage,
  },
  intention: {
    create: () => intention,
    wording: intentionWording,
    vocabulary: intentionVocabulary,
    passage: intentionPassage,
  },
  telepathy: {
    create: ({ telepathyGuesses }) => createTelepathy({ guesses: telepathyGuesses }),
    wording: telepathyWording,
    vocabulary: telepathyVocabulary,
    passage: telepathyPassage,
  },
  search: {
    create: () => createSearch(),
    wording: searchWording,
    vocabulary: searchVocabulary,
    passage: searchPassage,
  },
};

export const GYMS = Object.fromEntries<GymEntry>(
  GYM_NAMES.map((name) => [
    name,
    { ...REGISTRATIONS[name], gym: REGISTRATIONS[name].create(DEFAULT_GYM_OPTIONS) },
  ]),
) as Readonly<Record<GymName, GymEntry>>;

/** Throws, naming the gyms there are, where there is none of that name. */
export function findGym(name: string): GymEntry {
  const known = GYM_NAMES.find((gym) => gym === name);
  if (!known) throw new Error(`No gym is called "${name}"; there are: ${GYM_NAMES.join(', ')}`);
  return GYMS[known];
}

/** How the users of a gym talk, somebody's own among them. */
export const wordingOf = (name: string): Wording => (name === OWN ? ownWording : findGym(name).wording);

/** The gym of a run: one, several as one, or that of somebody's own table, which must then be there. */
export function openGym(
  { gym: setting, ...options }: GymOptions & { readonly gym: GymSetting },
  table?: OwnTable,
): Gym {
  if (setting === OWN) {
    if (!table) throw new Error("A gym of one's own needs a table.");
    return atDifficulty(createOwn(table), options.difficulty);
  }
  const open = (name: GymName): Gym => atDifficulty(GYMS[name].create(options), options.difficulty);
  const { train, heldOut } = gymsOf(setting);
  const [only] = train;
  return only && train.length === 1 && heldOut.length === 0
    ? open(only)
    : mixtureGym(setting, train.map(open), heldOut.map(open));
}
