/** What passes between the page and the worker of a contestant. Each request is answered once, in order. */
import type { Backend, StepResult } from './contestant';
import type { Task, Workload } from './workloads';

export type Request =
  | { readonly kind: 'open'; readonly backend: Backend }
  | { readonly kind: 'prepare'; readonly task: Task; readonly workload: Workload }
  | { readonly kind: 'step' }
  | { readonly kind: 'logits'; readonly workload: Workload; readonly ids: readonly number[] }
  | { readonly kind: 'rates' };

export interface Prepared {
  readonly parameters: number;
  readonly note?: string;
}

export interface TimedStep extends StepResult {
  readonly ms: number;
  /** Compute dispatches that the step sent to the GPU. */
  readonly dispatches: number;
}

/** What a backend can do at best, measured bare. */
export interface Rates {
  /** Fastest matrix product of those tried, in GFLOP/s. */
  readonly gflops: number;
  /** Which one that was. */
  readonly product: string;
  /** Microseconds of an empty dispatch among many in one pass; WebGPU only. */
  readonly dispatchUs: number | null;
}

export interface Answers {
  open: string;
  prepare: Prepared;
  step: TimedStep;
  logits: Float32Array;
  rates: Rates;
}

export interface Asked {
  readonly id: number;
  readonly request: Request;
}
export type Answered =
  | { readonly id: number; readonly value: Answers[Request['kind']] }
  | { readonly id: number; readonly error: string };

/** Sends one request to a contestant, wherever it lives. */
export interface Connection {
  ask<K extends Request['kind']>(request: Extract<Request, { kind: K }>): Promise<Answers[K]>;
  close(): void;
}
