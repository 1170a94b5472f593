import { describe, expect, it } from 'vitest';
import { groupAdvantages, groupScores, normaliseGroup, spreadOverTurns } from '../../src/credit/advantages';
import { creditHazards } from '../../src/credit/hazards';
import { roundLikePython } from '../../src/credit/round';
import { scoreTrajectory } from '../../src/credit/score';
import { shapeTurnRewards } from '../../src/credit/shape';
import reference from '../fixtures/credit_reference.json';
import type { CreditOptions } from '../../src/credit/advantages';

const rollout = (turnRewards: number[], turnTokens = turnRewards.map(() => 1)) => ({
  turnRewards,
  turnTokens,
});
const close = (actual: readonly number[], expected: readonly number[], digits = 9) => {
  expect(actual).toHaveLength(expected.length);
  expected.forEach((value, i) => expect(actual[i]).toBeCloseTo(value, digits));
};

describe('turn shaping', () => {
  it('maps rewards as the table of UserRL does (k = 2, rounded)', () => {
    const rewards = [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1];
    expect(shapeTurnRewards(rewards, 'em', { round: true })).toEqual([
      0.5, 0.6048, 0.6906, 0.7609, 0.8184, 0.8655, 0.9041, 0.9357, 0.9615, 0.9827, 1,
    ]);
  });
  it('crosses zero at r = -0.3115 and becomes a line as k goes to 0', () => {
    close(shapeTurnRewards([-0.3115], 'em'), [0], 3);
    expect(shapeTurnRewards([0, 0.5, 1], 'em', { k: 0 })).toEqual([0.5, 0.75, 1]);
    close(shapeTurnRewards([0.3], 'em', { k: 1e-6 }), [0.65], 6);
  });
  it('discounts what comes later', () => {
    close(shapeTurnRewards([0, 0, 1], 'r2g'), [0.64, 0.8, 1]);
    close(shapeTurnRewards([0.5, 0, 0], 'r2g'), [0.5, 0, 0]);
    close(shapeTurnRewards([0, 0.2, -0.1], 'r2g'), [0.096, 0.12, -0.1]);
  });
  it('passes rewards through, or ignores them', () => {
    expect(shapeTurnRewards([0, 0.2, -0.1], 'naive')).toEqual([0, 0.2, -0.1]);
    expect(shapeTurnRewards([0, 0.2, -0.1], 'equalized')).toEqual([1, 1, 1]);
    expect(shapeTurnRewards([], 'em')).toEqual([]);
  });
});

describe('trajectory score', () => {
  it('adds, averages or discounts', () => {
    expect(scoreTrajectory([0.5, 0, 0, 0.5], 'sum')).toBe(1);
    expect(scoreTrajectory([0, 0, 0, 1], 'mean')).toBe(0.25);
    expect(scoreTrajectory([1], 'mean')).toBe(1);
    expect(scoreTrajectory([0, 0, 1], 'r2g')).toBeCloseTo(0.64, 12);
    expect(scoreTrajectory([1, 0, 1], 'mean', { round: true })).toBe(0.6667);
  });
  it('is 0 without turns', () => {
    for (const method of ['sum', 'mean', 'r2g'] as const) expect(scoreTrajectory([], method)).toBe(0);
  });
});

describe('rounding', () => {
  it("is Python's, halves to even included", () => {
    for (const { x, rounded } of reference.rounding) expect(roundLikePython(x) + 0).toBe(rounded + 0);
    expect(roundLikePython(0.03125)).toBe(0.0312);
    expect(roundLikePython(0.09375)).toBe(0.0938);
  });
});

