/** The Tau gym: serve a customer of a small shop by its policy, with tools that work on a database. */
import { lazyTasks } from '../task-set';
import type { Gym } from '../types';
import { tauDemonstrator } from './demonstrators';
import { maximumReturn, TAU_DEFAULTS, TAU_OPERATIONS, TauEpisode, type TauOptions } from './rules';
import { generateTasks } from './tasks';
import type { TauSituation, TauTask } from './types';

const tasks = lazyTasks(generateTasks);

export function createTau(options: Partial<TauOptions> = {}): Gym<TauTask, TauSituation> {
  const complete: TauOptions = { ...TAU_DEFAULTS, ...options };
  return {
    name: 'tau',
    operations: TAU_OPERATIONS,
    tasks,
    reset: (task, episode) => new TauEpisode(task, episode, complete),
    demonstrator: tauDemonstrator,
    maximumReturn,
  };
}

export const tau = createTau();
