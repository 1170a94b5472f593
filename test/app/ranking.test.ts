import { describe, expect, it } from 'vitest';
import { aboveMean, barSpan, rank, scales, story, variance } from '../../src/app/ranking';
import { group, rollout, turn } from './records';

describe('ranking a group', () => {
  it('puts the best first; equals share a rank and keep their order', () => {
    const ranked = rank(group([1, 2, 1, 0]));
    expect(ranked.map(({ index }) => index)).toEqual([1, 0, 2, 3]);
    expect(ranked.map((one) => one.rank)).toEqual([1, 2, 2, 4]);
  });

  it('takes sums that differ by rounding for equal', () => {
    const ranked = rank(group([0.1 + 0.2, 0.3]));
    expect(ranked.map(({ index, rank: place }) => [index, place])).toEqual([
      [0, 1],
      [1, 1],
    ]);
  });

  it('draws the dashed line under the last that is not below the mean', () => {
    const mixed = group([2, 0, 0, 2]);
    expect(aboveMean(rank(mixed), mixed.mean)).toBe(2);
    const middle = group([2, 1, 0]);
    expect(aboveMean(rank(middle), middle.mean)).toBe(2);
  });
});

describe('the story of a group', () => {
  it('says who is pushed in a mixed one', () => {
    expect(variance(group([2, 0, 0]))).toBe('mixed');
    expect(story(group([2, 0, 0]))).toBe(
      "One did better than the group's own mean of 0.67 and is made likelier; two did worse and are made less likely.",
    );
  });

  it('tells the three ways of teaching nothing apart', () => {
    const eight = (reward: number) => group(Array<number>(8).fill(reward));
    expect(variance(eight(2))).toBe('all-good');
    expect(variance(eight(0))).toBe('all-bad');
    expect(variance(eight(0.7))).toBe('all-same');
    expect(story(eight(0.7))).toMatch(/^All eight earned the same, so nobody is pushed: /);
    expect(story(eight(2))).toMatch(/^All eight earned everything there was, so nobody is pushed: /);
    expect(story(eight(0))).toMatch(/^All eight earned nothing, so nobody is pushed: /);
    expect(story(group([0.7, 0.7]))).toMatch(/^Both earned the same/);
  });

  it('does not claim that a group of one is not pushed', () => {
    expect(variance(group([1]))).toBe('alone');
    expect(story(group([1]))).not.toContain('nobody');
  });
});

describe('signed bars', () => {
  it('stand on their side of the middle', () => {
    expect(barSpan(1, 2)).toEqual({ start: 50, length: 25 });
    expect(barSpan(-1, 2)).toEqual({ start: 25, length: 25 });
    expect(barSpan(0, 2)).toEqual({ start: 50, length: 0 });
  });

  it('never leave their track', () => {
    expect(barSpan(9, 2)).toEqual({ start: 50, length: 50 });
    expect(barSpan(-9, 2)).toEqual({ start: 0, length: 50 });
    expect(barSpan(Number.NaN, 2).length).toBe(0);
    expect(barSpan(1, 0).length).toBe(50);
  });

  it('share one scale in a group', () => {
    const one = rollout(1, { turns: [turn({ reward: 0.4, credit: -3 })], advantage: -2 });
    expect(scales({ task: 't', mean: 0, std: 1, rollouts: [one] })).toEqual({
      reward: 0.4,
      credit: 3,
      advantage: 2,
    });
    expect(scales({ task: 't', mean: 0, std: 0, rollouts: [] })).toEqual({
      reward: 1,
      credit: 1,
      advantage: 1,
    });
  });
});
