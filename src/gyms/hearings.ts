/** How every gym reads a person who plays its user. */
import { functionHearing } from './function/hearing';
import type { Hearing } from './hearing';
import { intentionHearing } from './intention/hearing';
import { GYM_NAMES, type GymName } from './options';
import { persuadeHearing } from './persuade/hearing';
import { searchHearing } from './search/hearing';
import { tauHearing } from './tau/hearing';
import { telepathyHearing } from './telepathy/hearing';
import { travelHearing } from './travel/hearing';
import { turtleHearing } from './turtle/hearing';

const HEARINGS: Readonly<Record<GymName, Hearing>> = {
  travel: travelHearing,
  turtle: turtleHearing,
  function: functionHearing,
  tau: tauHearing,
  persuade: persuadeHearing,
  intention: intentionHearing,
  telepathy: telepathyHearing,
  search: searchHearing,
};

/** In a gym that this does not know everything is for the person to say, and nothing of it is compared. */
const UNKNOWN: Hearing = {
  role: () => 'You are the user. What you have in mind stands below; tell what the policy asks for.',
  asksPerson: () => true,
  explain: () => '',
  hear: () => 'agrees',
};

export function hearingOf(gym: string): Hearing {
  const known = GYM_NAMES.find((name) => name === gym);
  return known ? HEARINGS[known] : UNKNOWN;
}
