/** What must hold for every gym, whatever its rules: vocabulary, lengths, bounds, endings, baselines. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { intentionVocabulary } from '../../src/gyms/intention/vocabulary';
import { NUMBER_WORDS } from '../../src/gyms/numbers';
import { playDemonstrator, type Listener } from '../../src/gyms/play';
import type { Gym, Judgement, Situation, Task, ToolCall } from '../../src/gyms/types';
import type { Manner, Wording } from '../../src/gyms/wording';
import { Random, splitSeed } from '../../src/random';

export const MANNERS: readonly Manner[] = ['helpful', 'plain', 'terse', 'noisy'];
/** As many as the shipped policies have. */
export const MAX_TURNS = 8;
const POLICY_WORDS = 15;
const NEW_WORDS = 110;
const KINDS = ['random', 'noisy', 'oracle'] as const;

export const wordCount = (text: string): number => text.split(' ').length;

export interface GymUnderTest<T extends Task, S extends Situation> {
  readonly gym: Gym<T, S>;
  readonly wording: Wording<T>;
  readonly vocabulary: readonly string[];
  /** Endless passages for pre-training. */
  readonly corpus: (seed: number) => Generator<string, never, void>;
  /** Contents of calls that mean something in this gym, for random play. */
  readonly contents: (task: T) => readonly string[];
  readonly replyWords: (situation: S) => number;
  readonly turnBound: (task: T) => number;
}

export function listener<T extends Task, S extends Situation>(
  { wording }: Pick<GymUnderTest<T, S>, 'wording'>,
  manner: Manner,
): Listener {
  return {
    hears: () => true,
    reply: async (requests) =>
      requests.map(({ task, situation, seed }) =>
        wording.word(task as T, situation, manner, new Random(seed)),
      ),
  };
}

