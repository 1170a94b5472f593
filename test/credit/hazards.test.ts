/** Hazards with the numbers of UserRL's own rules, worked out by hand or quoted from what its code gives. */
import { describe, expect, it } from 'vitest';
import { allEqual, creditGroup, groupAdvantages, spreadOverTurns } from '../../src/credit/advantages';
import { creditHazards, type CreditHazard } from '../../src/credit/hazards';
import { scoreTrajectory } from '../../src/credit/score';
import { shapeTurnRewards } from '../../src/credit/shape';

const rollout = (turnRewards: number[]) => ({ turnRewards, turnTokens: turnRewards.map(() => 1) });
const of = <K extends CreditHazard['kind']>(hazards: readonly CreditHazard[], kind: K) =>
  hazards.filter((hazard): hazard is Extract<CreditHazard, { kind: K }> => hazard.kind === kind);

/** Sums 1, 0, .5 and .1; mean .4, sample deviation .4546. */
const GROUP = [
  [0, 0, 1],
  [0, 0, 0],
  [0.5, 0, 0],
  [0, 0.2, -0.1],
].map(rollout);

describe('a rollout without reward', () => {
  it('is pushed by nothing under reward-to-go, and down by 0.88 under the others', () => {
    expect(groupAdvantages(GROUP, { turnMethod: 'r2g' })[1]).toEqual([0, 0, 0]);
    for (const turnMethod of ['equalized', 'em'] as const)
      for (const advantage of groupAdvantages(GROUP, { turnMethod })[1]!)
        expect(advantage).toBeCloseTo(-0.87988, 4);
  });

  it('is flagged, with what it is spared', () => {
    const [hazard, ...others] = of(creditHazards(GROUP, { turnMethod: 'r2g' }), 'never-pushed-down');
    expect(others).toEqual([]);
    expect(hazard).toMatchObject({ rollout: 1, score: 0 });
    expect(hazard!.mean).toBeCloseTo(0.4, 12);
    expect(hazard!.normalised).toBeCloseTo(-0.87988, 4);
    expect(hazard!.message).toBe(
      "Rollout 2 scores 0, below the group's mean of 0.4, but has no credit to spread: it is never pushed down.",
    );
    expect(of(creditHazards(GROUP, { turnMethod: 'em' }), 'never-pushed-down')).toEqual([]);
  });
});

describe('rewards of both signs', () => {
  it('turn a rollout of F = -0.858 into +0.74, -3.76 and +0.45', () => {
    // Credits .0984, -.502 and .06 add up to -.3436, of a size of .6604.
    const credits = shapeTurnRewards([0.5, -0.55, 0.06], 'r2g');
    const advantages = spreadOverTurns(-0.858, credits, [1, 1, 1]);
    [0.74, -3.76, 0.45].forEach((value, t) => expect(advantages[t]).toBeCloseTo(value, 2));
  });

  it('are flagged with the turn that explodes', () => {
    const group = [
      [0.5, -0.55, 0.06],
      [0, 0, 1],
      [0.5, 0, 0],
    ].map(rollout);
    const [hazard] = of(creditHazards(group, { turnMethod: 'r2g' }), 'mixed-signs');
    expect(hazard).toMatchObject({ rollout: 0, turns: [1] });
    // 3 * .502 / .3436, whatever F is.
    expect(hazard!.factor).toBeCloseTo(4.383, 3);
    expect(hazard!.credits[1]).toBeCloseTo(-0.502, 12);
    expect(Math.abs(hazard!.advantages[1]! / hazard!.normalised)).toBeCloseTo(hazard!.factor, 12);
    expect(hazard!.normalised).toBeLessThan(0);
  });
});

describe('the mean', () => {
  const group = [[0, 0, 0, 1], [1]].map(rollout);
  it('scores a success in four turns 0.25 and one in a single turn 1', () => {
    expect(group.map(({ turnRewards }) => scoreTrajectory(turnRewards, 'mean'))).toEqual([0.25, 1]);
  });
  it('is flagged for it; the sum is not', () => {
    expect(of(creditHazards(group, { trajectoryMethod: 'mean' }), 'prefers-short')).toMatchObject([
      {
        shorter: 1,
        longer: 0,
        scores: [1, 0.25],
        totals: [1, 1],
        message: expect.stringContaining('as much'),
      },
    ]);
    for (const trajectoryMethod of ['sum', 'r2g'] as const)
      expect(of(creditHazards(group, { trajectoryMethod }), 'prefers-short')).toEqual([]);
  });
});

describe('the formula as printed', () => {
  // Population deviation of 1, 0, .5, .1 about .4: sqrt(.62 / 4) = .3937.
  it('pushes every turn of every rollout alike when equalized, and is flagged for it', () => {
    const { advantages } = creditGroup(GROUP, { formula: 'printed' });
    for (const advantage of advantages.flat()) expect(advantage).toBeCloseTo((1 - 0.4) / 0.3937004, 5);
    const [hazard] = of(creditHazards(GROUP, { formula: 'printed' }), 'no-signal');
    expect(hazard).toMatchObject({ scores: [1, 0] });
    expect(hazard!.advantage).toBeCloseTo(1.524, 3);
    expect(of(creditHazards(GROUP), 'no-signal')).toEqual([]);
  });
  it('subtracts the mean from the credit of a turn', () => {
    const { advantages } = creditGroup(GROUP, { formula: 'printed', turnMethod: 'naive' });
    expect(advantages[0]![2]).toBeCloseTo(0.6 / 0.3937004, 5);
    expect(advantages[3]![2]).toBeCloseTo(-0.5 / 0.3937004, 5);
    // Neither the sample deviation nor leaving it out is in the paper.
    expect(
      creditGroup(GROUP, { formula: 'printed', turnMethod: 'naive', std: 'sample', normalizeByStd: false })
        .advantages,
    ).toEqual(advantages);
  });
  it('pushes empty turns of the best and of the worst alike under the exponential mapping', () => {
    const options = { formula: 'printed', turnMethod: 'em' } as const;
    const [hazard] = of(creditHazards(GROUP, options), 'empty-turns-alike');
    expect(hazard).toMatchObject({ best: 0, worst: 1 });
    expect(hazard!.advantage).toBeCloseTo(0.1 / 0.3937004, 5);
    const { advantages } = creditGroup(GROUP, options);
    expect(advantages[0]![0]).toBe(advantages[1]![0]);
  });
  it('is 0 in a group that scores all alike, where it would divide by epsilon', () => {
    const equal = [
      [1, 0],
      [0, 1],
      [0.5, 0.5],
    ].map(rollout);
    expect(groupAdvantages(equal, { formula: 'printed', turnMethod: 'naive' }).flat()).toEqual([
      0, 0, 0, 0, 0, 0,
    ]);
  });
});

it('takes scores that cancel for equal, where binary leaves a rest', () => {
  expect(allEqual([0.1 + 0.2 - 0.3, 0])).toBe(true);
  expect(allEqual([1e-6, 0])).toBe(false);
  expect(groupAdvantages([rollout([0.1, 0.2, -0.3]), rollout([0, 0, 0])], { epsilon: 0 }).flat()).toEqual([
    0, 0, 0, 0, 0, 0,
  ]);
});
