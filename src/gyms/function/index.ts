/** The Function gym: find a rule by probing it, and say what it gives for one test case. */
import { lazyTasks } from '../task-set';
import type { Gym } from '../types';
import { functionDemonstrator } from './demonstrators';
import { FUNCTION_OPERATIONS, FunctionEpisode, maximumReturn } from './rules';
import { generateTasks, practiceTask } from './tasks';
import type { FunctionSituation, FunctionTask } from './types';

export const functionGym: Gym<FunctionTask, FunctionSituation> = {
  name: 'function',
  operations: FUNCTION_OPERATIONS,
  tasks: lazyTasks(generateTasks),
  practice: (random) => ({ gym: functionGym, task: practiceTask(random) }),
  reset: (task, options) => new FunctionEpisode(task, options),
  demonstrator: functionDemonstrator,
  maximumReturn: (_task, maxTurns) => maximumReturn(maxTurns),
};
