import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FULL, plannedRounds, QUICK, roundOrder } from '../../bench/core/schedule';

describe('the order of a round', () => {
  it('gives everyone one step', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 0, max: 100 }), (count, round) => {
        expect([...roundOrder(count, round)].sort((a, b) => a - b)).toEqual(
          Array.from({ length: count }, (_, i) => i),
        );
      }),
    );
  });

  it('lets everyone begin, and nobody always follow the same neighbour', () => {
    const rounds = Array.from({ length: 6 }, (_, round) => roundOrder(3, round));
    expect(new Set(rounds.map(([first]) => first)).size).toBe(3);
    const before = new Set(rounds.map((order) => order[order.indexOf(0) - 1]));
    expect(before).toEqual(new Set([undefined, 1, 2]));
  });

  it('is empty where everybody has left', () => expect(roundOrder(0, 3)).toEqual([]));
});

describe('how many rounds', () => {
  it('fills the time there is', () => expect(plannedRounds(FULL, 5, 4)).toBe((FULL.seconds * 5) / 4));
  it('are never too few for quartiles, nor endless', () => {
    expect(plannedRounds(QUICK, 3, 500)).toBe(QUICK.fewestRounds);
    expect(plannedRounds(QUICK, 3, 0)).toBe(QUICK.mostRounds);
    expect(QUICK.fewestRounds).toBeGreaterThanOrEqual(3);
  });
});
