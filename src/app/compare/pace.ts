/** How long an experiment will take, judged by a run that was made on this machine. */
import type { StoredRun } from '../../runs/stored-run';
import { mean } from '../../training/statistics';
import type { Plan } from './queue';

/** Seconds, or null where nothing is known. `runs` come newest first. */
export function secondsFor({ a, b, seeds, steps }: Plan, runs: readonly StoredRun[]): number | null {
  const last = runs.find(({ curves }) => curves.step_time.some((value) => value !== null));
  if (!last) return null;
  const rollouts = ({ tasksPerStep, groupSize }: StoredRun['settings']): number => tasksPerStep * groupSize;
  const seconds = mean(last.curves.step_time.filter((value) => value !== null)) / rollouts(last.settings);
  return seconds * steps * seeds.length * (rollouts(a) + rollouts(b));
}
