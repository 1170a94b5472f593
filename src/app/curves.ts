/**
 * Columns of numbers over steps, with their smoothed twins, in the shape uPlot draws from.
 *
 * Appends in place: copying the columns at every step would make a run of n steps cost n squared.
 * Whoever shows them watches `length`, which the state carries as a plain number.
 */
import { DebiasedEma } from './smoothing';

/** About the last ten steps: short enough to follow a collapse, long enough to hide sampling noise. */
const MEMORY = 0.9;

interface Column {
  readonly raw: (number | null)[];
  readonly smooth: (number | null)[];
  readonly average: DebiasedEma;
}

export class Curves<K extends string> {
  readonly steps: number[] = [];
  readonly #columns: ReadonlyMap<K, Column>;

  constructor(readonly keys: readonly K[]) {
    this.#columns = new Map(
      keys.map((key) => [key, { raw: [], smooth: [], average: new DebiasedEma(MEMORY) }]),
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

  #column(key: K): Column {
    const column = this.#columns.get(key);
    if (!column) throw new Error(`no such curve: ${key}`);
    return column;
  }
}
