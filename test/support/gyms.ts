/** What every gym must hold to, as tests a gym's own file runs over it. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { playDemonstrator, type Listener, type PlayOptions, type Transcript } from '../../src/gyms/play';
import { intentionVocabulary } from '../../src/gyms/intention/vocabulary';
import { Random } from '../../src/random';
import { NOISY_MISS_SHARE } from '../../src/users/scripted';
import type { Demonstrator, Gym, Situation, Task, ToolCall } from '../../src/gyms/types';
import type { Manner, Wording } from '../../src/gyms/wording';

export const MANNERS: readonly Manner[] = ['helpful', 'plain', 'terse', 'noisy'];

/** A scripted user of one gym, without the registry. */
export function wordedUser(wording: Wording, manner: Manner): Listener {
  return {
    hears: (_call, seed) => manner !== 'noisy' || new Random(seed).next() >= NOISY_MISS_SHARE,
    reply: async (requests) =>
      requests.map(({ task, situation, seed }) => wording.word(task, situation, manner, new Random(seed))),
  };
}

export interface GymUnderTest<T extends Task, S extends Situation> {
  readonly gym: Gym<T, S>;
  readonly wording: Wording<T, S>;
  readonly vocabulary: readonly string[];
  /** First sentences of the corpus for a seed. */
  readonly corpus: (seed: number) => Generator<string, never, void>;
  /** What may be said in this gym, sensible or not. */
  readonly contents: fc.Arbitrary<string>;
  /** What it makes sense to say again, since the answer changes. */
  readonly repeatable?: readonly string[];
  /** Turns within which the oracle reaches the maximum on every test task, looking at nothing hidden. */
  readonly oracleTurns: number;
  /** Words beyond those of Intention, numbers apart; written down so that growth is noticed. */
  readonly newWords: number;
}

const count = (text: string) => text.split(' ').length;
/** As `policy/dialogue.ts` spells it: <bos>; a turn of the policy and a reply have markers around them. */
const tokens = ({ opening, turns }: Transcript) =>
  1 +
  count(opening) +
  3 +
  turns.reduce((sum, t) => sum + count(t.call?.content ?? '') + count(t.feedback) + 5, 0);

