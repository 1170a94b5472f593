/**
 * What a run remembers of itself on the host, so that its tokens can be looked into later: the last few steps, and the
 * adapter at a dozen points of training. Memory is bounded: with P adapter parameters at most
 * (MOST_SNAPSHOTS + 3 (RECENT_STEPS + 1)) 4P bytes, 3 MB at the default settings, and the ids of RECENT_STEPS + 1 batches.
 */
import type { Settings } from '../runs/settings';
import type { Trajectory } from './rollout';

/** Adapters kept along the run. */
export const MOST_SNAPSHOTS = 12;
/** Steps kept beside the one that is being looked at. What the page shows is a step or two behind a fast run. */
export const RECENT_STEPS = 4;

/** The adapter [P] after so many steps. */
export interface Snapshot {
  readonly step: number;
  readonly values: Float32Array;
}

/** The adapters [P] a step goes through. */
export interface StepAdapters {
  /** The one that sampled. */
  readonly sampled: Float32Array;
  /** The one at which the last gradient was taken; the same where there is only one inner epoch. */
  readonly updated: Float32Array;
  /** The one that comes out. */
  readonly after: Float32Array;
}

/** A step that was made. */
export interface StepMemory extends StepAdapters {
  readonly step: number;
  readonly settings: Settings;
  /** Group by group. */
  readonly trajectories: readonly Trajectory[];
  /** Weight in the loss of each token of each rollout. */
  readonly weights: readonly number[];
}

export class History {
  #snapshots: Snapshot[] = [];
  #stride = 1;
  #steps: StepMemory[] = [];
  #held: StepMemory | undefined;

  /**
   * Adapters at even distances along the run, step 0 among them. The distance doubles whenever there would be too many,
   * so that between half of `MOST_SNAPSHOTS` and all of them are there however long the run.
   */
  get snapshots(): readonly Snapshot[] {
    return this.#snapshots;
  }

  /** Takes a step in; the oldest one leaves, unless it is held. */
  add(memory: StepMemory): void {
    this.#steps.push(memory);
    if (this.#steps.length > RECENT_STEPS) this.#steps.shift();
    if (memory.step === 1) this.#snap({ step: 0, values: memory.sampled });
    this.#snap({ step: memory.step, values: memory.after });
  }

  /** The step, if it is still remembered; from now on it is, until another one is asked for. */
  hold(step: number): StepMemory | undefined {
    const found = this.#steps.find((one) => one.step === step) ?? this.#held;
    if (found?.step !== step) return undefined;
    this.#held = found;
    return found;
  }

  #snap(snapshot: Snapshot): void {
    if (snapshot.step % this.#stride !== 0) return;
    this.#snapshots.push(snapshot);
    while (this.#snapshots.length > MOST_SNAPSHOTS) {
      this.#stride *= 2;
      this.#snapshots = this.#snapshots.filter(({ step }) => step % this.#stride === 0);
    }
  }
}