describe('group advantages', () => {
  const group = [rollout([0, 0, 1]), rollout([0, 0, 0]), rollout([0.5, 0, 0]), rollout([0, 0.2, -0.1])];

  it('normalises a group by hand: sums 1, 0, .5, .1', () => {
    // mean .4; squares .36 + .16 + .01 + .09 = .62; sample std sqrt(.62 / 3) = .454606057
    const { mean, std, normalised } = normaliseGroup(groupScores(group));
    expect(mean).toBeCloseTo(0.4, 12);
    expect(std).toBeCloseTo(0.4546060566, 9);
    close(normalised, [1.31982, -0.87988, 0.21997, -0.65991], 5);
    expect(normaliseGroup([1, 0, 0.5, 0.1], { std: 'population' }).std).toBeCloseTo(0.3937003937, 9);
    close(normaliseGroup([1, 0, 0.5, 0.1], { normalizeByStd: false }).normalised, [0.6, -0.4, 0.1, -0.3]);
  });
  it('gives every turn F when equalized', () => {
    close(
      groupAdvantages(group).flat(),
      [1.31982, -0.87988, 0.21997, -0.65991].flatMap((f) => [f, f, f]),
      5,
    );
  });
  it('spreads F by reward-to-go', () => {
    // [0,0,1]: credits .64 .8 1, sum 2.44, n 3; [.5,0,0]: only the first turn has credit, n 1.
    const options: CreditOptions = { turnMethod: 'r2g', normalizeByStd: false };
    const [a, b, c, d] = groupAdvantages(group, options);
    close(a ?? [], [0.6 * 0.64 * (3 / 2.44), 0.6 * 0.8 * (3 / 2.44), 0.6 * (3 / 2.44)]);
    expect(b).toEqual([0, 0, 0]);
    close(c ?? [], [0.1, 0, 0]);
    // Mixed signs: .096 + .12 - .1 = .116
    close(d ?? [], [-0.3 * 0.096 * (3 / 0.116), -0.3 * 0.12 * (3 / 0.116), 0.3 * 0.1 * (3 / 0.116)]);
  });
  it('weighs turns by their tokens', () => {
    // Credits 1 and .5 (EM) over 1 and 3 tokens: mean credit 2.5 / 4.
    const options: CreditOptions = { turnMethod: 'em', normalizeByStd: false };
    const [a] = groupAdvantages([rollout([1, 0], [1, 3]), rollout([0], [2])], options);
    close(a ?? [], [0.5 * (4 / 2.5), 0.25 * (4 / 2.5)]);
  });
  it('compares a group of one with nothing', () => {
    close(groupAdvantages([rollout([0.5, 0.5])])[0] ?? [], [1 / 1.000001, 1 / 1.000001]);
    close(groupAdvantages([rollout([0.5, 0.5])], { normalizeByStd: false })[0] ?? [], [1, 1]);
  });
  it('is exactly 0 for equal scores, where rounding would otherwise push', () => {
    const equal = Array.from({ length: 8 }, () => rollout([0.7]));
    expect(groupAdvantages(equal)).toEqual(equal.map(() => [0]));
    const reordered = [rollout([0.1, 0.2, 0.3]), rollout([0.3, 0.2, 0.1])];
    expect(groupAdvantages(reordered).flat()).toEqual([0, 0, 0, 0, 0, 0]);
  });
  it('gives 0 where credits cancel, also when binary leaves a rest', () => {
    expect(spreadOverTurns(1, [0.2, -0.2], [1, 1])).toEqual([0, 0]);
    expect(spreadOverTurns(1, [0.1, 0.2, -0.3], [1, 1, 1])).toEqual([0, 0, 0]);
    expect(spreadOverTurns(1, [], [])).toEqual([]);
    expect(groupAdvantages([])).toEqual([]);
  });
  it('refuses a turn without a token count', () => {
    expect(() => groupAdvantages([rollout([1, 0], [3])])).toThrow(RangeError);
  });
  it('agrees with a reference written token by token in Python', () => {
    expect(reference.cases.length).toBeGreaterThan(40);
    for (const { rollouts, options, scores, advantages } of reference.cases) {
      const typed = options as CreditOptions;
      close(groupScores(rollouts, typed), scores);
      const actual = groupAdvantages(rollouts, typed);
      advantages.forEach((row, i) => close(actual[i] ?? [], row, 8));
    }
  });
});

describe('hazards', () => {
  it('finds credits that nearly cancel', () => {
    const group = [rollout([0.5, -0.4]), rollout([0, 0]), rollout([1, 0])];
    const found = creditHazards(group, { turnMethod: 'naive' });
    const mixed = found.find((h) => h.kind === 'mixed-signs');
    // Credits .5 and -.4 over 2 tokens: factor .5 * 2 / .1 = 10.
    expect(mixed).toMatchObject({ rollout: 0, turns: [0, 1] });
    expect(mixed?.kind === 'mixed-signs' && mixed.factor).toBeCloseTo(10, 9);
    expect(creditHazards(group, { turnMethod: 'equalized' }).map((h) => h.kind)).not.toContain('mixed-signs');
  });
  it('finds rollouts that are never pushed down', () => {
    const group = [rollout([1, 0]), rollout([0, 0])];
    for (const turnMethod of ['naive', 'r2g'] as const) {
      expect(creditHazards(group, { turnMethod })).toMatchObject([{ kind: 'never-pushed-down', rollout: 1 }]);
    }
    for (const turnMethod of ['em', 'equalized'] as const) {
      expect(creditHazards(group, { turnMethod })).toEqual([]);
    }
  });
  it('finds that the mean pays for stopping', () => {
    const group = [rollout([1]), rollout([1, 0.4])];
    expect(creditHazards(group, { trajectoryMethod: 'mean' })).toMatchObject([
      { kind: 'prefers-short', shorter: 0, longer: 1 },
    ]);
    expect(creditHazards(group, { trajectoryMethod: 'sum' })).toEqual([]);
  });
  it('finds a group that teaches nothing', () => {
    expect(creditHazards([rollout([0.4]), rollout([0.4])])).toMatchObject([
      { kind: 'zero-variance', score: 0.4 },
    ]);
  });
});
