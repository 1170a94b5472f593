import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { falls, largestDifference, quantile, summary } from '../../bench/core/statistics';

describe('quantiles', () => {
  it('lies between neighbours, as in numpy', () => {
    expect(quantile([4, 1, 3, 2], 0.5)).toBe(2.5);
    expect(quantile([1, 2, 3, 4, 5], 0.25)).toBe(2);
    expect(quantile([10, 20], 0.75)).toBe(17.5);
    expect(quantile([7], 0.25)).toBe(7);
    expect(() => quantile([], 0.5)).toThrow('nothing');
  });

  it('does not care for the order, nor for one step that took long', () => {
    expect(summary([9, 10, 11, 10, 500])).toEqual({ median: 10, low: 10, high: 11 });
    fc.assert(
      fc.property(fc.array(fc.double({ noNaN: true, min: 0, max: 1e6 }), { minLength: 1 }), (values) => {
        const { low, median, high } = summary(values);
        expect(low).toBeLessThanOrEqual(median);
        expect(median).toBeLessThanOrEqual(high);
        expect(summary([...values].reverse())).toEqual({ low, median, high });
      }),
    );
  });
});

describe('a loss', () => {
  it('falls when it is lower at the end', () => {
    expect(falls([6.9, 7.1, 5])).toBe(true);
    expect(falls([6.9, 6.9])).toBe(false);
    expect(falls([6.9])).toBe(false);
    expect(falls([])).toBe(false);
  });

  it('does not fall into something that is no number', () => {
    expect(falls([6.9, NaN, 5])).toBe(false);
    expect(falls([6.9, 5, -Infinity])).toBe(false);
  });
});

describe('the difference of two results', () => {
  it('is the largest one', () => expect(largestDifference([1, 2, 3], [1, 2.5, 3.1])).toBe(0.5));
  it('is infinite where they cannot be compared', () => {
    expect(largestDifference([1], [1, 2])).toBe(Infinity);
    expect(largestDifference([1, NaN], [1, 1])).toBe(Infinity);
    expect(largestDifference([NaN, 3], [1, 3])).toBe(Infinity);
  });
});
