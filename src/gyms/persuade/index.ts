/** The Persuade gym: talk someone out of a claim. */
import { lazyTasks } from '../task-set';
import type { Gym } from '../types';
import { persuadeDemonstrator } from './demonstrators';
import {
  PERSUADE_DEFAULTS,
  PERSUADE_OPERATIONS,
  PersuadeEpisode,
  maximumReturn,
  type PersuadeOptions,
} from './rules';
import { generateTasks } from './tasks';
import type { PersuadeSituation, PersuadeTask } from './types';

const tasks = lazyTasks(generateTasks);

export function createPersuade(options: Partial<PersuadeOptions> = {}): Gym<PersuadeTask, PersuadeSituation> {
  const settings = { ...PERSUADE_DEFAULTS, ...options };
  return {
    name: 'persuade',
    operations: PERSUADE_OPERATIONS,
    tasks,
    reset: (task, episodeOptions) => new PersuadeEpisode(task, episodeOptions, settings),
    demonstrator: persuadeDemonstrator,
    maximumReturn: (task, maxTurns) => maximumReturn(task.hidden, maxTurns),
  };
}

export const persuade = createPersuade();