export function checkGym<T extends Task, S extends Situation>(under: GymUnderTest<T, S>): void {
  const { gym, wording, contents, turnBound, replyWords } = under;
  const { train, test } = gym.tasks;
  const all = [...train, ...test];
  const known = new Set(under.vocabulary);
  const expectKnown = (text: string): void => {
    expect(text).not.toMatch(/ {2}|^ | $|[A-Z]/);
    const stranger = text.split(' ').find((word) => !known.has(word));
    if (stranger !== undefined) expect.fail(`"${stranger}" in: ${text}`);
  };

  it('adds few words to those of Intention', () => {
    const old = new Set([...intentionVocabulary(), ...NUMBER_WORDS]);
    const added = under.vocabulary.filter((word) => !old.has(word));
    console.log(`${gym.name}: ${added.length} new words`);
    expect(added.length).toBeLessThanOrEqual(NEW_WORDS);
    expect(under.vocabulary.every((word) => /^([a-z]+|\d+|[.,:?])$/.test(word))).toBe(true);
  });

  it('has enough tasks, with ids and levels, in its own words', () => {
    expect(train.length).toBeGreaterThanOrEqual(200);
    expect(test.length).toBeGreaterThanOrEqual(40);
    expect(new Set(all.map(({ id }) => id)).size).toBe(all.length);
    for (const split of ['train', 'test'] as const) {
      expect(new Set(gym.tasks[split].map((task) => task.split))).toEqual(new Set([split]));
      expect(new Set(gym.tasks[split].map(({ level }) => level))).toEqual(
        new Set(['easy', 'normal', 'hard']),
      );
    }
    for (const { opening } of all) {
      expectKnown(opening);
      expect(wordCount(opening)).toBeLessThanOrEqual(24);
    }
  });

  it('has demonstrators and users that are brief, known by word, and the same for the same seed', async () => {
    for (const [i, task] of all.slice(-300).entries()) {
      for (const kind of KINDS) {
        const manner = MANNERS[i % 4]!;
        const play = () =>
          playDemonstrator(gym, task, kind, listener(under, manner), { seed: i, maxTurns: MAX_TURNS });
        const played = await play();
        expect(await play()).toEqual(played);
        for (const { call, feedback } of played.turns) {
          if (!call) continue;
          expectKnown(call.content);
          expectKnown(feedback);
          expect(wordCount(call.content)).toBeLessThanOrEqual(POLICY_WORDS);
        }
      }
    }
  });

  it('lets the random player lose to the noisy one and that to the oracle, which earns the maximum', async () => {
    const means: string[] = [];
    for (const manner of MANNERS) {
      const scores = { random: 0, noisy: 0, oracle: 0 };
      const longest = { random: 0, noisy: 0, oracle: 0 };
      for (const [i, task] of test.entries()) {
        for (const kind of KINDS) {
          const { reward, opening, turns, success } = await playDemonstrator(
            gym,
            task,
            kind,
            listener(under, manner),
            { seed: splitSeed(7, i), maxTurns: MAX_TURNS },
          );
          scores[kind] += reward / test.length;
          const texts = [opening, ...turns.flatMap(({ call, feedback }) => [call?.content ?? '', feedback])];
          longest[kind] = Math.max(longest[kind], wordCount(texts.join(' ')));
          if (kind !== 'oracle') continue;
          expect(reward).toBeCloseTo(gym.maximumReturn(task, MAX_TURNS), 6);
          expect(success).toBe(true);
        }
      }
      const { random, noisy, oracle } = scores;
      means.push(
        `${manner} ${random.toFixed(3)} < ${noisy.toFixed(3)} < ${oracle.toFixed(3)} (words of the longest: noisy ${longest.noisy}, oracle ${longest.oracle})`,
      );
      expect(random).toBeLessThan(noisy);
      expect(noisy).toBeLessThan(oracle);
      expect(longest.oracle).toBeLessThanOrEqual(200);
      expect(longest.noisy).toBeLessThanOrEqual(240);
    }
    console.log(`${gym.name}: ${means.join(', ')}`);
  });

  it('has a noisy player that hardly ever repeats itself, and users whose manners differ', async () => {
    let [calls, repeated] = [0, 0];
    const said = new Map(MANNERS.map((manner) => [manner, new Set<string>()]));
    for (const [i, task] of train.slice(0, 240).entries()) {
      const manner = MANNERS[i % 4]!;
      const options = { seed: splitSeed(3, i), maxTurns: MAX_TURNS };
      const { turns } = await playDemonstrator(gym, task, 'noisy', listener(under, manner), options);
      const texts = turns.flatMap(({ call }) => (call ? [`${call.choice} ${call.content}`] : []));
      calls += texts.length;
      repeated += texts.length - new Set(texts).size;
      for (const { feedback } of turns) said.get(manner)!.add(feedback);
    }
    expect(repeated / calls).toBeLessThan(0.03);
    for (const manner of MANNERS) {
      const others = new Set(MANNERS.filter((m) => m !== manner).flatMap((m) => [...said.get(m)!]));
      expect([...said.get(manner)!].filter((text) => !others.has(text)).length).toBeGreaterThan(5);
    }
  });

  it('lets the oracle recover from a user who misses every other turn', async () => {
    for (const [i, task] of test.entries()) {
      const user: Listener = { ...listener(under, 'plain'), hears: (_call, seed) => seed % 2 === 0 };
      const { success } = await playDemonstrator(gym, task, 'oracle', user, { seed: i, maxTurns: 60 });
      expect(success).toBe(true);
    }
  });

  it('never pays more than the bounds, ends where it says, and refuses to go on', () => {
    const anyTask = fc.integer({ min: 0, max: all.length - 1 }).map((i) => all[i]!);
    const play = anyTask.chain((task) => {
      const content = fc.oneof(
        { weight: 6, arbitrary: fc.constantFrom(...contents(task)) },
        { weight: 1, arbitrary: fc.string() },
      );
      const call = fc.record({
        choice: fc.constantFrom(...(['action', 'search', 'answer'] as const)),
        content,
      });
      return fc.record({
        task: fc.constant(task),
        seed: fc.nat(),
        maxTurns: fc.integer({ min: 1, max: 10 }),
        calls: fc.array(fc.tuple(call, fc.boolean()), { minLength: 10, maxLength: 10 }),
      });
    });
    fc.assert(
      fc.property(play, ({ task, seed, maxTurns, calls }) => {
        const episode = gym.reset(task, { seed, maxTurns });
        let total = 0;
        let last: Judgement<S> | undefined;
        for (const [call, heard] of calls) {
          if (episode.over) break;
          last = episode.act(call, heard);
          total += last.reward;
          expect(last.reward).toBeGreaterThanOrEqual(0);
          expect(last.reward).toBeLessThanOrEqual(turnBound(task) + 1e-9);
          if (!heard) expect(last.reward).toBe(0);
          expect(episode.over).toBe(last.terminated || last.truncated);
          expect(last.terminated && last.truncated).toBe(false);
          if (last.success) expect(last.terminated).toBe(true);
          for (const manner of MANNERS) {
            const reply = wording.word(task, last.situation, manner, new Random(seed));
            expectKnown(reply);
            expect(wordCount(reply)).toBeLessThanOrEqual(replyWords(last.situation));
          }
        }
        expect(total).toBeLessThanOrEqual(gym.maximumReturn(task, maxTurns) + 1e-6);
        expect(episode.over).toBe(true);
        expect(() => episode.act({ choice: 'action', content: '' })).toThrow(/over/);
      }),
      { numRuns: 300 },
    );
  });

  it('weighs its hidden facts to one, and has found them all where the oracle is done', () => {
    for (const task of test) {
      const episode = gym.reset(task, { seed: 1, maxTurns: 60 });
      const sum = episode.hiddenFacts().reduce((total, { weight }) => total + weight, 0);
      expect(sum).toBeCloseTo(1, 6);
      const oracle = gym.demonstrator('oracle', task, episode, { seed: 1 });
      while (!episode.over) {
        const call = oracle.next();
        if (!call) break;
        episode.act(call);
      }
      const missed = episode.hiddenFacts().filter(({ found, weight }) => !found && weight > 0);
      expect(missed).toEqual([]);
    }
  });

  it('writes an endless corpus in its own words, the same for the same seed', () => {
    const first = (seed: number, count: number) => {
      const text = under.corpus(seed);
      return Array.from({ length: count }, () => text.next().value);
    };
    for (const passage of first(1, 2000)) expectKnown(passage);
    expect(first(3, 50)).toEqual(first(3, 50));
    expect(first(3, 50)).not.toEqual(first(4, 50));
  });
}

/** Plays calls written as "search flight for rome" and hands back every judgement. */
export function playByHand<T extends Task, S extends Situation>(
  gym: Gym<T, S>,
  task: T,
  calls: readonly string[],
  maxTurns = MAX_TURNS,
): { judgements: Judgement<S>[]; over: boolean } {
  const episode = gym.reset(task, { seed: 0, maxTurns });
  const judgements = calls.map((line) => {
    const [choice = '', ...words] = line.split(' ');
    return episode.act({ choice: choice as ToolCall['choice'], content: words.join(' ') });
  });
  return { judgements, over: episode.over };
}
