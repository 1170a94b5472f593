/** Means over test items with their 95 % intervals. */
import type { Estimate } from '../runs/record';
import { mean } from './statistics';

/** 97.5 % quantile of the normal distribution. */
const Z = 1.959963984540054;

/**
 * 97.5 % quantile of Student's distribution with `freedom` degrees, by its expansion around the normal one
 * (Abramowitz & Stegun 26.7.5): off by less than 0.001 from 7 degrees on, by 0.3 at 2, where an interval says little.
 */
export function studentQuantile(freedom: number): number {
  const z = (power: number): number => Z ** power;
  return (
    Z +
    (z(3) + Z) / (4 * freedom) +
    (5 * z(5) + 16 * z(3) + 3 * Z) / (96 * freedom ** 2) +
    (3 * z(7) + 19 * z(5) + 17 * z(3) - 15 * Z) / (384 * freedom ** 3) +
    (79 * z(9) + 776 * z(7) + 1482 * z(5) - 1920 * z(3) - 945 * Z) / (92160 * freedom ** 4)
  );
}

/**
 * Mean of independent items with Student's interval, cut off at the ends of what the quantity can be, which are
 * 0 and `most`.
 */
export function meanEstimate(values: readonly number[], most = Infinity): Estimate {
  const n = values.length;
  const m = mean(values);
  if (n < 2) return { mean: m, ci95: null, n };
  const variance = values.reduce((sum, value) => sum + (value - m) ** 2, 0) / (n - 1);
  const half = studentQuantile(n - 1) * Math.sqrt(variance / n);
  return { mean: m, ci95: [Math.max(0, m - half), Math.min(most, m + half)], n };
}

/** A share of `n` items with Wilson's interval, which holds near 0 and 1 too (JASA 22, 1927). */
export function shareEstimate(hits: number, n: number): Estimate {
  if (n === 0) return { mean: 0, ci95: null, n };
  const p = hits / n;
  const scale = 1 + Z ** 2 / n;
  const centre = (p + Z ** 2 / (2 * n)) / scale;
  const half = (Z / scale) * Math.sqrt((p * (1 - p)) / n + Z ** 2 / (4 * n ** 2));
  // At 0 and 1 the interval ends there, but for rounding.
  return { mean: p, ci95: [hits === 0 ? 0 : centre - half, hits === n ? 1 : centre + half], n };
}

/**
 * Weighted average of independent estimates. The interval adds up the squared distances to their limits, each side
 * for itself (MOVER; Zou & Donner, Statistics in Medicine 27, 2008): with symmetric intervals this is the usual sum
 * of variances, and it keeps what is lopsided near 0 and 1.
 */
export function averageEstimate(
  parts: readonly { readonly estimate: Estimate; readonly weight: number }[],
): Estimate {
  const total = parts.reduce((sum, { weight }) => sum + weight, 0);
  const over = (value: (estimate: Estimate, share: number) => number): number =>
    parts.reduce((sum, { estimate, weight }) => sum + value(estimate, weight / total), 0);
  const centre = over((estimate, share) => share * estimate.mean);
  const n = over((estimate) => estimate.n);
  if (parts.some(({ estimate }) => !estimate.ci95)) return { mean: centre, ci95: null, n };
  const distance = (side: 0 | 1): number =>
    Math.sqrt(over(({ mean: m, ci95 }, share) => (share * (ci95![side] - m)) ** 2));
  return { mean: centre, ci95: [centre - distance(0), centre + distance(1)], n };
}
