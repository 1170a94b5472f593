/**
 * Watching: the same few tasks, tried again and again as training goes on and never trained on, so that one can see
 * the very same conversation get better. The tasks, what the user does and the random numbers of sampling are the
 * same every time; whatever differs between two looks is the policy's doing.
 */
import { gymNameOf } from '../gyms/task-set';
import type { Gym, Task } from '../gyms/types';
import type { Policy } from '../policy/policy';
import { Random, splitSeed } from '../random';
import type { GroupRecord } from '../runs/record';
import type { Settings } from '../runs/settings';
import type { SimulatedUser } from '../users/types';
import { creditBatch } from './credit-step';
import { decoderFor } from './grpo';
import { groupRecords } from './groups';
import { rollOut } from './rollout';

/** How many are watched where the run has fewer gyms than that; else one of each gym. One task alone may say little. */
const FEWEST = 4;

/** Test tasks drawn by the run's seed, the gyms taking turns. */
export function watchedTasks(gym: Gym, seed: number): Task[] {
  const byGym = new Map<string, Task[]>();
  for (const task of new Random(splitSeed(seed, 'watch', 'tasks')).shuffled(gym.tasks.test)) {
    const name = gymNameOf(task);
    byGym.set(name, [...(byGym.get(name) ?? []), task]);
  }
  const pools = [...byGym.values()];
  const each = Math.ceil(FEWEST / Math.max(1, pools.length));
  return Array.from({ length: each }, (_, i) => pools.flatMap((pool) => pool.slice(i, i + 1))).flat();
}

/**
 * A group of rollouts of each watched task, rolled out and credited as a training step would, without an update.
 * Draws from streams of its own: training takes the same course with and without it. Throws the abort reason if
 * `signal` aborts.
 */
export async function watch(
  policy: Policy,
  gym: Gym,
  user: SimulatedUser,
  settings: Settings,
  signal?: AbortSignal,
): Promise<GroupRecord[]> {
  const { seed, groupSize, temperature } = settings;
  const tasks = watchedTasks(gym, seed).flatMap((task) => new Array<Task>(groupSize).fill(task));
  const decoder = decoderFor(policy, tasks.length, temperature, splitSeed(seed, 'watch', 'sample'));
  try {
    const options = { ...settings, seed: splitSeed(seed, 'watch', 'world') };
    const trajectories = await rollOut(gym, user, policy.dialogue, decoder, tasks, options, signal);
    const credit = await creditBatch(trajectories, settings);
    credit.advantages.dispose();
    return groupRecords(gym, policy, trajectories, credit, settings);
  } finally {
    decoder.dispose();
  }
}
