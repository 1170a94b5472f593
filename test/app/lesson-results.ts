/** Results of lessons as runs might leave them, with only what a test cares about spelt out. */
import { LESSONS } from '../../src/app/lessons/all';
import type { ArmResult, Conclusion } from '../../src/app/lessons/lesson';
import type { LessonName } from '../../src/app/lessons/names';
import type { Estimate, EvaluationTable, GroupRecord, StepMetrics } from '../../src/runs/record';
import { DEFAULT_SETTINGS } from '../../src/runs/settings';
import type { UserStrength } from '../../src/worker/protocol';
import { comparison } from './fake/comparison';
import { metrics } from './records';

/** A metric over a run: where it began, where it ended. */
export type Course = number | readonly [first: number, last: number];

export interface ArmPart {
  readonly score?: Course;
  readonly turns?: Course;
  readonly reward?: Course;
  readonly kl?: Course;
  readonly clip?: Course;
  readonly validity?: Course;
  readonly allBad?: Course;
  readonly zeroStd?: Course;
  readonly std?: Course;
  readonly steps?: number;
  readonly groups?: readonly GroupRecord[];
  readonly diverged?: string;
  /** Mean test score of the trained policy, by user; the SFT-only one has 0.4. */
  readonly tests?: Partial<Record<UserStrength, number>>;
}

/** Steps differ among themselves by about this much. */
const NOISE = 0.01;

/** `arm` decides how its noise runs, so that runs differ from step to step in different ways. */
function at(course: Course | undefined, i: number, n: number, arm: number): number | undefined {
  if (course === undefined) return undefined;
  if (typeof course === 'number') return course;
  const [first, last] = course;
  return first + ((last - first) * i) / Math.max(1, n - 1) + NOISE * (((i >> arm) & 1) === 0 ? 1 : -1);
}

function stepsOf(part: ArmPart, arm: number): StepMetrics[] {
  const n = part.steps ?? 20;
  return Array.from({ length: n }, (_, i) => {
    const value = (
      key: Exclude<keyof ArmPart, 'steps' | 'groups' | 'diverged' | 'tests'>,
      otherwise: number,
    ) => at(part[key], i, n, arm) ?? otherwise;
    return metrics(i + 1, {
      score: value('score', 0.5),
      turns: value('turns', 7),
      reward: value('reward', 1),
      kl: value('kl', 0),
      validity: value('validity', 1),
      frac_all_bad: value('allBad', 0),
      frac_reward_zero_std: value('zeroStd', 0),
      reward_std: value('std', 0.5),
      'clip_ratio/region_mean': value('clip', 0),
    });
  });
}

function tableOf(tests: Partial<Record<UserStrength, number>>): EvaluationTable {
  const table = comparison(DEFAULT_SETTINGS, Object.keys(tests) as UserStrength[], 12, 0.5);
  const estimate = (mean: number): Estimate => ({ mean, ci95: [mean - 0.04, mean + 0.04], n: 96 });
  return {
    ...table,
    rows: table.rows.map((row) => {
      const mean = row.player === 'trained' ? tests[row.user] : 0.4;
      return { ...row, measures: { ...row.measures, score: estimate(mean ?? 0) } };
    }),
  };
}

/** The results of a lesson, arm by arm. */
export function results(name: LessonName, parts: Readonly<Record<string, ArmPart>>): ArmResult[] {
  const { arms } = LESSONS[name];
  for (const id of Object.keys(parts))
    if (!arms.some((arm) => arm.id === id)) throw new Error(`${name} has no run ${id}`);
  return arms.map(({ id, label, settings }, i) => {
    const part = parts[id] ?? {};
    return {
      id,
      label,
      settings: { ...DEFAULT_SETTINGS, ...settings },
      steps: stepsOf(part, i),
      updates: [],
      groups: part.groups ?? [],
      comparison: part.tests ? tableOf(part.tests) : null,
      baselines: null,
      diverged: part.diverged ?? null,
    };
  });
}

export const concluded = (name: LessonName, parts: Readonly<Record<string, ArmPart>>): Conclusion =>
  LESSONS[name].conclude(results(name, parts));

/** Everything that is said, as one text. */
export const text = ({ said }: Conclusion): string => said.join('\n');
