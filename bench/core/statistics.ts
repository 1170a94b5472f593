/** Medians, because a browser in the middle of something makes single steps three times as long. */

export interface Summary {
  readonly median: number;
  /** First and third quartile. */
  readonly low: number;
  readonly high: number;
}

/** The value below which a share `at` of the values lies, linear between neighbours. */
export function quantile(values: readonly number[], at: number): number {
  if (values.length === 0) throw new Error('There is no quantile of nothing');
  const sorted = [...values].sort((a, b) => a - b);
  const place = at * (sorted.length - 1);
  const below = Math.floor(place);
  const lower = sorted[below]!;
  const upper = sorted[Math.min(below + 1, sorted.length - 1)]!;
  return lower + (place - below) * (upper - lower);
}

export function summary(values: readonly number[]): Summary {
  return { median: quantile(values, 0.5), low: quantile(values, 0.25), high: quantile(values, 0.75) };
}

/** Whether a loss is lower at the end than at the start; a step that learns nothing was not a training step. */
export function falls(losses: readonly number[]): boolean {
  const [first] = losses;
  const last = losses.at(-1);
  return losses.length > 1 && losses.every(Number.isFinite) && last! < first!;
}

/** Largest absolute difference; infinite where the lengths differ or a value is no number. */
export function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) return Infinity;
  let largest = 0;
  for (let i = 0; i < a.length; i++) {
    const difference = Math.abs(a[i]! - b[i]!);
    if (!(difference <= largest)) largest = Number.isNaN(difference) ? Infinity : difference;
  }
  return largest;
}
