/** What the task sets of all gyms have in common: made on first use, named after their gym, sorted by level. */
import type { GymName } from './options';
import type { Gym, Level, Split, Task } from './types';

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
export const taskId = (gym: GymName, split: Split, index: number): string =>
  `${gym}/${split}-${String(index).padStart(4, '0')}`;

/** The gym a task is from, by its id. */
export const gymNameOf = ({ id }: Pick<Task, 'id'>): string => id.slice(0, id.indexOf('/'));

export type Difficulty = Level | 'all';

/** The same gym with the tasks of one level only, in the same order. */
export function atDifficulty(gym: Gym, difficulty: Difficulty): Gym {
  if (difficulty === 'all') return gym;
  const keep = (split: Split): Task[] => gym.tasks[split].filter(({ level }) => level === difficulty);
  return { ...gym, tasks: lazyTasks(() => ({ train: keep('train'), test: keep('test') })) };
}
