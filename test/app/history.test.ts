import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { History, type PlayedStep } from '../../src/app/history';
import { group, metrics } from './records';

const step = (number: number, rollouts = 4): PlayedStep => ({
  step: number,
  metrics: metrics(number),
  tasks: 1,
  groups: [group(Array.from({ length: rollouts }, (_, i) => i))],
});
const filled = (steps: number, history = new History(80)): History => {
  for (let i = 1; i <= steps; i++) history.keep(step(i));
  return history;
};

describe('the history of a run', () => {
  it('gives the last step that is not after the one asked for', () => {
    const history = new History();
    for (const one of [2, 5, 9]) history.keep(step(one));
    expect([0, 1, 2, 4, 5, 100].map((at) => history.keptAt(at)?.step)).toEqual([
      undefined,
      undefined,
      2,
      2,
      5,
      9,
    ]);
    history.look({ step: 0, groups: [] });
    expect(history.lookAt(7)?.step).toBe(0);
  });

  it('keeps no more rollouts than it may, the first step, and the last ones', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 600 }), fc.integer({ min: 40, max: 120 }), (steps, most) => {
        const { kept } = filled(steps, new History(most));
        const rollouts = kept.reduce((sum, { groups }) => sum + groups[0]!.rollouts.length, 0);
        expect(rollouts).toBeLessThanOrEqual(most);
        expect(kept[0]!.step).toBe(1);
        const last = kept.slice(-Math.min(steps, 6)).map((one) => one.step);
        expect(last).toEqual(last.map((_, i) => steps - last.length + 1 + i));
        expect(kept.map((one) => one.step)).toEqual([...kept.map((one) => one.step)].sort((a, b) => a - b));
      }),
    );
  });

  it('lets the steps of a long run lie further apart the later they are', () => {
    const steps = filled(1000)
      .kept.map((one) => one.step)
      .slice(0, -6);
    const ratios = steps.slice(1).map((one, i) => (one + 1) / (steps[i]! + 1));
    expect(Math.max(...ratios)).toBeLessThan(4);
    expect(steps.filter((one) => one <= 32).length).toBeGreaterThanOrEqual(4);
  });

  it('does not let go of what is being read', () => {
    const history = filled(20, new History(80));
    history.pin(17);
    for (let i = 21; i <= 500; i++) history.keep(step(i));
    expect(history.keptAt(17)?.step).toBe(17);
    history.pin(null);
    for (let i = 501; i <= 2000; i++) history.keep(step(i));
    expect(history.kept.length).toBeLessThanOrEqual(20);
  });

  it('keeps the few steps that alone are larger than allowed', () => {
    const history = new History(10);
    for (let i = 1; i <= 5; i++) history.keep(step(i, 50));
    expect(history.kept).toHaveLength(5);
  });

  it('takes a step that comes again in the place of the first', () => {
    const history = filled(3);
    history.keep(step(3, 7));
    expect(history.kept.map(({ groups }) => groups[0]!.rollouts.length)).toEqual([4, 4, 7]);
  });
});
