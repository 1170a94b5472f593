/** How every gym reads a person who plays its user. */
import { functionHearing } from './function/hearing';
import type { Hearing } from './hearing';
import { intentionHearing } from './intention/hearing';
import { OWN, type GymName } from './options';
import { ownHearing } from './own/hearing';
import { persuadeHearing } from './persuade/hearing';
import { searchHearing } from './search/hearing';
import { tauHearing } from './tau/hearing';
import { telepathyHearing } from './telepathy/hearing';
import { travelHearing } from './travel/hearing';
import { turtleHearing } from './turtle/hearing';

const HEARINGS: Readonly<Record<GymName | typeof OWN, Hearing>> = {
  travel: travelHearing,
  turtle: turtleHearing,
  function: functionHearing,
  tau: tauHearing,
  persuade: persuadeHearing,
  intention: intentionHearing,
  telepathy: telepathyHearing,
  search: searchHearing,
  [OWN]: ownHearing,
};

/** Throws where there is no gym of that name. */
export function hearingOf(gym: string): Hearing {
  const [, hearing] = Object.entries(HEARINGS).find(([name]) => name === gym) ?? [];
  if (!hearing) throw new TypeError(`Nobody knows how to be the user of the gym ${gym}`);
  return hearing;
}
