/**
 * Exponential moving average with the start-up bias removed (as Adam does it): without the correction
 * the line would start at 0 and look as if the policy had learnt something in its first steps.
 */
export class DebiasedEma {
  #sum = 0;
  #weight = 0;

  constructor(readonly memory: number) {
    if (!(memory >= 0 && memory < 1)) throw new RangeError(`memory must be in [0, 1), not ${memory}`);
  }

  /** Takes a value, gives the average so far; a value that is no number leaves the average as it is. */
  push(value: number): number | null {
    if (Number.isFinite(value)) {
      this.#sum = this.memory * this.#sum + (1 - this.memory) * value;
      this.#weight = this.memory * this.#weight + (1 - this.memory);
    }
    return this.#weight === 0 ? null : this.#sum / this.#weight;
  }
}

export function smooth(values: readonly number[], memory: number): (number | null)[] {
  const average = new DebiasedEma(memory);
  return values.map((value) => average.push(value));
}
