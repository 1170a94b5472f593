import { describe, expect, it } from 'vitest';
import { GYM_PRESETS, gymsOf, mixtureGym } from '../../src/gyms/mixture';
import { DEFAULT_GYM_OPTIONS, GYM_NAMES, type GymName, type GymOptions } from '../../src/gyms/options';
import { playDemonstrator } from '../../src/gyms/play';
import { findGym, GYMS, openGym } from '../../src/gyms/registry';
import { atDifficulty, gymNameOf, LEVELS } from '../../src/gyms/task-set';
import type { Gym, Operation, Task } from '../../src/gyms/types';
import { Random } from '../../src/random';
import { ScriptedUser } from '../../src/users/scripted';

const open = (gym: Parameters<typeof gymsOf>[0], more: Partial<GymOptions> = {}) =>
  openGym({ gym, ...DEFAULT_GYM_OPTIONS, ...more });
const shares = (tasks: readonly Task[]) => {
  const counts: Record<string, number> = {};
  for (const task of tasks) counts[gymNameOf(task)] = (counts[gymNameOf(task)] ?? 0) + 1;
  return counts;
};
const firstOf = (name: GymName) => findGym(name).gym.tasks.test[0]!;
/** The last judgement of calls made on a gym's first test task. */
const judged = (gym: Gym, choice: Operation, ...contents: readonly string[]) => {
  const episode = gym.reset(gym.tasks.test[0]!, { seed: 1, maxTurns: 8 });
  return contents.map((content) => episode.act({ choice, content })).at(-1)!;
};

describe('the registry', () => {
  it('finds gyms by the name they carry, and names the ones there are', () => {
    for (const name of GYM_NAMES) {
      expect(GYMS[name].gym.name).toBe(name);
      expect(findGym(name)).toBe(GYMS[name]);
    }
    expect(() => findGym('toString')).toThrow(/intention/);
  });

  it('names every task after its gym', () => {
    for (const name of GYM_NAMES) {
      const { train, test } = findGym(name).gym.tasks;
      expect(Object.keys(shares([...train, ...test]))).toEqual([name]);
    }
  });

  it('gives Travel its reward table', () => {
    const maximum = (travelRewards: GymOptions['travelRewards']) =>
      open('travel', { travelRewards }).maximumReturn(firstOf('travel'), 8);
    const all = (['training', 'evaluation', 'library'] as const).map(maximum);
    expect(new Set(all).size).toBe(3);
    expect(maximum('training')).toBe(findGym('travel').gym.maximumReturn(firstOf('travel'), 8));
  });

  it('lets searches of Travel fail or not', () => {
    const fifth = (travelFailures: boolean) =>
      judged(open('travel', { travelFailures }), 'search', 'a', 'a', 'a', 'a', 'a').situation.kind;
    expect([fifth(true), fifth(false)]).toEqual(['backend-down', 'no-match']);
  });

  it('gives Turtle its threshold', () => {
    const close = (turtleThreshold: number) => {
      const gym = open('turtle', { turtleThreshold });
      const facts = gym.reset(firstOf('turtle'), { seed: 1, maxTurns: 8 }).hiddenFacts();
      const heavy = [...facts].sort((a, b) => b.weight - a.weight).slice(0, facts.length - 1);
      return judged(gym, 'answer', heavy.map(({ value }) => value).join(' ')).success;
    };
    expect([close(1), close(0.5)]).toEqual([false, true]);
  });

  it('limits the guesses of Telepathy', () => {
    const wrong = ['it is a paper bus .', 'it is a paper train .'];
    const ends = (telepathyGuesses: number, guesses: readonly string[]) =>
      judged(open('telepathy', { telepathyGuesses }), 'answer', ...guesses).terminated;
    expect(ends(1, wrong.slice(0, 1))).toBe(true);
    expect(ends(2, wrong.slice(0, 1))).toBe(false);
    expect(ends(2, wrong)).toBe(true);
    expect(ends(DEFAULT_GYM_OPTIONS.telepathyGuesses, wrong)).toBe(false);
  });
});

describe('difficulty', () => {
  it.each(GYM_NAMES)('cuts the tasks of %s into three levels', (name) => {
    const { gym } = findGym(name);
    expect(atDifficulty(gym, 'all')).toBe(gym);
    for (const split of ['train', 'test'] as const) {
      const levels = LEVELS.map((level) => open(name, { difficulty: level }).tasks[split]);
      levels.forEach((tasks, i) => {
        expect(tasks.length).toBeGreaterThan(10);
        expect(new Set(tasks.map(({ level }) => level))).toEqual(new Set([LEVELS[i]]));
      });
      expect(new Set(levels.flat())).toEqual(new Set(gym.tasks[split]));
    }
  });
});

describe('a mixture of gyms', () => {
  it('is what the presets say', () => {
    expect(gymsOf('tau')).toEqual({ train: ['tau'], heldOut: [] });
    expect(new Set(gymsOf('all').train)).toEqual(new Set(GYM_NAMES));
    const { train, heldOut } = gymsOf('paper');
    expect(new Set([...train, ...heldOut])).toEqual(new Set(GYM_NAMES));
    expect(open('tau').name).toBe('tau');
    for (const preset of Object.keys(GYM_PRESETS) as (keyof typeof GYM_PRESETS)[])
      expect(open(preset).name).toBe(preset);
  });

  it('never trains on what is held out, and tests on everything', () => {
    const { train, test } = open('paper').tasks;
    expect(Object.keys(shares(train)).sort()).toEqual([...GYM_PRESETS.paper.train].sort());
    expect(Object.keys(shares(test)).sort()).toEqual([...GYM_NAMES].sort());
    for (const task of test) expect(task.split).toBe('test');
  });

  it('draws from every gym alike, and takes turns in order', () => {
    const { train, test } = open('all').tasks;
    expect(new Set(Object.values(shares(train))).size).toBe(1);
    expect(Object.values(shares(test.slice(0, 96)))).toEqual(GYM_NAMES.map(() => 12));
    for (const name of GYM_NAMES) {
      const own = new Set(train.filter((task) => gymNameOf(task) === name));
      expect(own).toEqual(new Set(findGym(name).gym.tasks.train));
    }
    const drawn = (seed: number) => new Random(seed).shuffled(train).slice(0, 800);
    expect(drawn(1)).toEqual(drawn(1));
    for (const count of Object.values(shares(drawn(1)))) expect(Math.abs(count - 100)).toBeLessThan(40);
  });

  it('plays every task as its own gym does', async () => {
    const all = open('all');
    const user = new ScriptedUser('plain');
    for (const name of GYM_NAMES) {
      const { gym } = findGym(name);
      const task = firstOf(name);
      expect(all.maximumReturn(task, 8)).toBe(gym.maximumReturn(task, 8));
      for (const kind of ['random', 'noisy', 'oracle'] as const) {
        const options = { seed: 3, maxTurns: 8 };
        expect(await playDemonstrator(all, task, kind, user, options)).toEqual(
          await playDemonstrator(gym, task, kind, user, options),
        );
      }
    }
    expect(new Set(all.operations)).toEqual(new Set(['action', 'search', 'answer']));
  });

  it('refuses a task of a gym that is not in it', () => {
    const two = mixtureGym('two', [findGym('tau').gym, findGym('travel').gym]);
    expect(() => two.reset(firstOf('search'), { seed: 1, maxTurns: 8 })).toThrow(/search/);
  });
});
