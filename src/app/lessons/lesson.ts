/** What a lesson is: data, and one function from what was measured to what is said about it. */
import type { Baselines, EvaluationTable, GroupRecord, SftMetrics, StepMetrics } from '../../runs/record';
import type { Settings } from '../../runs/settings';
import type { UserStrength } from '../../worker/protocol';
import type { StepCurve } from '../state';
import type { ViewName } from '../views';
import type { LessonName } from './names';

/** What an engine is asked to do in a run of a lesson. */
export type Act =
  | { readonly kind: 'coldStart' }
  | { readonly kind: 'train'; readonly steps: number }
  | { readonly kind: 'compare'; readonly users: readonly UserStrength[] };

/** One of the runs that a lesson sets side by side. */
export interface Arm {
  readonly id: string;
  /** In a few words, as it stands beside a curve. */
  readonly label: string;
  /** What differs from the defaults; the seed is the attempt's. */
  readonly settings: Partial<Settings>;
  readonly acts: readonly Act[];
}

export interface ArmResult {
  readonly id: string;
  readonly label: string;
  readonly settings: Settings;
  readonly steps: readonly StepMetrics[];
  /** Of a cold start. */
  readonly updates: readonly SftMetrics[];
  /** What was said in the newest step. */
  readonly groups: readonly GroupRecord[];
  readonly comparison: EvaluationTable | null;
  readonly baselines: Baselines | null;
  /** Why the run ended early: its numbers left the range of numbers. */
  readonly diverged: string | null;
}

export interface Prediction {
  readonly id: string;
  readonly text: string;
}

export interface Conclusion {
  /** The prediction that the numbers bear out; null where they decide for none. */
  readonly came: string | null;
  /** First what happened, then why. */
  readonly said: readonly string[];
}

/** What stands beside the sentences. */
export type Thing =
  /** The ranked rollouts of a group, and one of them to read. */
  | { readonly kind: 'attempts' }
  /** The scores of a group, to be dragged. */
  | { readonly kind: 'advantages' }
  /** One rollout under every turn shaping. */
  | { readonly kind: 'shapes' }
  /** A line for each run. */
  | { readonly kind: 'curves'; readonly of: readonly StepCurve[] }
  /** Who was trained with whom, and tested with whom. */
  | { readonly kind: 'users' };

/** A rule, and the file of the repository in which it can be read. */
export interface Source {
  readonly path: string;
  readonly what: string;
}

/** Where to go on: a place of the page, with settings. */
export interface Next {
  readonly text: string;
  readonly view: ViewName;
  readonly settings: Partial<Settings>;
}

interface LessonText {
  readonly name: LessonName;
  readonly title: string;
  readonly line: string;
  /** What it costs on a laptop without a GPU, roughly. */
  readonly seconds: number;
  readonly background: readonly string[];
  readonly question: string;
  readonly predictions: readonly Prediction[];
  readonly things: readonly Thing[];
  readonly sources: readonly Source[];
  readonly next: readonly Next[];
}

export interface Lesson extends LessonText {
  readonly arms: readonly Arm[];
  /** `results` holds one result an arm, in their order. */
  readonly conclude: (results: readonly ArmResult[]) => Conclusion;
}

interface Spec<Id extends string> extends LessonText {
  readonly arms: Readonly<Record<Id, Omit<Arm, 'id'>>>;
  readonly conclude: (results: Readonly<Record<Id, ArmResult>>) => Conclusion;
}

/** A lesson in which the results go by the names of its arms. */
export function lesson<Id extends string>({ arms, conclude, ...text }: Spec<Id>): Lesson {
  const ids = Object.keys(arms) as Id[];
  return {
    ...text,
    arms: ids.map((id) => ({ id, ...arms[id] })),
    conclude: (results) => {
      const byId = new Map(results.map((result) => [result.id, result]));
      const named = ids.map((id) => {
        const result = byId.get(id);
        if (!result) throw new RangeError(`lesson ${text.name}: no result of ${id}`);
        return [id, result] as const;
      });
      return conclude(Object.fromEntries(named) as Record<Id, ArmResult>);
    },
  };
}

/**
 * What lessons have in common: a gym; no tests on the way, which cost as much as some steps; and a learning rate
 * at which there is something to see after a dozen of them.
 */
export const QUICK = {
  gym: 'intention',
  evaluateEvery: 0,
  tasksPerStep: 6,
  learningRate: 6e-3,
  warmupSteps: 2,
} as const satisfies Partial<Settings>;

/** For lessons of a single step: more groups to look at. */
export const ONE_STEP = { ...QUICK, tasksPerStep: 8 } as const satisfies Partial<Settings>;
