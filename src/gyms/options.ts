/** Which gyms there are and what can be set about them; light, so that the page can list them without the gyms. */
import type { Difficulty } from './task-set';

/** The five that UserRL trains on, then the three it holds out. */
export const GYM_NAMES = [
  'travel',
  'turtle',
  'function',
  'tau',
  'persuade',
  'intention',
  'telepathy',
  'search',
] as const;
export type GymName = (typeof GYM_NAMES)[number];

/** What a gym from somebody's own table is called; it is not there until a table is. */
export const OWN = 'own';

/** Each gym reads what is its own; the settings of a run have these very names. */
export interface GymOptions {
  readonly difficulty: Difficulty;
  /** Turtle: score at which the story counts as told. */
  readonly turtleThreshold: number;
  /** Travel: which of UserRL's three reward tables pays. */
  readonly travelRewards: 'training' | 'evaluation' | 'library';
  /** Travel: whether every fifth search fails on purpose. */
  readonly travelFailures: boolean;
  /** Telepathy: guesses before the game is lost. */
  readonly telepathyGuesses: number;
}

/** As many guesses as UserRL has turns, which is as good as no limit. */
export const MOST_GUESSES = 16;

/** UserRL's values where it trains. */
export const DEFAULT_GYM_OPTIONS: GymOptions = {
  difficulty: 'all',
  turtleThreshold: 1,
  travelRewards: 'training',
  travelFailures: true,
  telepathyGuesses: MOST_GUESSES,
};
