/** The Tau gym: serve a customer of a small shop by its policy, with tools that work on a database. */
import { lazyTasks } from '../task-set';
import type { Gym } from '../types';
import { tauDemonstrator } from './demonstrators';
import { maximumReturn, TAU_DEFAULTS, TAU_OPERATIONS, TauEpisode, type TauOptions } from './rules';
import { generateTasks, practiceTask } from './tasks';
import type { TauSituation, TauTask } from './types';

const tasks = lazyTasks(generateTasks);

export function createTau(options: Partial<TauOptions> = {}): Gym<TauTask, TauSituation> {
  const complete: TauOptions = { ...TAU_DEFAULTS, ...options };
  const gym: Gym<TauTask, TauSituation> = {
    name: 'tau',
    operations: TAU_OPERATIONS,
    tasks,
    practice: (random) => ({ gym, task: practiceTask(random) }),
    reset: (task, episode) => new TauEpisode(task, episode, complete),
    demonstrator: tauDemonstrator,
    maximumReturn,
  };
  return gym;
}

export const tau = createTau();
