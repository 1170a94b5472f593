/**
 * The order of steps. Machines drift: they warm up, throttle, do something else. So contestants take turns, one
 * step each a round, and every round begins elsewhere and runs the other way round, lest one always follow the
 * same neighbour.
 */
export function roundOrder(count: number, round: number): number[] {
  const order = Array.from({ length: count }, (_, i) => (i + round) % Math.max(1, count));
  return round % 2 === 0 ? order : order.reverse();
}

export interface Effort {
  /** Seconds of steps for each contestant of a measurement. */
  readonly seconds: number;
  readonly fewestRounds: number;
  readonly mostRounds: number;
  /** Steps after the first that are not counted. */
  readonly warmUps: number;
  /** Seconds after which a contestant that does not answer is left out. */
  readonly patience: number;
}

export const FULL: Effort = { seconds: 8, fewestRounds: 5, mostRounds: 40, warmUps: 2, patience: 600 };
export const QUICK: Effort = { seconds: 2, fewestRounds: 3, mostRounds: 12, warmUps: 1, patience: 240 };

/** How many rounds fit, if one step of every contestant takes `roundSeconds`. */
export function plannedRounds(effort: Effort, contestants: number, roundSeconds: number): number {
  const fitting = Math.floor((effort.seconds * contestants) / Math.max(roundSeconds, 1e-3));
  return Math.min(effort.mostRounds, Math.max(effort.fewestRounds, fitting));
}
