/** What a person's words mean in a gym from somebody's own table: as in the gym whose rules it is played by. */
import type { Hearing } from '../hearing';
import { inquiryHearing } from '../intention/hearing';
import { isIntentionSituation, type IntentionTask } from '../intention/types';
import { riddleHearing } from '../telepathy/hearing';
import { isTelepathySituation, type TelepathyTask } from '../telepathy/types';
import type { Situation, Task } from '../types';

const isRiddle = (task: Task): task is TelepathyTask => hiddenHas(task, 'toy');
const isInquiry = (task: Task): task is IntentionTask => hiddenHas(task, 'missing');
const hiddenHas = ({ hidden }: Task, key: string): boolean =>
  typeof hidden === 'object' && hidden !== null && key in hidden;

const riddle = riddleHearing<TelepathyTask>('thing');
/** A table says what its tasks may hold, but a task alone does not: an invented detail goes unnoticed. */
const inquiry = inquiryHearing<IntentionTask>(
  () => 'get help with what you have just said',
  () => [],
);

const of = (situation: Situation): Hearing | undefined => {
  if (isTelepathySituation(situation)) return riddle as Hearing;
  return isIntentionSituation(situation) ? (inquiry as Hearing) : undefined;
};

/** Over a file of UserRL, whose texts are free, nothing is compared. */
export const ownHearing: Hearing = {
  role(task) {
    if (isRiddle(task)) return riddle.role(task);
    if (isInquiry(task)) return inquiry.role(task);
    return 'You are the user. What you have in mind stands below; tell what the policy asks for.';
  },
  asksPerson: () => true,
  explain: (situation) => of(situation)?.explain(situation) ?? '',
  hear: (task, situation, text) => of(situation)?.hear(task, situation, text) ?? 'agrees',
};
