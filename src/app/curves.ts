/**
 * Columns of numbers over steps, with their smoothed twins, in the shape uPlot draws from.
 *
 * Appends in place: copying the columns at every step would make a run of n steps cost n squared.
 * Whoever shows them watches `length`, which the state carries as a plain number.
 */
import { DebiasedEma } from './smoothing';

/** About the last five steps: more would hide the noise better, and lag behind a collapse. */
const MEMORY = 0.8;
const MOST_DRAWN = 1000;

/**
 * A long run shows every second (fourth, eighth…) step, and its last: nobody can tell thousands of points apart, but
 * drawing them all stalls the page. Powers of two, so that a point that is on show stays. A short one is given back
 * as it is. Columns of one length stay in step with each other.
 */
export function thinned<T>(values: T[], most = MOST_DRAWN): T[] {
  let stride = 1;
  while (values.length / stride > most) stride *= 2;
  if (stride === 1) return values;
  const last = values.length - 1;
  return values.filter((_, index) => index % stride === 0 || index === last);
}

interface Column {
  readonly raw: (number | null)[];
  readonly smooth: (number | null)[];
  readonly average: DebiasedEma;
}

export class Curves<K extends string> {
  readonly steps: number[] = [];
  readonly #columns: ReadonlyMap<K, Column>;

  /** `unsmoothed`: curves measured too seldom for an average to mean anything. */
  constructor(
    readonly keys: readonly K[],
    unsmoothed: readonly K[] = [],
  ) {
    this.#columns = new Map(
      keys.map((key) => {
        const average = new DebiasedEma(unsmoothed.includes(key) ? 0 : MEMORY);
        return [key, { raw: [], smooth: [], average }];
      }),
    );
  }

  get length(): number {
    return this.steps.length;
  }

  append(step: number, values: Readonly<Partial<Record<K, number>>>): void {
    // A step seen twice would send the line backwards; the later one is dropped.
    const last = this.steps.at(-1);
    if (last !== undefined && step <= last) return;
    this.steps.push(step);
    for (const [key, column] of this.#columns) {
      const value = values[key];
      const present = value !== undefined && Number.isFinite(value);
      column.raw.push(present ? value : null);
      column.smooth.push(present ? column.average.push(value) : null);
    }
  }

  raw(key: K): (number | null)[] {
    return this.#column(key).raw;
  }

  smooth(key: K): (number | null)[] {
    return this.#column(key).smooth;
  }

  /** Index of the last value that is not after `step`; -1 where there is none. */
  indexAt(step: number): number {
    let low = 0;
    let high = this.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.steps[middle]! <= step) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }

  /** The smoothed value at `step`; where a curve is measured now and then, that may be of some steps before. */
  smoothAt(key: K, step: number): number | null {
    const { smooth } = this.#column(key);
    let index = this.indexAt(step);
    while (index >= 0 && smooth[index] === null) index--;
    return smooth[index] ?? null;
  }

  /** What is drawn: steps, raw and smoothed. */
  drawn(key: K): [number[], (number | null)[], (number | null)[]] {
    const { raw, smooth: smoothed } = this.#column(key);
    return [thinned(this.steps), thinned(raw), thinned(smoothed)];
  }

  #column(key: K): Column {
    const column = this.#columns.get(key);
    if (!column) throw new Error(`no such curve: ${key}`);
    return column;
  }
}
