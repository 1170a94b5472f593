import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { GYM_REWARD, trainingRewards, type RewardRule, type RewardTerm } from '../../src/credit/reward-terms';

const turn = (reward: number, ...events: string[]) => ({
  reward,
  events: events.map((text) => {
    const [name = '', subject] = text.split('/');
    return subject === undefined ? { name } : { name, subject };
  }),
});
const TURNS = [turn(0.7, 'found/budget', 'found/place'), turn(0, 'repeated/budget'), turn(1, 'found/date')];
const rule = (part: Partial<RewardRule>): RewardRule => ({ ...GYM_REWARD, ...part });
const paid = (...terms: RewardTerm[]) => trainingRewards(TURNS, rule({ terms }));

describe('what turns count for', () => {
  it('is what the gym pays, as long as nothing else is said', () => {
    expect(trainingRewards(TURNS, GYM_REWARD)).toEqual([0.7, 0, 1]);
    expect(trainingRewards([], rule({ stepPenalty: 1 }))).toEqual([]);
  });
  it('is charged by the turn, and weighed', () => {
    expect(trainingRewards(TURNS, rule({ stepPenalty: 0.1 }))).toEqual([0.6, -0.1, 0.9]);
    expect(trainingRewards(TURNS, rule({ gymWeight: 0.5, stepPenalty: 0.1 }))).toEqual([0.25, -0.1, 0.4]);
    expect(trainingRewards(TURNS, rule({ gymWeight: 0 }))).toEqual([0, 0, 0]);
  });
  it('pays a term each time its event happens', () => {
    expect(paid({ event: 'found', weight: 0.1 })).toEqual([0.9, 0, 1.1]);
    expect(paid({ event: 'repeated', weight: -0.2 }, { event: 'found', weight: 0.1 })).toEqual([
      0.9, -0.2, 1.1,
    ]);
    expect(paid({ event: 'never', weight: 5 })).toEqual([0.7, 0, 1]);
  });
  it('pays only where it happened to the subject named, or only the first time', () => {
    expect(paid({ event: 'found', weight: 0.1, subject: 'place' })).toEqual([0.8, 0, 1]);
    expect(paid({ event: 'found', weight: 0.1, once: true })).toEqual([0.8, 0, 1]);
    expect(paid({ event: 'found', weight: 0.1, subject: 'date', once: true })).toEqual([0.7, 0, 1.1]);
  });
  it('keeps decimals as they were meant, and has no -0', () => {
    expect(trainingRewards([turn(0.3)], rule({ stepPenalty: 0.1 }))).toEqual([0.2]);
    expect(trainingRewards([turn(0)], rule({ gymWeight: 0, stepPenalty: 0 }))).toEqual([0]);
  });

  const anyTurns = fc.array(
    fc.record({
      reward: fc.integer({ min: -20, max: 20 }).map((n) => n / 20),
      events: fc.array(fc.record({ name: fc.constantFrom('a', 'b', 'c') }), { maxLength: 3 }),
    }),
    { maxLength: 8 },
  );
  const weight = fc.integer({ min: -40, max: 40 }).map((n) => n / 20);
  const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);

  it('falls by the penalty in every turn, whatever the terms', () => {
    fc.assert(
      fc.property(anyTurns, weight, weight, (turns, penalty, w) => {
        const terms = [{ event: 'a', weight: w }];
        const without = trainingRewards(turns, rule({ terms }));
        trainingRewards(turns, rule({ terms, stepPenalty: penalty })).forEach((reward, t) =>
          expect(reward).toBeCloseTo(without[t]! - penalty, 8),
        );
      }),
    );
  });
  it('pays the terms one by one, in any order', () => {
    fc.assert(
      fc.property(anyTurns, weight, weight, (turns, a, b) => {
        const [one, other] = [
          { event: 'a', weight: a },
          { event: 'b', weight: b, once: true },
        ];
        const both = trainingRewards(turns, rule({ terms: [one, other] }));
        expect(trainingRewards(turns, rule({ terms: [other, one] }))).toEqual(both);
        const alone = [one, other].map((term) => trainingRewards(turns, rule({ terms: [term] })));
        const gym = turns.map(({ reward }) => reward);
        both.forEach((reward, t) => expect(reward).toBeCloseTo(alone[0]![t]! + alone[1]![t]! - gym[t]!, 8));
        // Once is once an episode.
        const first = sum(trainingRewards(turns, rule({ gymWeight: 0, terms: [other] })));
        expect([0, b + 0]).toContain(Math.round(first * 20) / 20 + 0);
      }),
    );
  });
});
