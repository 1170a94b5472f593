/** `turnwise record`: a run from beginning to end, as a file that the page can show. */
import { allEqual } from '../credit/advantages';
import type { DeviceReport } from '../kernels/device';
import type { Inspection } from '../runs/inspection';
import type { EvaluationRecord, GroupRecord, StepMetrics } from '../runs/record';
import type { KeptStep, Look, Recording } from '../runs/recording';
import { isDue } from '../runs/settings';
import type { Session } from '../training/session';
import { inspectStep } from './inspections';

/** How many of the later steps are kept, evenly spread. */
const LATER = 8;
/** Groups kept of a step; with all of them the file would be half as long again. */
const GROUPS = 4;

/** Steps whose conversations are kept: close together at first, where most changes, and always the last. */
export function keptSteps(steps: number): number[] {
  const later = Array.from({ length: LATER }, (_, i) => Math.round((steps * (i + 1)) / LATER));
  return [...new Set([1, 2, 3, 5, 8, 12, 20, ...later])]
    .filter((step) => step >= 1 && step <= steps)
    .sort((a, b) => a - b);
}

/**
 * Which attempts of a step are looked into token by token: the best and the worst at the first task at which they
 * differ, which is what a reader comes upon first.
 */
export function lookedInto(groups: readonly GroupRecord[]): { group: number; rollouts: readonly number[] } {
  const group = Math.max(
    0,
    groups.findIndex(({ rollouts }) => !allEqual(rollouts.map((one) => one.trajectoryScore))),
  );
  const scores = groups[group]?.rollouts.map((one) => one.trajectoryScore) ?? [];
  const rollouts = [scores.indexOf(Math.max(...scores)), scores.lastIndexOf(Math.min(...scores))];
  return { group, rollouts: [...new Set(rollouts)].filter((rollout) => rollout >= 0) };
}

export interface RecordOptions {
  readonly device: DeviceReport;
  readonly steps: number;
  readonly made: Date;
  /** Hears of every step. */
  readonly onStep?: (metrics: StepMetrics) => void;
}

/** Trains `steps` steps, looks at the watched tasks before the first and at every step that is kept, looks into a few rollouts of those, and evaluates as the settings say, and at the end. */
export async function recordRun(
  session: Session,
  { device, steps: total, made, onStep }: RecordOptions,
): Promise<{ readonly recording: Recording; readonly inspections: readonly Inspection[] }> {
  const steps: StepMetrics[] = [];
  const kept: KeptStep[] = [];
  const looks: Look[] = [];
  const evaluations: EvaluationRecord[] = [];
  const inspections: Inspection[] = [];
  const look = async () => looks.push({ step: session.steps, groups: await session.watch() });
  const evaluate = async () =>
    evaluations.push(await session.evaluate('sampled'), await session.evaluate('greedy'));
  const keptAt = new Set(keptSteps(total));
  const every = session.settings.evaluateEvery;

  const baselines = await session.baselines();
  await look();
  if (every > 0) await evaluate();
  while (session.steps < total) {
    const { metrics, groups } = await session.trainStep();
    steps.push(metrics);
    onStep?.(metrics);
    if (keptAt.has(session.steps)) {
      const shown = groups.slice(0, GROUPS);
      kept.push({ step: session.steps, groups: shown, tasks: groups.length });
      const into = lookedInto(shown);
      const chosen = (group: number, rollout: number): boolean =>
        group === into.group && into.rollouts.includes(rollout);
      inspections.push(...(await inspectStep(session, session.steps, shown, chosen)));
      await look();
    }
    if (isDue(session.steps, every) || (every > 0 && session.steps === total)) await evaluate();
  }
  const recording: Recording = {
    made: made.toISOString().slice(0, 10),
    settings: session.settings,
    device,
    policy: session.policyReport,
    baselines,
    steps,
    evaluations,
    kept,
    looks,
  };
  return { recording, inspections };
}
