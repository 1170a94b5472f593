/** What the task sets of all gyms have in common: made on first use, named after their gym, sorted by level. */
import type { Random } from '../random';
import type { GymName, OWN } from './options';
import type { Gym, Level, Practice, Split, Task } from './types';

export const LEVELS = ['easy', 'normal', 'hard'] as const satisfies readonly Level[];

/** Task sets are made on first use, so that importing a gym costs nothing. */
export function lazyTasks<T extends Task>(generate: () => Record<Split, T[]>): Record<Split, readonly T[]> {
  let generated: Record<Split, T[]> | undefined;
  const tasks = (): Record<Split, T[]> => (generated ??= generate());
  return {
    get train() {
      return tasks().train;
    },
    get test() {
      return tasks().test;
    },
  };
}

/** "travel/test-0012". */
export const taskId = (gym: GymName | typeof OWN, split: Split, index: number): string =>
  `${gym}/${split}-${String(index).padStart(4, '0')}`;

/** The gym a task is from, by its id. */
export const gymNameOf = ({ id }: Pick<Task, 'id'>): string => id.slice(0, id.indexOf('/'));

/** A task to show a player of: drawn anew where the gym can, else one of its training tasks. */
export const practiceOf = (gym: Gym, random: Random): Practice =>
  gym.practice?.(random) ?? { gym, task: random.pick(gym.tasks.train) };

export type Difficulty = Level | 'all';

/** The same gym with the tasks of one level only, in the same order. Tasks that have no level are of every one. */
export function atDifficulty(gym: Gym, difficulty: Difficulty): Gym {
  if (difficulty === 'all') return gym;
  const keep = (split: Split): Task[] =>
    gym.tasks[split].filter(({ level = difficulty }) => level === difficulty);
  const practice: Gym['practice'] =
    gym.practice &&
    ((random) => {
      for (;;) {
        const drawn = gym.practice!(random);
        if (drawn.task.level === difficulty) return drawn;
      }
    });
  return { ...gym, tasks: lazyTasks(() => ({ train: keep('train'), test: keep('test') })), practice };
}
