/** Means over test items with their 95 % intervals. */
import type { Estimate } from '../runs/record';
import { mean } from './statistics';

/** 97.5 % quantile of the normal distribution. */
const Z = 1.959963984540054;
const CELLS = 2000;

/**
 * 97.5 % quantile of Student's distribution with `freedom` degrees, which need not be whole but at least 1. With
 * t = √f tan θ the density becomes cos(θ)^(f − 1) (Abramowitz & Stegun 26.7.2), so that the angle is sought under
 * which 95 % of the area lies; the area is added up cell by cell. Right to four digits.
 */
export function studentQuantile(freedom: number): number {
  const width = Math.PI / 2 / CELLS;
  const cells = Array.from({ length: CELLS }, (_, i) => Math.cos((i + 0.5) * width) ** (freedom - 1));
  let left = 0.95 * cells.reduce((sum, area) => sum + area, 0);
  let cell = 0;
  while (left > cells[cell]!) left -= cells[cell++]!;
  return Math.sqrt(freedom) * Math.tan((cell + left / cells[cell]!) * width);
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
