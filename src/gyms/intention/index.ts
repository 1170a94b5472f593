/** The Intention gym: find out what the user left out. */
import type { Gym, Split } from '../types';
import { intentionDemonstrator } from './demonstrators';
import { INTENTION_OPERATIONS, IntentionEpisode, maximumReturn } from './rules';
import { generateTasks } from './tasks';
import type { IntentionSituation, IntentionTask } from './types';

let generated: Record<Split, IntentionTask[]> | undefined;
/** Made on first use: importing the gym costs nothing. */
const tasks = (): Record<Split, IntentionTask[]> => (generated ??= generateTasks());

export const intention: Gym<IntentionTask, IntentionSituation> = {
  name: 'intention',
  operations: INTENTION_OPERATIONS,
  tasks: {
    get train() {
      return tasks().train;
    },
    get test() {
      return tasks().test;
    },
  },
  reset: (task, options) => new IntentionEpisode(task, options),
  demonstrator: intentionDemonstrator,
  maximumReturn: (task, maxTurns) => maximumReturn(task.hidden.missing, maxTurns),
};
