/** Small training runs from the shipped checkpoint. */
import { findGym } from '../../src/gyms/registry';
import type { Gym } from '../../src/gyms/types';
import { Policy } from '../../src/policy/policy';
import { splitSeed } from '../../src/random';
import { DEFAULT_SETTINGS, type Settings } from '../../src/runs/settings';
import { GrpoTrainer } from '../../src/training/grpo';
import { createUser } from '../../src/users/registry';
import type { SimulatedUser } from '../../src/users/types';
import { readNano } from './fixtures';

/** Two tasks of four rollouts, a learning rate that shows after one step. */
export const smallSettings = (more: Partial<Settings> = {}): Settings => ({
  ...DEFAULT_SETTINGS,
  tasksPerStep: 2,
  groupSize: 4,
  warmupSteps: 0,
  loraRank: 4,
  loraAlpha: 8,
  ...more,
});

export interface Run {
  readonly policy: Policy;
  readonly trainer: GrpoTrainer;
  readonly user: SimulatedUser;
}

export async function startRun(
  settings: Settings,
  gym: Gym = findGym('intention').gym,
  user = createUser(settings),
): Promise<Run> {
  const policy = new Policy(
    await readNano(),
    { rank: settings.loraRank, alpha: settings.loraAlpha },
    splitSeed(settings.seed, 'adapter'),
  );
  return { policy, trainer: new GrpoTrainer(policy, gym), user };
}
