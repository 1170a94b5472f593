/** Every lesson by its name. */
import { CLIP } from './clip';
import { COLD_START } from './cold-start';
import { DIFFERENCES } from './differences';
import { GROUP_MEAN } from './group-mean';
import { LEASH } from './leash';
import type { Lesson } from './lesson';
import { LESSON_NAMES, type LessonName } from './names';
import { REWARD_HACKING } from './reward-hacking';
import { ROLLOUT } from './rollout';
import { SCORE } from './score';
import { SHAPING } from './shaping';
import { USERS } from './users';

export const LESSONS: Readonly<Record<LessonName, Lesson>> = {
  rollout: ROLLOUT,
  'group-mean': GROUP_MEAN,
  differences: DIFFERENCES,
  score: SCORE,
  shaping: SHAPING,
  'cold-start': COLD_START,
  users: USERS,
  clip: CLIP,
  leash: LEASH,
  'reward-hacking': REWARD_HACKING,
};

/** From 1. */
export const numberOf = (name: LessonName): number => LESSON_NAMES.indexOf(name) + 1;

/** The lessons before and after, where there are any. */
export const neighbours = (
  name: LessonName,
): { before: LessonName | undefined; after: LessonName | undefined } => {
  const at = LESSON_NAMES.indexOf(name);
  return { before: LESSON_NAMES[at - 1], after: LESSON_NAMES[at + 1] };
};
