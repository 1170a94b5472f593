/** Intervals, against published tables and worked examples. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { averageEstimate, meanEstimate, shareEstimate, studentQuantile } from '../../src/training/estimates';

describe("Student's quantile", () => {
  // Any table of the t distribution, two-sided 5 %.
  it.each([
    [1, 12.7062],
    [2, 4.3027],
    [3, 3.1824],
    [4, 2.7764],
    [7, 2.3646],
    [9, 2.2622],
    [20, 2.086],
    [47, 2.0117],
    [95, 1.9853],
    [1000, 1.9623],
  ])('with %i degrees is %d', (freedom, table) => {
    expect(studentQuantile(freedom)).toBeCloseTo(table, 3);
  });
  it('has a value between whole degrees, too', () => {
    for (let freedom = 1; freedom < 40; freedom += 0.25)
      expect(studentQuantile(freedom)).toBeGreaterThan(studentQuantile(freedom + 0.25));
  });
  it('is never below the normal one', () => {
    for (let freedom = 1; freedom < 200; freedom++)
      expect(studentQuantile(freedom)).toBeGreaterThan(1.959963984540054);
  });
});

describe('a mean', () => {
  it('has an interval of t standard errors', () => {
    // Mean 5, sample variance 60 / 7, standard error 1.0351, times t(7) = 2.3646.
    const { mean, ci95, n } = meanEstimate([1, 2, 3, 5, 6, 6, 7, 10], 100);
    expect([mean, n]).toEqual([5, 8]);
    expect(ci95![0]).toBeCloseTo(5 - 2.3646 * Math.sqrt(60 / 7 / 8), 2);
    expect(ci95![1]).toBeCloseTo(5 + 2.3646 * Math.sqrt(60 / 7 / 8), 2);
  });
  it('stays within what can be, and has no interval from one item', () => {
    expect(meanEstimate([1, 1, 0.2, 1], 1).ci95![1]).toBe(1);
    expect(meanEstimate([0, 0, 0.8, 0], 1).ci95![0]).toBe(0);
    expect(meanEstimate([0.3])).toEqual({ mean: 0.3, ci95: null, n: 1 });
    expect(meanEstimate([])).toEqual({ mean: 0, ci95: null, n: 0 });
  });
});

describe('a share', () => {
  // Newcombe, Statistics in Medicine 17 (1998), table I, method 3 (score, without continuity correction).
  it.each([
    [81, 263, 0.2553, 0.3662],
    [15, 148, 0.0624, 0.1605],
    [0, 20, 0, 0.1611],
    [1, 29, 0.0061, 0.1718],
  ])('of %i in %i has the score interval [%d, %d]', (hits, n, low, high) => {
    const { mean, ci95 } = shareEstimate(hits, n);
    expect(mean).toBe(hits / n);
    expect(ci95![0]).toBeCloseTo(low, 4);
    expect(ci95![1]).toBeCloseTo(high, 4);
  });
  it('mirrors', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 500 }), fc.double({ min: 0, max: 1, noNaN: true }), (n, p) => {
        const hits = Math.round(n * p);
        const [low, high] = shareEstimate(hits, n).ci95!;
        const [otherLow, otherHigh] = shareEstimate(n - hits, n).ci95!;
        expect(low).toBeCloseTo(1 - otherHigh, 9);
        expect(high).toBeCloseTo(1 - otherLow, 9);
        expect(low).toBeGreaterThanOrEqual(0);
        expect(low).toBeLessThanOrEqual(hits / n);
        expect(high).toBeGreaterThanOrEqual(hits / n);
        expect(high).toBeLessThanOrEqual(1);
      }),
    );
  });
  it('of nothing is nothing', () => expect(shareEstimate(0, 0)).toEqual({ mean: 0, ci95: null, n: 0 }));
});

describe('an average', () => {
  it('adds variances where intervals are symmetric', () => {
    const part = (mean: number, half: number, n: number) => ({
      mean,
      ci95: [mean - half, mean + half] as const,
      n,
    });
    const { mean, ci95, n } = averageEstimate([
      { estimate: part(1, 0.3, 10), weight: 30 },
      { estimate: part(3, 0.4, 20), weight: 10 },
    ]);
    const half = Math.hypot(0.75 * 0.3, 0.25 * 0.4);
    expect(mean).toBeCloseTo(1.5, 12);
    expect(n).toBe(30);
    expect(ci95![0]).toBeCloseTo(1.5 - half, 12);
    expect(ci95![1]).toBeCloseTo(1.5 + half, 12);
  });
  it('of one is that one, and of one without an interval has none', () => {
    const estimate = shareEstimate(3, 20);
    const alone = averageEstimate([{ estimate, weight: 7 }]);
    expect(alone.mean).toBeCloseTo(estimate.mean, 12);
    expect(alone.ci95![0]).toBeCloseTo(estimate.ci95![0], 12);
    expect(alone.ci95![1]).toBeCloseTo(estimate.ci95![1], 12);
    const single = averageEstimate([
      { estimate, weight: 1 },
      { estimate: meanEstimate([1]), weight: 1 },
    ]);
    expect(single.ci95).toBeNull();
  });
  it('of shares stays among shares', () => {
    const share = fc
      .tuple(
        fc.integer({ min: 1, max: 60 }),
        fc.integer({ min: 0, max: 60 }),
        fc.integer({ min: 1, max: 500 }),
      )
      .map(([n, hits, weight]) => ({ estimate: shareEstimate(Math.min(hits, n), n), weight }));
    fc.assert(
      fc.property(fc.array(share, { minLength: 1, maxLength: 8 }), (parts) => {
        const { mean, ci95 } = averageEstimate(parts);
        expect(ci95![0]).toBeGreaterThan(-1e-9);
        expect(ci95![1]).toBeLessThan(1 + 1e-9);
        expect(ci95![0]).toBeLessThanOrEqual(mean + 1e-9);
        expect(ci95![1]).toBeGreaterThanOrEqual(mean - 1e-9);
      }),
    );
  });
});
