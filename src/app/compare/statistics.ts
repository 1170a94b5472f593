/** Two small samples next to each other: one number for every seed. */
import { studentQuantile } from '../../training/estimates';
import { mean } from '../../training/statistics';

export interface Sample {
  readonly mean: number;
  /** Sample standard deviation (n − 1); null of a single value. */
  readonly sd: number | null;
  readonly n: number;
}

export function sample(values: readonly number[]): Sample {
  const n = values.length;
  const m = mean(values);
  if (n < 2) return { mean: m, sd: null, n };
  return { mean: m, sd: Math.sqrt(values.reduce((sum, value) => sum + (value - m) ** 2, 0) / (n - 1)), n };
}

export const standardError = ({ sd, n }: Sample): number | null => (sd === null ? null : sd / Math.sqrt(n));

export interface Contrast {
  /** Mean of a minus mean of b. */
  readonly difference: number;
  /** 95 % interval of the difference; null where a side has a single value or neither varies. */
  readonly ci95: readonly [low: number, high: number] | null;
}

/** Welch's interval: the sides may vary differently (Biometrika 34, 1947; degrees of freedom after Satterthwaite). */
export function welch(a: readonly number[], b: readonly number[]): Contrast {
  const [first, second] = [sample(a), sample(b)];
  const difference = first.mean - second.mean;
  if (first.sd === null || second.sd === null) return { difference, ci95: null };
  const [va, vb] = [first.sd ** 2 / first.n, second.sd ** 2 / second.n];
  // Seeds that all give the same number say nothing about how others would come out.
  if (va + vb === 0) return { difference, ci95: null };
  // By shares, not squares of squares, which vanish for numbers that are small enough.
  const share = va / (va + vb);
  const freedom = 1 / (share ** 2 / (first.n - 1) + (1 - share) ** 2 / (second.n - 1));
  const half = studentQuantile(freedom) * Math.sqrt(va + vb);
  return { difference, ci95: [difference - half, difference + half] };
}
