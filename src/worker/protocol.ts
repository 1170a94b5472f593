/**
 * The whole contract between the page and the engine. The page sends requests, each answered exactly
 * once; while one is being worked on, progress arrives as events. Everything here survives
 * structured cloning.
 */
import type {
  Baselines,
  EvaluationRecord,
  EvaluationTable,
  GroupRecord,
  PolicyReport,
  SftMetrics,
  StepMetrics,
} from '../runs/record';
import type { Addition, ConversationRequest, ConversationView, Heard } from '../runs/conversation';
import type { DeviceName, DevicePreference, DeviceReport } from '../kernels/device';
import type { OwnTable } from '../gyms/own/table';
import type { Inspection } from '../runs/inspection';
import type { Settings } from '../runs/settings';
import type { UserStrength } from '../users/types';

export type { DeviceName, DevicePreference, DeviceReport, PolicyReport, UserStrength };

export type Request =
  /** Get a device, load the checkpoint, start at step 0. Replaces whatever was open. */
  | {
      readonly kind: 'open';
      readonly settings: Settings;
      readonly device: DevicePreference;
      /** What the gym is made from, where the settings ask for one of the visitor's own. */
      readonly table?: OwnTable;
    }
  /** Take new values of the settings that do not need a restart, from the next step on. */
  | { readonly kind: 'configure'; readonly settings: Settings }
  /** Make GRPO steps until `steps` are done (`null`: until stopped). */
  | { readonly kind: 'train'; readonly steps: number | null }
  /** Make the supervised updates of the cold start. */
  | { readonly kind: 'coldStart' }
  | { readonly kind: 'evaluate'; readonly decoding: 'sampled' | 'greedy' }
  /** Play every test task greedily with every player (runs/measures.ts) and each of these users. */
  | { readonly kind: 'compare'; readonly users: readonly UserStrength[] }
  /** Look into one rollout of a step just made, by its place. Answered between steps: it neither stops a run nor waits for its end. */
  | { readonly kind: 'inspect'; readonly step: number; readonly group: number; readonly rollout: number }
  /** Begin a conversation in which the visitor is the user; one that is under way is left. */
  | ({ readonly kind: 'converse' } & ConversationRequest)
  /** Answer the policy in that conversation. */
  | { readonly kind: 'say'; readonly conversation: number; readonly text: string }
  /** What these words would be to the policy, if they were said now. Answered at once. */
  | { readonly kind: 'hear'; readonly conversation: number; readonly text: string }
  /** Take finished conversations of one task into the next step. Answered at once. */
  | { readonly kind: 'addToTraining'; readonly conversations: readonly number[] }
  /** End the request that is running, at the next safe point. */
  | { readonly kind: 'stop' };

export type Opened = {
  readonly device: DeviceReport;
  readonly policy: PolicyReport;
  readonly baselines: Baselines;
};

export interface ResultOf {
  open: Opened;
  configure: null;
  train: { readonly step: number };
  coldStart: { readonly step: number };
  evaluate: EvaluationRecord;
  compare: EvaluationTable;
  /** `null` where the step is no longer remembered: only the last few are, and the one asked about last. */
  inspect: Inspection | null;
  converse: ConversationView;
  /** `null` where there is no such conversation any more. */
  say: ConversationView | null;
  hear: Heard | null;
  addToTraining: Addition;
  stop: null;
}

export type FailureCode =
  /** The engine's own script did not load, or this browser cannot run it. */
  | 'no-engine'
  | 'no-device'
  | 'device-lost'
  | 'checkpoint-missing'
  | 'checkpoint-broken'
  /** It works, but was not taught the words of the gym. */
  | 'checkpoint-unfit'
  | 'bad-settings'
  | 'diverged'
  | 'internal';

/** `message` is written for the person at the page: what happened and what can be done. */
export interface Failure {
  readonly code: FailureCode;
  readonly message: string;
}

export type Outcome<T> =
  | { readonly kind: 'completed'; readonly value: T }
  | { readonly kind: 'aborted' }
  | { readonly kind: 'failed'; readonly failure: Failure };

export type EngineEvent =
  /** What the engine is doing right now, for the status line. `progress` in [0, 1] where it is known. */
  | { readonly kind: 'status'; readonly phase: Phase; readonly text: string; readonly progress?: number }
  /** Before the first work of a run, on a device that compiles its programs: `done` of them are there; `total` is at least 1. */
  | { readonly kind: 'compiling'; readonly done: number; readonly total: number }
  | {
      readonly kind: 'step';
      readonly metrics: StepMetrics;
      /** The first groups of the step; of a very large one not all, or the page would be held up by them. */
      readonly groups: readonly GroupRecord[];
      /** How many groups the step had. */
      readonly tasks: number;
    }
  /** A look at the watched tasks, with the policy after `step` steps: a group each, credited but not trained on. */
  | { readonly kind: 'watched'; readonly step: number; readonly groups: readonly GroupRecord[] }
  | { readonly kind: 'sftStep'; readonly metrics: SftMetrics }
  | { readonly kind: 'evaluation'; readonly result: EvaluationRecord }
  /** While players are compared: how many of the policy's conversations are done. */
  | { readonly kind: 'comparing'; readonly done: number; readonly total: number };

export type Phase =
  'idle' | 'loading' | 'compiling' | 'rolling-out' | 'training' | 'evaluating' | 'cold-start' | 'talking';

export type ToWorker = { readonly id: number; readonly request: Request };
export type FromWorker =
  | { readonly id: number; readonly outcome: Outcome<ResultOf[Request['kind']]> }
  | { readonly event: EngineEvent };
