/** The Turtle gym: find the story behind a strange scene. */
import { lazyTasks } from '../task-set';
import type { Gym } from '../types';
import { turtleDemonstrator } from './demonstrators';
import {
  TURTLE_DEFAULTS,
  TURTLE_OPERATIONS,
  TurtleEpisode,
  maximumReturn,
  type TurtleOptions,
} from './rules';
import { generateTasks } from './tasks';
import type { TurtleSituation, TurtleTask } from './types';

const tasks = lazyTasks(generateTasks);

export function createTurtle(options: Partial<TurtleOptions> = {}): Gym<TurtleTask, TurtleSituation> {
  const settings = { ...TURTLE_DEFAULTS, ...options };
  return {
    name: 'turtle',
    operations: TURTLE_OPERATIONS,
    tasks,
    reset: (task, episodeOptions) => new TurtleEpisode(task, episodeOptions, settings),
    demonstrator: turtleDemonstrator,
    maximumReturn: (_task, maxTurns) => maximumReturn(maxTurns),
  };
}

export const turtle = createTurtle();
