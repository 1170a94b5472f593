/** From the steps of a run to numbers that can be compared, with what chance could do to them. */
import type { Estimate, GroupRecord, RolloutRecord, StepMetrics } from '../../runs/record';
import { meanEstimate, studentQuantile } from '../../training/estimates';
import { sample, standardError } from '../compare/statistics';
import type { ArmResult } from './lesson';

/** A single step is a few dozen conversations; the mean over some of the last ones is steadier. Half of a lesson of twelve. */
export const WINDOW = 6;

/** Mean over the last steps. Its interval says how far these steps differ, with their tasks, not how far seeds do. */
export const lately = ({ steps }: ArmResult, metric: keyof StepMetrics): Estimate =>
  meanEstimate(steps.slice(-WINDOW).map((step) => step[metric]));

/** The same over the first steps. */
export const atFirst = ({ steps }: ArmResult, metric: keyof StepMetrics): Estimate =>
  meanEstimate(steps.slice(0, WINDOW).map((step) => step[metric]));

/** Over the rollouts of the newest step. */
export const overRollouts = (
  { groups }: ArmResult,
  value: (rollout: RolloutRecord) => number,
  most = Infinity,
): Estimate =>
  meanEstimate(
    groups.flatMap(({ rollouts }) => rollouts.map(value)),
    most,
  );

/** How often something happened in a conversation. */
export const timesIn = (rollout: RolloutRecord, event: string): number =>
  rollout.turns.reduce((sum, { events }) => sum + events.filter(({ name }) => name === event).length, 0);

export interface Difference {
  /** a − b */
  readonly value: number;
  /** Which is ahead by more than chance explains; `level` too where nothing is known of chance. */
  readonly ahead: 'a' | 'b' | 'level';
}

/**
 * Limits of a difference from those of its two sides, by their squared distances (MOVER; Zou & Donner, Statistics in
 * Medicine 27, 2008), as averages over gyms have them.
 */
export function difference(a: Estimate, b: Estimate): Difference {
  const value = a.mean - b.mean;
  if (!a.ci95 || !b.ci95) return { value, ahead: 'level' };
  const low = value - Math.hypot(a.mean - a.ci95[0], b.ci95[1] - b.mean);
  const high = value + Math.hypot(a.ci95[1] - a.mean, b.mean - b.ci95[0]);
  return { value, ahead: low > 0 ? 'a' : high < 0 ? 'b' : 'level' };
}

/**
 * How far two runs lie apart over the last steps that both have made. Runs of one seed meet the same tasks, step by
 * step, so steps are compared one with one: that some tasks are harder then makes no difference (paired t interval).
 */
export function apart(a: ArmResult, b: ArmResult, metric: keyof StepMetrics): Difference {
  const both = Math.min(a.steps.length, b.steps.length);
  const from = Math.max(0, both - WINDOW);
  const gaps = a.steps.slice(from, both).map((step, i) => step[metric] - b.steps[from + i]![metric]);
  const measured = sample(gaps);
  const { mean: value, n } = measured;
  const error = standardError(measured);
  if (error === null) return { value, ahead: 'level' };
  const half = studentQuantile(n - 1) * error;
  return { value, ahead: value - half > 0 ? 'a' : value + half < 0 ? 'b' : 'level' };
}

/** The group from which there is most to see: the one whose rollouts differ most. */
export function liveliest(groups: readonly GroupRecord[]): GroupRecord | undefined {
  let best = groups[0];
  for (const group of groups) if (group.std > (best?.std ?? 0)) best = group;
  return best;
}

/** The words of the policy in a rollout. */
export const wordsOf = ({ turns }: RolloutRecord): string =>
  turns.map(({ choice, content }) => `${choice ?? ''}\n${content}`).join('\n');
