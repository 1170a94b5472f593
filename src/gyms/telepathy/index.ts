/** The Telepathy gym: guess the toy someone thinks of. */
import { lazyTasks } from '../task-set';
import type { Gym } from '../types';
import { telepathyDemonstrator } from './demonstrators';
import {
  TELEPATHY_DEFAULTS,
  TELEPATHY_OPERATIONS,
  TelepathyEpisode,
  maximumReturn,
  type TelepathyOptions,
} from './rules';
import { generateTasks } from './tasks';
import type { TelepathySituation, TelepathyTask } from './types';

const tasks = lazyTasks(generateTasks);

export function createTelepathy(
  options: Partial<TelepathyOptions> = {},
): Gym<TelepathyTask, TelepathySituation> {
  const settings = { ...TELEPATHY_DEFAULTS, ...options };
  return {
    name: 'telepathy',
    operations: TELEPATHY_OPERATIONS,
    tasks,
    reset: (task, episodeOptions) => new TelepathyEpisode(task, episodeOptions, settings),
    demonstrator: telepathyDemonstrator,
    maximumReturn: (_task, maxTurns) => maximumReturn(maxTurns),
  };
}

export const telepathy = createTelepathy();
