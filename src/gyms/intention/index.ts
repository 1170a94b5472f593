/** The Intention gym: find out what the user left out. */
import { lazyTasks } from '../task-set';
import type { Gym } from '../types';
import { intentionDemonstrator } from './demonstrators';
import { INTENTION_OPERATIONS, IntentionEpisode, maximumReturn } from './rules';
import { generateTasks } from './tasks';
import type { IntentionSituation, IntentionTask } from './types';

export const intention: Gym<IntentionTask, IntentionSituation> = {
  name: 'intention',
  operations: INTENTION_OPERATIONS,
  tasks: lazyTasks(generateTasks),
  reset: (task, options) => new IntentionEpisode(task, options),
  demonstrator: intentionDemonstrator,
  maximumReturn: (task, maxTurns) => maximumReturn(task.hidden.missing, maxTurns),
};
