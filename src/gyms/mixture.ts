/**
 * Several gyms as one. A run is over a single gym or over a preset of them; whoever trains or plays is handed one
 * `Gym` either way, and every call goes to the gym that the task is from.
 */
import { GYM_NAMES, OWN, type GymName } from './options';
import { gymNameOf, lazyTasks, practiceOf } from './task-set';
import type { Gym, Operation, Split, Task } from './types';

export interface GymSelection {
  readonly train: readonly GymName[];
  /** Played in evaluations, never trained on. */
  readonly heldOut: readonly GymName[];
}

export const GYM_PRESETS = {
  all: { train: GYM_NAMES, heldOut: [] },
  /** UserRL, table 2. */
  paper: {
    train: ['travel', 'turtle', 'function', 'tau', 'persuade'],
    heldOut: ['intention', 'telepathy', 'search'],
  },
} as const satisfies Record<string, GymSelection>;

/** What the setting `gym` may be. */
export type GymSetting = GymName | keyof typeof GYM_PRESETS | typeof OWN;

/** The gyms of the house that a setting means; none where it means a table of somebody's own. */
export function gymsOf(setting: GymSetting): GymSelection {
  if (setting === OWN) return { train: [], heldOut: [] };
  return setting === 'all' || setting === 'paper' ? GYM_PRESETS[setting] : { train: [setting], heldOut: [] };
}

/**
 * Trains on the tasks of `train`; tests on those and on the tasks of `heldOut`. A gym with few tasks has them
 * repeated, so that a task drawn at random is as likely from one gym as from another; and gyms take turns, so
 * that any prefix is a fair sample.
 */
export function mixtureGym(name: string, train: readonly Gym[], heldOut: readonly Gym[] = []): Gym {
  const all = [...train, ...heldOut];
  const byName = new Map(all.map((gym) => [gym.name, gym]));
  const of = (task: Task): Gym => {
    const gym = byName.get(gymNameOf(task));
    if (!gym) throw new Error(`${name} has no gym for the task ${task.id}`);
    return gym;
  };
  return {
    name,
    operations: [...new Set<Operation>(all.flatMap(({ operations }) => operations))],
    tasks: lazyTasks(() => ({ train: inTurns(train, 'train'), test: inTurns(all, 'test') })),
    practice: (random) => practiceOf(random.pick(train), random),
    reset: (task, options) => of(task).reset(task, options),
    demonstrator: (kind, task, episode, options) => of(task).demonstrator(kind, task, episode, options),
    maximumReturn: (task, maxTurns) => of(task).maximumReturn(task, maxTurns),
    itemScore: (task, turns) => of(task).itemScore?.(task, turns),
  };
}

function inTurns(gyms: readonly Gym[], split: Split): Task[] {
  const pools = gyms.map((gym) => gym.tasks[split]);
  const rounds = Math.max(...pools.map(({ length }) => length));
  return Array.from({ length: rounds }, (_, i) => pools.map((pool) => pool[i % pool.length]!)).flat();
}
