/** Measures of played tasks, against numbers worked out by hand from the formulas of UserRL's evaluation and paper. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { GYM_NAMES, type GymName } from '../../src/gyms/options';
import { GYMS } from '../../src/gyms/registry';
import type { GymEvent, Task } from '../../src/gyms/types';
import { MEASURE_NAMES } from '../../src/runs/measures';
import type { EvaluationRow, Measures } from '../../src/runs/record';
import { averagesOf } from '../../src/training/comparison';
import {
  effectiveTurns,
  measure,
  PAPER_TEST_ITEMS,
  timeWeighted,
  userrlScore,
  type PlayedTask,
} from '../../src/training/metrics';

const turn = (reward: number, events: readonly GymEvent[] = [], valid = true) => ({ reward, events, valid });
const play = (task: Task, rewards: readonly number[], success = false): PlayedTask => ({
  task,
  turns: rewards.map((reward) => turn(reward)),
  success,
});
const [intentionTask] = GYMS.intention.gym.tasks.test as [Task];

describe('effective turns', () => {
  it.each([
    [[], 0],
    [[0, 0, 0], 0],
    [[1], 1],
    [[0, 0.7, 0, 0.4, 0, 0], 4],
    [[0.4, 0, 0], 1],
    [[0, 0, 1], 3],
  ])('of %j are %i, counted from 1', (rewards, turns) => {
    expect(effectiveTurns(rewards)).toBe(turns);
  });
});

describe('time-weighted performance', () => {
  it.each([
    [[], 0, 0],
    [[1], 1, 1 / 2],
    [[0, 0, 1], 1 / 3, 1 / 4],
    // 0.4 / 1 + 0.7 / 2 + 1 / 4 = 1; 0.4 / 2 + 0.7 / 3 + 1 / 5 = 0.6333…
    [[0.4, 0.7, 0, 1], 1, 0.4 / 2 + 0.7 / 3 + 1 / 5],
  ])('of %j is %d from 0 and %d from 1', (rewards, from0, from1) => {
    expect(timeWeighted(rewards, 0)).toBeCloseTo(from0, 12);
    expect(timeWeighted(rewards, 1)).toBeCloseTo(from1, 12);
  });
  it('never exceeds the sum, and falls when the same reward comes later', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 16 }),
        (rewards) => {
          const sum = rewards.reduce((a, b) => a + b, 0);
          expect(timeWeighted(rewards, 0)).toBeLessThanOrEqual(sum + 1e-12);
          expect(timeWeighted([0, ...rewards], 0)).toBeLessThanOrEqual(timeWeighted(rewards, 0) + 1e-12);
          expect(timeWeighted([0, ...rewards], 0)).toBeCloseTo(timeWeighted(rewards, 1), 12);
        },
      ),
    );
  });
});

describe("UserRL's score of an item", () => {
  it('is the sum of turn rewards', () => {
    expect(userrlScore(GYMS.intention.gym, play(intentionTask, [0.7, 0, 1, 0.4]))).toBeCloseTo(2.1, 12);
  });

  describe('in Travel', () => {
    const { gym } = GYMS.travel;
    const aspectsOf = (task: Task) =>
      (task.hidden as { bookings: { aspect: string }[] }).bookings.map(({ aspect }) => aspect);
    const two = gym.tasks.test.find((task) => aspectsOf(task).length === 2)!;
    const [first, second] = aspectsOf(two) as [string, string];
    const other = ['flight', 'hotel', 'car'].find((aspect) => aspect !== first && aspect !== second)!;
    const score = (...turns: ReturnType<typeof turn>[]) =>
      userrlScore(gym, { task: two, turns, success: false });
    const chosen = (name: string, subject: string, reward: number) => turn(reward, [{ name, subject }]);

    it('is the mean over aspects of the best answer', () => {
      expect(score(chosen('best', first, 1), chosen('correct', second, 0.8))).toBeCloseTo((1 + 0.8) / 2, 12);
      expect(score(chosen('wrong', first, 0), chosen('best', second, 1))).toBeCloseTo(1 / 2, 12);
    });
    it('leaves searches and wishes out, and aspects that nobody asked for', () => {
      const search = turn(0.2, [{ name: 'options', subject: first }]);
      const wish = turn(0.8, [{ name: 'preference', subject: `${first} seat` }]);
      expect(score(search, wish)).toBe(0);
      expect(score(search, wish, chosen('correct', first, 0.8))).toBeCloseTo(0.8 / 2, 12);
      expect(score(chosen('wrong', other, 0))).toBe(0);
    });
    it('takes an answer that names both apart', () => {
      const both = [
        { name: 'best', subject: first },
        { name: 'correct', subject: second },
      ];
      expect(score(turn(1.8, both))).toBeCloseTo(0.9, 12);
    });
    it('is 1 for the oracle, whatever else it was paid', async () => {
      const { playDemonstrator } = await import('../../src/gyms/play');
      const { createUser } = await import('../../src/users/registry');
      const user = createUser({ userStrength: 'plain' });
      for (const task of gym.tasks.test.slice(0, 12)) {
        const { turns, success, reward } = await playDemonstrator(gym, task, 'oracle', user, {
          seed: 3,
          maxTurns: 10,
        });
        expect(success).toBe(true);
        expect(reward).toBeGreaterThan(1);
        const measured = turns.map(({ reward: earned, events }) => turn(earned, events));
        expect(userrlScore(gym, { task, turns: measured, success })).toBeCloseTo(1, 12);
      }
    });
  });
});

describe('measures', () => {
  const { gym } = GYMS.intention;
  it('are means over tasks, validity over turns', () => {
    const most = gym.maximumReturn(intentionTask, 8);
    const played = [
      play(intentionTask, [most], true),
      play(intentionTask, [0, most / 2, 0]),
      { task: intentionTask, turns: [turn(0), turn(0, [], false)], success: false },
    ];
    const measures = measure(gym, played, 8);
    const means = Object.fromEntries(MEASURE_NAMES.map((name) => [name, measures[name].mean]));
    const expected = {
      score: 0.5,
      userrl_score: most / 2,
      success: 1 / 3,
      effective_turns: (1 + 2 + 0) / 3,
      time_weighted: (most + most / 4) / 3,
      time_weighted_from_1: (most / 2 + most / 6) / 3,
      validity: 5 / 6,
      turns: 2,
    };
    for (const name of MEASURE_NAMES)
      expect({ name, mean: means[name] }).toEqual({
        name,
        mean: expect.closeTo(expected[name], 10) as number,
      });
    expect(measures.score.n).toBe(3);
    expect(measures.validity.n).toBe(6);
  });
});

describe('the average over gyms', () => {
  /** Table 3 of the paper: scores of gyms in the order of `PAPER_TEST_ITEMS`, and the average it prints. */
  const TABLE_3: [string, number[], number][] = [
    ['8B Equalized/R2G', [0.573, 0.1854, 0.4231, 0.1818, 0.5317, 1.8175, 0.561, 0.888], 0.5652],
    ['4B R2G/R2G', [0.4629, 0.1687, 0.3974, 0.1333, 0.5794, 1.5975, 0.4634, 0.864], 0.4895],
    ['GPT-4o', [0.3643, 0.2917, 0.2821, 0.0303, 0.377, 1.8975, 0.8537, 0.88], 0.4449],
    ['Gemini-2.5-Flash', [0.2553, 0.1958, 0.3205, 0.1212, 0.4087, 1.685, 0.6341, 0.928], 0.3973],
  ];
  const order: GymName[] = [
    'travel',
    'turtle',
    'function',
    'tau',
    'persuade',
    'intention',
    'telepathy',
    'search',
  ];
  const row = (gym: string, score: number, tasks: number): EvaluationRow => {
    const estimate = { mean: score, ci95: [score - 0.1, score + 0.1] as const, n: tasks };
    const measures = Object.fromEntries(MEASURE_NAMES.map((name) => [name, estimate])) as Measures;
    return { user: 'plain', gym, player: 'trained', tasks, measures };
  };

  it.each(TABLE_3)('weighs as the paper does: %s', (_, scores, average) => {
    const rows = order.map((gym, i) => row(gym, scores[i]!, 1 + i));
    const paper = averagesOf(rows).find(({ weights }) => weights === 'paper')!;
    expect(Math.abs(paper.measures.userrl_score.mean - average)).toBeLessThan(1e-4);
  });
  it("weighs by tasks played too, which is the paper's average when as many are played", () => {
    const rows = GYM_NAMES.map((gym, i) => row(gym, i / 8, PAPER_TEST_ITEMS[gym]));
    const [tasks, paper] = averagesOf(rows);
    expect([tasks?.weights, paper?.weights]).toEqual(['tasks', 'paper']);
    expect(tasks?.measures.score).toEqual(paper?.measures.score);
    expect(tasks?.tasks).toBe(1010);
    const uneven = averagesOf([row('travel', 0, 30), row('turtle', 1, 10)]);
    expect(uneven.map(({ measures }) => measures.score.mean)).toEqual([0.25, expect.closeTo(48 / 519, 12)]);
  });
  it('is left out over one gym, and as in the paper over a gym that is not in it', () => {
    expect(averagesOf([row('travel', 1, 3)])).toEqual([]);
    expect(averagesOf([row('travel', 1, 3), row('chess', 0, 3)]).map(({ weights }) => weights)).toEqual([
      'tasks',
    ]);
  });
});
