import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DebiasedEma, smooth } from '../../src/app/smoothing';
import { Curves } from '../../src/app/curves';

describe('debiased moving average', () => {
  it('starts at the first value, not at 0', () => {
    expect(smooth([0.7], 0.9)[0]).toBeCloseTo(0.7, 12);
  });

  it('weighs two values by hand', () => {
    // (0.1 * 0.9 * 1 + 0.1 * 2) / (0.1 * 0.9 + 0.1)
    expect(smooth([1, 2], 0.9)[1]).toBeCloseTo(0.29 / 0.19, 12);
  });

  it('follows the values themselves without memory', () => {
    expect(smooth([3, 1, 4], 0)).toEqual([3, 1, 4]);
  });

  it('leaves out what is no number', () => {
    expect(smooth([Number.NaN, 2, Number.NaN], 0.5)).toEqual([null, 2, 2]);
  });

  it('stays between the smallest and the largest value', () => {
    const values = fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { minLength: 1 });
    fc.assert(
      fc.property(values, fc.double({ min: 0, max: 0.99, noNaN: true }), (xs, memory) => {
        const low = Math.min(...xs);
        const high = Math.max(...xs);
        const slack = 1e-6 * (1 + Math.abs(low) + Math.abs(high));
        return smooth(xs, memory).every((s) => s !== null && s >= low - slack && s <= high + slack);
      }),
    );
  });

  it('refuses a memory that never forgets', () => {
    expect(() => new DebiasedEma(1)).toThrow(RangeError);
  });
});

describe('curves', () => {
  it('keeps raw and smoothed columns of one length, with holes where nothing was measured', () => {
    const curves = new Curves(['loss', 'validity'], ['validity']);
    curves.append(1, { loss: 2 });
    curves.append(2, { loss: 1, validity: 0.5 });
    expect(curves.steps).toEqual([1, 2]);
    expect(curves.raw('validity')).toEqual([null, 0.5]);
    expect(curves.smooth('validity')).toEqual([null, 0.5]);
    expect(curves.smooth('loss')[0]).toBe(2);
  });

  it('draws a long run with fewer points, which stay where they are, and always with the last', () => {
    const curves = new Curves(['loss']);
    for (let step = 1; step <= 2500; step++) curves.append(step, { loss: step });
    const [steps, raw, smoothed] = curves.drawn('loss');
    expect(steps.length).toBeLessThanOrEqual(1001);
    expect(steps.slice(0, 3)).toEqual([1, 5, 9]);
    expect(steps.at(-1)).toBe(2500);
    expect(raw).toEqual(steps);
    expect(smoothed).toHaveLength(steps.length);
  });

  it('drops a step that has been seen', () => {
    const curves = new Curves(['loss']);
    curves.append(3, { loss: 2 });
    curves.append(3, { loss: 9 });
    curves.append(2, { loss: 9 });
    expect(curves.raw('loss')).toEqual([2]);
  });
});
