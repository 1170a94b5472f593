/** The Travel gym: find what is on offer and what the traveller wants, then choose the cheapest that fits. */
import { lazyTasks } from '../task-set';
import type { Gym } from '../types';
import { travelDemonstrator } from './demonstrators';
import {
  itemScore,
  maximumReturn,
  REWARD_TABLES,
  TRAVEL_DEFAULTS,
  TRAVEL_OPERATIONS,
  TravelEpisode,
  type TravelOptions,
} from './rules';
import { generateTasks, practiceTask } from './tasks';
import type { TravelSituation, TravelTask } from './types';

const tasks = lazyTasks(generateTasks);

export function createTravel(options: Partial<TravelOptions> = {}): Gym<TravelTask, TravelSituation> {
  const complete: TravelOptions = { ...TRAVEL_DEFAULTS, ...options };
  const gym: Gym<TravelTask, TravelSituation> = {
    name: 'travel',
    operations: TRAVEL_OPERATIONS,
    tasks,
    practice: (random) => ({ gym, task: practiceTask(random, tasks.test) }),
    reset: (task, episode) => new TravelEpisode(task, episode, complete),
    demonstrator: travelDemonstrator,
    maximumReturn: (task, maxTurns) => maximumReturn(task, maxTurns, REWARD_TABLES[complete.rewards]),
    itemScore: (task, turns) => itemScore(task, turns, REWARD_TABLES[complete.rewards]),
  };
  return gym;
}

export const travel = createTravel();
