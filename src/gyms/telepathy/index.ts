/** The Telepathy gym: guess the toy someone thinks of. */
import { lazyTasks } from '../task-set';
import type { Gym, Split } from '../types';
import { telepathyDemonstrator } from './demonstrators';
import type { Riddle } from './riddle';
import {
  TELEPATHY_DEFAULTS,
  TELEPATHY_OPERATIONS,
  TelepathyEpisode,
  maximumReturn,
  type TelepathyOptions,
} from './rules';
import { generateTasks } from './tasks';
import type { TelepathySituation, TelepathyTask } from './types';
import { TOY_BOX, type ToyTask } from './world';

/** The rules of Telepathy over any world. */
export function telepathyOver<T extends TelepathyTask>(
  name: string,
  riddle: Riddle,
  tasks: Readonly<Record<Split, readonly T[]>>,
  settings: TelepathyOptions = TELEPATHY_DEFAULTS,
): Gym<T, TelepathySituation> {
  return {
    name,
    operations: TELEPATHY_OPERATIONS,
    tasks,
    reset: (task, options) => new TelepathyEpisode(task, options, settings, riddle),
    demonstrator: (kind, task, episode, options) =>
      telepathyDemonstrator(riddle, kind, task, episode, options),
    maximumReturn: (_task, maxTurns) => maximumReturn(maxTurns),
  };
}

const tasks = lazyTasks(generateTasks);

export const createTelepathy = (options: Partial<TelepathyOptions> = {}): Gym<ToyTask, TelepathySituation> =>
  telepathyOver('telepathy', TOY_BOX, tasks, { ...TELEPATHY_DEFAULTS, ...options });

export const telepathy = createTelepathy();
