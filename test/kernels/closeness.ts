import { expect } from 'vitest';

type Numbers = ArrayLike<number>;

/**
 * How far `actual` is from `expected` at its worst: each difference is measured against the number itself plus
 * the typical (root mean square) size of all of them, since a sum that happens to come out small still carries the
 * rounding of its terms. NaN where one has a NaN or infinity that the other has not.
 */
export function distance(actual: Numbers, expected: Numbers): number {
  if (actual.length !== expected.length) return NaN;
  const finite = Array.from(expected).filter(Number.isFinite);
  const typical = Math.sqrt(finite.reduce((sum, x) => sum + x * x, 0) / Math.max(finite.length, 1)) || 1e-30;
  let worst = 0;
  for (let i = 0; i < expected.length; i++) {
    const [a, b] = [actual[i]!, expected[i]!];
    if (Object.is(a, b) || a === b) continue;
    const d = Math.abs(a - b) / (Math.abs(b) + typical);
    if (!Number.isFinite(d)) return NaN;
    worst = Math.max(worst, d);
  }
  return worst;
}

/** Fails with the worst places where the numbers differ by more than the tolerance in the sense of `distance`. */
export function expectClose(actual: Numbers, expected: Numbers, tolerance: number, what: string): void {
  const d = distance(actual, expected);
  if (d <= tolerance) return;
  const places = Array.from(expected, (b, i) => ({
    i,
    b,
    a: actual[i]!,
    gap: Number.isNaN(actual[i]!) ? Infinity : Math.abs(actual[i]! - b),
  }))
    .sort((x, y) => y.gap - x.gap)
    .slice(0, 5)
    .map(({ i, a, b }) => `[${i}] ${a} instead of ${b}`);
  expect.fail(
    `${what}: off by ${d.toExponential(2)} > ${tolerance} over ${expected.length} numbers: ${places.join(', ')}`,
  );
}
