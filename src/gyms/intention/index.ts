/** The Intention gym: find out what the user left out. */
import { lazyTasks } from '../task-set';
import type { Gym, Split } from '../types';
import { INQUIRY } from './aspects';
import { intentionDemonstrator } from './demonstrators';
import type { Inquiry } from './inquiry';
import { INTENTION_OPERATIONS, IntentionEpisode, maximumReturn } from './rules';
import { generateTasks } from './tasks';
import type { IntentionSituation, IntentionTask } from './types';

/** The rules of Intention over any world. */
export function intentionOver<T extends IntentionTask>(
  name: string,
  inquiry: Inquiry,
  tasks: Readonly<Record<Split, readonly T[]>>,
): Gym<T, IntentionSituation> {
  return {
    name,
    operations: INTENTION_OPERATIONS,
    tasks,
    reset: (task, options) => new IntentionEpisode(task, options, inquiry),
    demonstrator: (kind, task, episode, options) =>
      intentionDemonstrator(inquiry, kind, task, episode, options),
    maximumReturn: (task, maxTurns) => maximumReturn(task.hidden.missing, maxTurns),
  };
}

export const intention = intentionOver('intention', INQUIRY, lazyTasks(generateTasks));
