import type { Split, Task } from './types';

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
