/**
 * The conversations of a run that one can go back to. A step leaves a quarter of a megabyte of them, so a long run
 * keeps only some: all of the last few, and before that steps that lie the further apart the later they are, as
 * learning goes fastest at the beginning. Grows in place, as curves do.
 */
import type { StepMetrics } from '../runs/record';
import type { KeptStep, Look } from '../runs/recording';

/** A training step that one can go back to. */
export interface PlayedStep extends KeptStep {
  readonly metrics: StepMetrics;
}

/** Rollouts kept of training steps, and as many again of the watched tasks: about ten megabytes each. */
const MOST_ROLLOUTS = 3072;
/** The last steps are always there, to go back to what has just flown by. */
const RECENT = 6;

export class History {
  readonly #kept: PlayedStep[] = [];
  readonly #looks: Look[] = [];
  #pinned: number | null = null;

  constructor(readonly mostRollouts = MOST_ROLLOUTS) {}

  /** Training steps whose groups are there, in order. */
  get kept(): readonly PlayedStep[] {
    return this.#kept;
  }

  /** Looks at the watched tasks, in order. */
  get looks(): readonly Look[] {
    return this.#looks;
  }

  keep(step: PlayedStep): void {
    append(this.#kept, step);
    this.#thin(this.#kept);
  }

  look(look: Look): void {
    append(this.#looks, look);
    this.#thin(this.#looks);
  }

  /** What is shown at this step stays until another is named: somebody reads it. */
  pin(step: number | null): void {
    this.#pinned = step;
  }

  /** The last kept step that is not after `step`. */
  keptAt(step: number): PlayedStep | null {
    return this.#kept[lastUpTo(this.#kept, step)] ?? null;
  }

  lookAt(step: number): Look | null {
    return this.#looks[lastUpTo(this.#looks, step)] ?? null;
  }

  #thin(list: Look[]): void {
    let rollouts = list.reduce((sum, one) => sum + sizeOf(one), 0);
    while (rollouts > this.mostRollouts) {
      const pinned = this.#pinned === null ? -1 : lastUpTo(list, this.#pinned);
      let cheapest = -1;
      let least = Infinity;
      for (let i = 1; i < list.length - RECENT; i++) {
        if (i === pinned) continue;
        // How wide the gap would be, as a ratio: gaps that grow with the step number are all alike.
        const gap = (list[i + 1]!.step + 1) / (list[i - 1]!.step + 1);
        if (gap < least) {
          least = gap;
          cheapest = i;
        }
      }
      if (cheapest < 0) return;
      rollouts -= sizeOf(list[cheapest]!);
      list.splice(cheapest, 1);
    }
  }
}

const sizeOf = ({ groups }: Look): number => groups.reduce((sum, { rollouts }) => sum + rollouts.length, 0);

/** A step that comes twice takes the place of the first. */
function append<T extends Look>(list: T[], one: T): void {
  while (list.length > 0 && list.at(-1)!.step >= one.step) list.pop();
  list.push(one);
}

/** Index of the last item that is not after `step`, or -1. */
const lastUpTo = (list: readonly Look[], step: number): number =>
  list.findLastIndex((one) => one.step <= step);