export function holdsAsEveryGym<T extends Task, S extends Situation>(under: GymUnderTest<T, S>): void {
  const { gym, wording, contents } = under;
  const vocabulary = new Set(under.vocabulary);
  const { train, test } = gym.tasks;
  const play = (
    task: T,
    kind: Demonstrator['name'],
    manner: Manner,
    options: Partial<PlayOptions> & { readonly seed: number },
  ) => playDemonstrator(gym, task, kind, wordedUser(wording, manner), { maxTurns: 8, ...options });

  describe('as every gym', () => {
    const call = fc.record({
      choice: fc.constantFrom('action' as const, 'search' as const, 'answer' as const),
      content: fc.oneof({ weight: 4, arbitrary: contents }, { weight: 1, arbitrary: fc.string() }),
      heard: fc.boolean(),
    });

    it('stays within the bounds in any conversation, ends in time and refuses to go on', () => {
      fc.assert(
        fc.property(
          fc.constantFrom(...train.slice(0, 60), ...test.slice(0, 60)),
          fc.array(call, { minLength: 17, maxLength: 17 }),
          fc.integer({ min: 1, max: 16 }),
          (task, calls, maxTurns) => {
            const episode = gym.reset(task, { seed: 0, maxTurns });
            let sum = 0;
            for (const { heard, ...toolCall } of calls) {
              if (episode.over) break;
              const judgement = episode.act(toolCall, heard);
              expect(judgement.reward).toBeGreaterThanOrEqual(0);
              expect(judgement.reward).toBeLessThanOrEqual(1);
              if (!heard) expect(judgement).toMatchObject({ reward: 0, success: false });
              expect(judgement.terminated && judgement.truncated).toBe(false);
              expect(judgement.terminated || judgement.truncated).toBe(episode.over);
              expect(judgement.events.length).toBeGreaterThan(0);
              sum += judgement.reward;
            }
            expect(episode.over).toBe(true);
            expect(episode.turns).toBeLessThanOrEqual(maxTurns);
            expect(sum).toBeLessThanOrEqual(gym.maximumReturn(task, maxTurns) + 1e-9);
            expect(() => episode.act({ choice: 'action', content: 'hello' })).toThrow(/over/);
          },
        ),
      );
    });

    it('has at least 200 training and 40 test tasks of three levels, each with its own name', () => {
      expect(train.length).toBeGreaterThanOrEqual(200);
      expect(test.length).toBeGreaterThanOrEqual(40);
      const all = [...train, ...test];
      expect(new Set(all.map((task) => task.id)).size).toBe(all.length);
      for (const split of ['train', 'test'] as const) {
        expect(gym.tasks[split].every((task) => task.split === split)).toBe(true);
        for (const level of ['easy', 'normal', 'hard'])
          expect(gym.tasks[split].filter((task) => task.level === level).length).toBeGreaterThan(10);
      }
    });

    it('speaks a small vocabulary', () => {
      const known = new Set(intentionVocabulary());
      const numbers = under.vocabulary.filter((word) => /^\d+$/.test(word));
      const fresh = under.vocabulary.filter((word) => !known.has(word) && !/^\d+$/.test(word));
      console.log(
        `${gym.name}: ${vocabulary.size} words, ${fresh.length} new beyond Intention (+ ${numbers.length} numbers)`,
      );
      expect(fresh.length).toBe(under.newWords);
      expect(fresh.length).toBeLessThanOrEqual(110);
      expect(under.vocabulary.every((word) => /^([a-z]+|\d+|[.,:?+*/^()-])$/.test(word))).toBe(true);
    });

    it('says nothing outside its vocabulary and keeps within the lengths', async () => {
      const check = (text: string, limit: number) => {
        expect(count(text)).toBeLessThanOrEqual(limit);
        for (const word of text.split(' ')) if (!vocabulary.has(word)) expect.fail(`"${word}" in: ${text}`);
      };
      let longest = 0;
      let sum = 0;
      let conversations = 0;
      for (const manner of MANNERS) {
        for (const kind of ['random', 'noisy', 'oracle'] as const) {
          for (const [i, task] of [...test.slice(0, 50), ...train.slice(0, 50)].entries()) {
            const played = await play(task, kind, manner, { seed: i });
            check(played.opening, 40);
            for (const turn of played.turns) {
              if (!turn.call) continue;
              check(turn.call.content, 15);
              check(turn.feedback, 18);
            }
            longest = Math.max(longest, tokens(played));
            sum += tokens(played);
            conversations += 1;
          }
        }
      }
      console.log(
        `${gym.name}: conversations of ${(sum / conversations).toFixed(0)} tokens, at most ${longest}`,
      );
      expect(longest).toBeLessThanOrEqual(240);
      const text = under.corpus(1);
      for (let i = 0; i < 2000; i++) check(text.next().value, 60);
    });

    it('plays and writes the same for the same seed, and differently for another', async () => {
      const lines = (seed: number) => {
        const text = under.corpus(seed);
        return Array.from({ length: 50 }, () => text.next().value);
      };
      expect(lines(3)).toEqual(lines(3));
      expect(lines(3)).not.toEqual(lines(4));
      for (const kind of ['random', 'noisy'] as const) {
        const some = (seed: number) =>
          Promise.all(train.slice(0, 20).map((t) => play(t, kind, 'plain', { seed })));
        expect(await some(5)).toEqual(await some(5));
        expect(await some(5)).not.toEqual(await some(6));
      }
    });

    it('has wordings of real variety', async () => {
      for (const manner of MANNERS) {
        const replies = new Set<string>();
        for (const [i, task] of train.slice(0, 60).entries()) {
          const played = await play(task, 'noisy', manner, { seed: i });
          for (const turn of played.turns) replies.add(turn.feedback);
        }
        expect(replies.size).toBeGreaterThan(30);
      }
    });

    it.each(['helpful', 'plain', 'terse'] as const)(
      'the oracle reaches the maximum on every test task with a %s user',
      async (manner) => {
        for (const [i, task] of test.entries()) {
          const played = await play(task, 'oracle', manner, { seed: i, maxTurns: under.oracleTurns });
          if (!played.success) expect.fail(`${task.id}: ${JSON.stringify(played)}`);
          expect(played.reward).toBeCloseTo(gym.maximumReturn(task, under.oracleTurns), 9);
        }
      },
    );

    it('the oracle gets through to a noisy user in the end', async () => {
      for (const [i, task] of test.entries()) {
        const { success } = await play(task, 'oracle', 'noisy', { seed: i, maxTurns: 60 });
        expect(success).toBe(true);
      }
    });

    it('random plays worse than noisy, and noisy worse than the oracle', async () => {
      const mean = async (kind: Demonstrator['name'], expertShare?: number) => {
        let reward = 0;
        for (let round = 0; round < 3; round++) {
          for (const [i, task] of test.entries()) {
            const played = await play(task, kind, 'plain', { seed: 1000 * round + i, expertShare });
            reward += played.reward;
          }
        }
        return reward / (3 * test.length);
      };
      const means = {
        random: await mean('random'),
        'noisy .16': await mean('noisy', 0.16),
        noisy: await mean('noisy'),
        oracle: await mean('oracle'),
      };
      const printed = Object.entries(means).map(([name, value]) => `${name} ${value.toFixed(3)}`);
      console.log(`${gym.name}, test split, 8 turns: ${printed.join(', ')}`);
      expect(means.random).toBeLessThan(means['noisy .16']);
      expect(means['noisy .16']).toBeLessThan(means.noisy);
      expect(means.noisy).toBeLessThan(means.oracle - 0.05);
      expect(await mean('noisy', 1)).toBeCloseTo(means.oracle, 2);
    });

    it('the noisy player never repeats what was understood, and sometimes gives up', async () => {
      let gaveUp = 0;
      let repeated = 0;
      let turns = 0;
      for (const [i, task] of train.slice(0, 200).entries()) {
        const played = await play(task, 'noisy', 'plain', { seed: i });
        const said = new Set<string>();
        for (const { call } of played.turns as readonly { readonly call: ToolCall | null }[]) {
          if (!call) gaveUp += 1;
          else {
            const key = `${call.choice} ${call.content}`;
            turns += 1;
            repeated += said.has(key) && !under.repeatable?.includes(call.content) ? 1 : 0;
            said.add(key);
          }
        }
      }
      expect(repeated / turns).toBeLessThan(0.001);
      expect(gaveUp).toBeGreaterThan(4);
      expect(gaveUp).toBeLessThan(80);
    });
  });
}
