/** The lessons by the names under which links open them, in the order in which they build on each other. */
export const LESSON_NAMES = [
  'rollout',
  'group-mean',
  'differences',
  'score',
  'shaping',
  'cold-start',
  'users',
  'clip',
  'leash',
  'reward-hacking',
] as const;
export type LessonName = (typeof LESSON_NAMES)[number];

export const lessonNamed = (name: string): LessonName | undefined => LESSON_NAMES.find((one) => one === name);
