/**
 * Everything the page knows of a run, and how each event changes it. Plain data and one function, so
 * that the page's behaviour can be tested without a page.
 */
import type { OwnTable } from '../gyms/own/table';
import type { EvaluationRecord, EvaluationTable, GroupRecord, SftMetrics, StepMetrics } from '../runs/record';
import type { Settings } from '../runs/settings';
import type { DevicePreference, EngineEvent, Failure, Opened, Phase } from '../worker/protocol';
import { Curves } from './curves';
import { History } from './history';

export const STEP_CURVES = [
  'score',
  'reward',
  'success',
  'turns',
  'entropy',
  'kl',
  'clip_ratio/region_mean',
  'frac_reward_zero_std',
  'peak_memory',
] as const satisfies readonly (keyof StepMetrics)[];
export type StepCurve = (typeof STEP_CURVES)[number];

export const SFT_CURVES = ['loss', 'validity'] as const satisfies readonly (keyof SftMetrics)[];
export type SftCurve = (typeof SFT_CURVES)[number];

export type Work = 'open' | 'train' | 'coldStart' | 'evaluate' | 'compare' | 'talk';

export interface RunState {
  /** What the engine has been asked to do and has not finished. */
  readonly work: Work | null;
  /** A stop has been asked for; the engine ends at the next safe point. */
  readonly stopping: boolean;
  readonly phase: Phase;
  readonly text: string;
  readonly progress: number | null;
  readonly opened: Opened | null;
  /** The settings this run was opened with, against which "Reset to apply" is judged. */
  readonly openedWith: Settings | null;
  /** The device that was asked for then. */
  readonly openedOn: DevicePreference | null;
  /** What its gym was made from, where it is one of the visitor's own. */
  readonly openedTable: OwnTable | null;
  readonly failure: Failure | null;
  readonly step: number;
  readonly sftStep: number;
  readonly last: StepMetrics | null;
  readonly lastSft: SftMetrics | null;
  readonly groups: readonly GroupRecord[];
  /** How many groups the step had, of which a very large one shows only the first. */
  readonly tasks: number;
  readonly evaluations: readonly EvaluationRecord[];
  /** The last comparison of players. */
  readonly comparison: EvaluationTable | null;
  /** How far the one under way is, in conversations. */
  readonly comparing: { readonly done: number; readonly total: number } | null;
  /** Appended in place; `step` and `sftStep` say when they grew. */
  readonly curves: Curves<StepCurve>;
  readonly sftCurves: Curves<SftCurve>;
  /** Likewise; what one can go back to. */
  readonly history: History;
}

/** What the page itself does, beside what the engine reports. */
export type PageEvent =
  | { readonly kind: 'began'; readonly work: Work }
  | { readonly kind: 'stopping' }
  /** A new run: everything of the old one goes. */
  | { readonly kind: 'cleared' }
  | {
      readonly kind: 'opened';
      readonly opened: Opened;
      readonly settings: Settings;
      readonly device: DevicePreference;
      readonly table: OwnTable | null;
    }
  | { readonly kind: 'compared'; readonly table: EvaluationTable }
  | { readonly kind: 'ended' }
  | { readonly kind: 'failed'; readonly failure: Failure }
  | { readonly kind: 'dismissed' };

export function initialState(): RunState {
  return {
    work: null,
    stopping: false,
    phase: 'idle',
    text: '',
    progress: null,
    opened: null,
    openedWith: null,
    openedOn: null,
    openedTable: null,
    failure: null,
    step: 0,
    sftStep: 0,
    last: null,
    lastSft: null,
    groups: [],
    tasks: 0,
    evaluations: [],
    comparison: null,
    comparing: null,
    curves: new Curves(STEP_CURVES),
    sftCurves: new Curves(SFT_CURVES, ['validity']),
    history: new History(),
  };
}

const IDLE = {
  work: null,
  stopping: false,
  phase: 'idle',
  text: '',
  progress: null,
  comparing: null,
} as const;

export function applyEvent(state: RunState, event: EngineEvent | PageEvent): RunState {
  switch (event.kind) {
    case 'status':
      return { ...state, phase: event.phase, text: event.text, progress: event.progress ?? null };
    case 'compiling': {
      const { done, total } = event;
      const text = `Compiling ${done} of ${total} GPU ${total === 1 ? 'program' : 'programs'}`;
      return { ...state, phase: 'compiling', text, progress: done / total };
    }
    case 'step': {
      const { metrics, groups, tasks } = event;
      state.curves.append(metrics.step, metrics);
      if (groups.length > 0) state.history.keep({ step: metrics.step, groups, tasks, metrics });
      return { ...state, step: metrics.step, last: metrics, groups, tasks };
    }
    case 'watched':
      state.history.look({ step: event.step, groups: event.groups });
      return { ...state };
    case 'sftStep':
      state.sftCurves.append(event.metrics.step, event.metrics);
      return { ...state, sftStep: event.metrics.step, lastSft: event.metrics };
    case 'evaluation':
      return { ...state, evaluations: withEvaluation(state.evaluations, event.result) };
    case 'comparing': {
      const { done, total } = event;
      return { ...state, comparing: { done, total }, progress: total > 0 ? done / total : null };
    }
    case 'compared':
      return { ...state, comparison: event.table };
    case 'began':
      return { ...state, work: event.work, stopping: false, failure: null };
    case 'stopping':
      return state.work ? { ...state, stopping: true } : state;
    case 'cleared':
      return initialState();
    case 'opened':
      return {
        ...state,
        opened: event.opened,
        openedWith: event.settings,
        openedOn: event.device,
        openedTable: event.table,
      };
    case 'ended':
      return { ...state, ...IDLE };
    case 'failed':
      return { ...state, ...IDLE, failure: event.failure };
    case 'dismissed':
      return { ...state, failure: null };
  }
}

/** The same evaluation may arrive twice: as an event, and as the answer to the request for it. */
function withEvaluation(
  known: readonly EvaluationRecord[],
  next: EvaluationRecord,
): readonly EvaluationRecord[] {
  const others = known.filter((one) => one.step !== next.step || one.decoding !== next.decoding);
  return [...others, next].sort((a, b) => a.step - b.step);
}

/** Whether anything has been learnt that a new run would throw away. */
export function hasProgress(state: RunState): boolean {
  return state.step > 0 || state.sftStep > 0;
}
