/** Tasks drawn anew for the cold start: endless, of the training split, and as the gym's own tasks are. */
import { describe, expect, it } from 'vitest';
import { ruleText } from '../../src/gyms/function/arithmetic';
import { functionGym } from '../../src/gyms/function';
import { RULE_SPLIT } from '../../src/gyms/function/tasks';
import { mixtureGym } from '../../src/gyms/mixture';
import { playDemonstrator } from '../../src/gyms/play';
import { GYMS } from '../../src/gyms/registry';
import { search } from '../../src/gyms/search';
import { SPLIT_OF } from '../../src/gyms/search/world';
import { atDifficulty, gymNameOf, practiceOf } from '../../src/gyms/task-set';
import { tau } from '../../src/gyms/tau';
import { travel } from '../../src/gyms/travel';
import { hiddenKey } from '../../src/gyms/travel/tasks';
import type { Gym, Task } from '../../src/gyms/types';
import { Random } from '../../src/random';
import { createUser } from '../../src/users/registry';

const user = createUser({ userStrength: 'plain' });
const draws = <T extends Task>(gym: Gym<T>, count: number): T[] => {
  const random = new Random(5);
  return Array.from({ length: count }, () => gym.practice!(random).task);
};

describe('practice', () => {
  it.each([
    ['travel', travel],
    ['tau', tau],
    ['function', functionGym],
    ['search', search],
  ] as [string, Gym][])(
    'of %s is new each time, of every level, and can be won by the expert',
    async (name, gym) => {
      const random = new Random(3);
      const seen = new Set<string>();
      for (let i = 0; i < 60; i++) {
        const practice = gym.practice!(random);
        expect(gymNameOf(practice.task)).toBe(name);
        expect(practice.task.split).toBe('train');
        seen.add(JSON.stringify(practice.task.hidden));
        const options = { seed: i, maxTurns: 8 };
        const { reward } = await playDemonstrator(practice.gym, practice.task, 'oracle', user, options);
        expect(reward).toBeCloseTo(practice.gym.maximumReturn(practice.task, 8), 6);
      }
      expect(seen.size).toBeGreaterThan(50);
      expect(new Set(draws(gym, 100).map(({ level }) => level)).size).toBe(3);
    },
  );

  it('is the same for the same seed', () => {
    for (const gym of [travel, tau, functionGym, search] as Gym[])
      expect(draws(gym, 5)).toEqual(draws(gym, 5));
  });

  it('never shows what is kept for the test', () => {
    const wishes = new Set(travel.tasks.test.map(hiddenKey));
    for (const task of draws(travel, 300)) expect(wishes).not.toContain(hiddenKey(task));

    const owners = new Set(tau.tasks.test.flatMap(({ hidden }) => hidden.database.map(({ owner }) => owner)));
    for (const { hidden } of draws(tau, 300))
      for (const { owner } of hidden.database) expect(owners).not.toContain(owner);

    const rules = new Set(RULE_SPLIT.test.map(({ expression }) => ruleText(expression)));
    for (const { hidden } of draws(functionGym, 300))
      expect(rules).not.toContain(ruleText(hidden.rule.expression));

    for (const { hidden } of draws(search, 60))
      for (const { subject } of hidden.chain) expect(SPLIT_OF.get(subject)).toBe('train');
  });

  it('draws the facts of Search anew: what was true in one library is not in the next', () => {
    const told = new Map<string, Set<string>>();
    for (const { hidden } of draws(search, 200))
      for (const { subject, relation, object } of hidden.chain) {
        const key = `${relation} ${subject}`;
        told.set(key, (told.get(key) ?? new Set()).add(object));
      }
    expect([...told.values()].some((objects) => objects.size > 1)).toBe(true);
  });

  it('keeps to a difficulty, and to the gyms a mixture trains on', () => {
    const random = new Random(1);
    const hard = atDifficulty(tau, 'hard');
    for (let i = 0; i < 30; i++) expect(practiceOf(hard, random).task.level).toBe('hard');
    const mixture = mixtureGym('two', [tau, GYMS.turtle.gym], [search]);
    const names = new Set(Array.from({ length: 60 }, () => gymNameOf(practiceOf(mixture, random).task)));
    expect([...names].sort()).toEqual(['tau', 'turtle']);
  });

  it('falls back on the training tasks where a gym draws none', () => {
    const { gym } = GYMS.turtle;
    expect(gym.practice).toBeUndefined();
    expect(gym.tasks.train).toContain(practiceOf(gym, new Random(2)).task);
  });
});
