/** Drawing the tasks of somebody's own gym: what its two kinds have in common. */
import type { Random } from '../../random';
import { OWN } from '../options';
import { taskId } from '../task-set';
import type { Split, Task } from '../types';

/** Fixed: the same table gives the same tasks in every run, so that runs can be compared. */
export const TASK_SEED = 250_919_745;
export const TASKS_PER_LEVEL: Readonly<Record<Split, number>> = { train: 80, test: 20 };
/** Share of the possible openings of one thing or wish that only tests use. */
const TEST_SHARE = 0.2;

/** All subsets of so many items, each in the order of the items. */
export function subsets<T>(items: readonly T[], count: number): T[][] {
  if (count === 0) return [[]];
  return items.flatMap((first, i) => subsets(items.slice(i + 1), count - 1).map((rest) => [first, ...rest]));
}

/** Parts what may be drawn between the splits; where there is one thing only, both have it. */
export function split<T>(items: readonly T[], random: Random): Record<Split, readonly T[]> {
  if (items.length < 2) return { train: items, test: items };
  const shuffled = random.shuffled(items);
  const tested = Math.max(1, Math.round(TEST_SHARE * items.length));
  return { train: shuffled.slice(tested), test: shuffled.slice(0, tested) };
}

/** In random order, so that any prefix is a fair sample, and named. */
export function numbered<T extends Task>(
  drafts: Readonly<Record<Split, readonly Omit<T, 'id'>[]>>,
  random: Random,
): Record<Split, T[]> {
  const named = (which: Split): T[] =>
    random
      .shuffled(drafts[which])
      // What is left out is put back here, which the compiler cannot follow through a type parameter.
      .map((draft, i) => ({ ...draft, id: taskId(OWN, which, i) }) as T);
  return { train: named('train'), test: named('test') };
}
