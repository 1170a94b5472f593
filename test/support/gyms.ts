/** What must hold for every gym, whatever its rules; a gym's own test file runs it. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JudgedTurn } from '../../src/gyms/episode';
import { eventsIn } from '../../src/gyms/events';
import type { GymSetting } from '../../src/gyms/mixture';
import type { GymName } from '../../src/gyms/options';
import { playDemonstrator, type Listener, type PlayOptions, type Transcript } from '../../src/gyms/play';
import { GYMS, wordingOf } from '../../src/gyms/registry';
import { LEVELS } from '../../src/gyms/task-set';
import type { Demonstrator, Gym, GymEvent, Judgement, Situation, Task, ToolCall } from '../../src/gyms/types';
import type { Manner } from '../../src/gyms/wording';
import { RECIPE } from '../../src/headless/checkpoints/recipe';
import { Random, splitSeed } from '../../src/random';
import { MAX_NEW_TOKENS } from '../../src/training/grpo';
import { ScriptedUser } from '../../src/users/scripted';

export const MANNERS: readonly Manner[] = ['helpful', 'plain', 'terse', 'noisy'];
const KINDS = ['random', 'noisy', 'oracle'] as const;
const { maxTurns: MAX_TURNS } = RECIPE;
const CONTEXT = RECIPE.config.max_position_embeddings;
const OPENING_WORDS = 28;
/** A turn of the policy is its operation, its words and an end. */
const CALL_WORDS = MAX_NEW_TOKENS - 2;
const PASSAGE_WORDS = 110;
/** A vocabulary is a part of a small model, and shared: no gym may take much of it for itself alone. */
const NEW_WORDS = 110;

export const wordCount = (text: string): number => text.split(' ').length;

/** The passages that a base reads about a gym. */
export function corpusOf(name: GymName, seed: number, count: number): string[] {
  return Array.from({ length: count }, (_, i) => GYMS[name].passage(new Random(splitSeed(seed, i))));
}

/** Ids that the policy has before it and writes, as `policy/dialogue.ts` spells them; `shown` rewards take four each. */
function tokens({ opening, turns }: Transcript, shown: boolean): number {
  const said = turns.map(({ call, feedback }) => {
    const reply = call ? 3 + wordCount(feedback) + (shown ? 4 : 0) : 0;
    return { turn: call ? 2 + wordCount(call.content) : MAX_NEW_TOKENS, reply };
  });
  const before = said.slice(0, -1).reduce((sum, { turn, reply }) => sum + turn + reply, 0);
  return 4 + wordCount(opening) + before + MAX_NEW_TOKENS;
}

export interface GymUnderTest<T extends Task, S extends Situation> {
  readonly gym: Gym<T, S>;
  /** What it makes sense to say in a task, and some nonsense. */
  readonly contents: (task: T) => fc.Arbitrary<string>;
  /** What it makes sense to say again, since the answer changes. */
  readonly repeatable?: readonly string[];
  /**
   * What no reply may contain yet: everything hidden that was neither told by the rules nor said by the policy in
   * these turns, all of them heard. Asked about the openings as well, with no turns.
   */
  readonly secrets: (task: T, turns: readonly JudgedTurn<S>[]) => readonly string[];
  /** Longest reply in words; 18 where it is left out. */
  readonly replyWords?: (situation: S) => number;
  /** Most that one turn may pay; 1 where it is left out. */
  readonly turnBound?: (task: T) => number;
  /** Words beyond those of Intention, numbers apart; written down so that growth is noticed. */
  readonly newWords: number;
  /** Every word of a gym that is not in the registry, since it is made from a table. */
  readonly ownWords?: readonly string[];
}

export function holdsAsEveryGym<T extends Task, S extends Situation>(under: GymUnderTest<T, S>): void {
  const { gym, contents, secrets, replyWords = () => 18, turnBound = () => 1, repeatable = [] } = under;
  // A gym that brings its own words is in no registry, and nothing is written about it.
  const registered = under.ownWords ? undefined : GYMS[gym.name as GymName];
  const wording = wordingOf(gym.name);
  const words = under.ownWords ?? registered?.vocabulary() ?? [];
  const passages = (seed: number, count: number) =>
    registered ? corpusOf(gym.name as GymName, seed, count) : [];
  const published = new Set(Object.keys(eventsIn(gym.name as GymSetting)));
  const known = new Set(words);
  const { train, test } = gym.tasks;
  const all = [...train, ...test];
  const play = (
    task: T,
    kind: Demonstrator['name'],
    user: Listener,
    options: Partial<PlayOptions> & { readonly seed: number },
  ) => playDemonstrator(gym, task, kind, user, { maxTurns: MAX_TURNS, ...options });
  const scripted = (manner: Manner) => new ScriptedUser(manner);
  const expectSaid = (text: string, limit: number): void => {
    const stranger = text.split(' ').find((word) => !known.has(word));
    if (stranger !== undefined) expect.fail(`"${stranger}" in: ${text}`);
    if (wordCount(text) > limit) expect.fail(`${wordCount(text)} words, not ${limit}: ${text}`);
  };
  const expectPublished = (events: readonly GymEvent[]): void => {
    const stranger = events.find((event) => !published.has(event.name));
    if (stranger) expect.fail(`${gym.name} does not publish "${stranger.name}"`);
  };
  const expectKept = (text: string, hidden: readonly string[]): void => {
    const told = hidden.find((secret) => ` ${text} `.includes(` ${secret} `));
    if (told !== undefined) expect.fail(`"${told}" is told too early: ${text}`);
  };

  describe('as every gym', () => {
    if (registered)
      it('is the one in the registry', () => {
        expect(registered.gym.tasks.test).toEqual(gym.tasks.test);
        expect(registered.gym.operations).toEqual(gym.operations);
      });

    it('stays within the bounds in any conversation, keeps its secrets, ends in time and refuses to go on', () => {
      const choice = fc.constantFrom('action' as const, 'search' as const, 'answer' as const);
      const conversation = fc.nat(all.length - 1).chain((i) => {
        const content = fc.oneof(
          { weight: 5, arbitrary: contents(all[i]!) },
          { weight: 1, arbitrary: fc.string() },
        );
        return fc.record({
          task: fc.constant(all[i]!),
          seed: fc.nat(),
          maxTurns: fc.integer({ min: 1, max: 16 }),
          calls: fc.array(fc.record({ choice, content, heard: fc.boolean() }), {
            minLength: 17,
            maxLength: 17,
          }),
        });
      });
      fc.assert(
        fc.property(conversation, ({ task, seed, maxTurns, calls }) => {
          const episode = gym.reset(task, { seed, maxTurns });
          const again = gym.reset(task, { seed, maxTurns });
          const turns: JudgedTurn<S>[] = [];
          let sum = 0;
          for (const { heard, ...call } of calls) {
            if (episode.over) break;
            const before = episode.hiddenFacts();
            const judgement = episode.act(call, heard);
            expect(again.act(call, heard)).toEqual(judgement);
            if (heard) turns.push({ call, judgement });
            else expect(episode.hiddenFacts()).toEqual(before);
            const { reward, terminated, truncated, success, situation, events } = judgement;
            expect(reward).toBeGreaterThanOrEqual(0);
            expect(reward).toBeLessThanOrEqual(turnBound(task) + 1e-9);
            if (!heard) expect(judgement).toMatchObject({ reward: 0, terminated: false, success: false });
            if (success) expect(terminated).toBe(true);
            expect(terminated && truncated).toBe(false);
            expect(terminated || truncated).toBe(episode.over);
            expect(events.length).toBeGreaterThan(0);
            expectPublished(events);
            const hidden = secrets(task, turns);
            for (const manner of MANNERS) {
              const reply = wording.word(task, situation, manner, new Random(splitSeed(seed, turns.length)));
              expectSaid(reply, replyWords(situation));
              expectKept(reply, hidden);
            }
            sum += reward;
          }
          expect(episode.over).toBe(true);
          expect(episode.turns).toBeLessThanOrEqual(maxTurns);
          expect(sum).toBeLessThanOrEqual(gym.maximumReturn(task, maxTurns) + 1e-6);
          expect(() => episode.act({ choice: 'action', content: 'hello' })).toThrow(/over/);
        }),
        { numRuns: 200 },
      );
    });

    it('has at least 200 training and 40 test tasks of three levels, each with its own name', () => {
      expect(train.length).toBeGreaterThanOrEqual(200);
      expect(test.length).toBeGreaterThanOrEqual(40);
      expect(new Set(all.map((task) => task.id)).size).toBe(all.length);
      for (const split of ['train', 'test'] as const) {
        expect(gym.tasks[split].every((task) => task.split === split)).toBe(true);
        for (const level of LEVELS)
          expect(gym.tasks[split].filter((task) => task.level === level).length).toBeGreaterThan(10);
      }
      for (const task of all) {
        expectSaid(task.opening, OPENING_WORDS);
        expectKept(task.opening, secrets(task, []));
      }
    });

    it('speaks a small vocabulary', () => {
      const old = new Set(GYMS.intention.vocabulary());
      const fresh = words.filter((word) => !old.has(word) && !/^\d+$/.test(word));
      expect(fresh.length).toBe(under.newWords);
      expect(fresh.length).toBeLessThanOrEqual(NEW_WORDS);
      for (const word of words) expect(word).toMatch(/^([a-z]+|\d+|[.,:?+*/^()-])$/);
    });

    it('says nothing outside its vocabulary, keeps within the lengths, and fits the context', async () => {
      let longest = 0;
      for (const manner of MANNERS) {
        for (const kind of KINDS) {
          for (const [i, task] of [...test.slice(0, 40), ...train.slice(0, 40)].entries()) {
            const played = await play(task, kind, scripted(manner), { seed: i });
            for (const { call, events } of played.turns) {
              expectPublished(events);
              if (!call) continue;
              expectSaid(call.content, CALL_WORDS);
              expect(gym.operations).toContain(call.choice);
            }
            longest = Math.max(longest, tokens(played, true));
          }
        }
      }
      expect(longest).toBeLessThanOrEqual(CONTEXT);
      for (const passage of passages(1, 2000)) expectSaid(passage, PASSAGE_WORDS);
    });

    it('plays and writes the same for the same seed, and differently for another', async () => {
      expect(passages(3, 50)).toEqual(passages(3, 50));
      if (registered) expect(passages(3, 50)).not.toEqual(passages(4, 50));
      for (const kind of ['random', 'noisy'] as const) {
        const some = (seed: number) =>
          Promise.all(train.slice(0, 20).map((t) => play(t, kind, scripted('noisy'), { seed })));
        expect(await some(5)).toEqual(await some(5));
        expect(await some(5)).not.toEqual(await some(6));
      }
    });

    it('has wordings of real variety, and users whose manners differ', async () => {
      const said = new Map(MANNERS.map((manner) => [manner, new Set<string>()]));
      for (const manner of MANNERS) {
        for (const [i, task] of train.slice(0, 60).entries()) {
          const { turns } = await play(task, 'noisy', scripted(manner), { seed: i });
          for (const { feedback } of turns) said.get(manner)!.add(feedback);
        }
        expect(said.get(manner)!.size).toBeGreaterThan(30);
      }
      for (const manner of MANNERS) {
        const others = new Set(MANNERS.filter((m) => m !== manner).flatMap((m) => [...said.get(m)!]));
        expect([...said.get(manner)!].filter((text) => !others.has(text)).length).toBeGreaterThan(1);
      }
    });

    it('has a plain user who says more than the terse one, and a helpful one who says more still', async () => {
      const words = async (manner: Manner): Promise<number> => {
        const played = await Promise.all(
          train.slice(0, 60).map((task, i) => play(task, 'noisy', scripted(manner), { seed: i })),
        );
        const replies = played.flatMap(({ turns }) =>
          turns.flatMap(({ call, feedback }) => (call ? [feedback] : [])),
        );
        return replies.reduce((sum, reply) => sum + wordCount(reply), 0) / replies.length;
      };
      const [helpful, plain, terse] = [await words('helpful'), await words('plain'), await words('terse')];
      expect(terse).toBeLessThan(plain);
      expect(helpful).toBeGreaterThan(plain);
      expect(terse).toBeLessThan(helpful);
    });

    it.each(['helpful', 'plain', 'terse'] as const)(
      'the oracle reaches the maximum on every test task with a %s user',
      async (manner) => {
        for (const [i, task] of test.entries()) {
          const played = await play(task, 'oracle', scripted(manner), { seed: i });
          if (!played.success) expect.fail(`${task.id}: ${JSON.stringify(played)}`);
          expect(played.reward).toBeCloseTo(gym.maximumReturn(task, MAX_TURNS), 6);
        }
      },
    );

    it('the oracle gets through in the end to a user who is noisy and misses every other turn', async () => {
      const user: Listener = {
        hears: (_call, seed) => seed % 2 === 0,
        reply: (requests) => scripted('noisy').reply(requests),
      };
      for (const [i, task] of test.entries()) {
        const { success } = await play(task, 'oracle', user, { seed: i, maxTurns: 60 });
        expect(success).toBe(true);
      }
    });

    it('random plays worse than noisy, and noisy worse than the oracle', async () => {
      const some = test.slice(0, 60);
      const mean = async (kind: Demonstrator['name'], expertShare?: number) => {
        let score = 0;
        for (let round = 0; round < 3; round++) {
          for (const [i, task] of some.entries()) {
            const seed = 1000 * round + i;
            const { reward } = await play(task, kind, scripted('plain'), { seed, expertShare });
            score += reward / gym.maximumReturn(task, MAX_TURNS);
          }
        }
        return score / (3 * some.length);
      };
      const oracle = await mean('oracle');
      const [random, little, noisy] = [await mean('random'), await mean('noisy', 0.16), await mean('noisy')];
      expect(random).toBeLessThan(little);
      expect(little).toBeLessThan(noisy);
      expect(noisy).toBeLessThan(oracle - 0.05);
      expect(await mean('noisy', 1)).toBeCloseTo(oracle, 2);
    });

    it('the noisy player hardly ever repeats what was understood, and sometimes gives up', async () => {
      let [turns, repeated, gaveUp] = [0, 0, 0];
      for (const [i, task] of train.slice(0, 200).entries()) {
        const played = await play(task, 'noisy', scripted('plain'), { seed: i });
        const said = new Set<string>();
        for (const { call } of played.turns) {
          if (!call) {
            gaveUp += 1;
            continue;
          }
          const key = `${call.choice} ${call.content}`;
          turns += 1;
          repeated += said.has(key) && !repeatable.includes(call.content) ? 1 : 0;
          said.add(key);
        }
      }
      expect(repeated / turns).toBeLessThan(0.02);
      expect(gaveUp).toBeGreaterThan(4);
      expect(gaveUp).toBeLessThan(80);
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
        expect(episode.hiddenFacts().filter(({ found, weight }) => !found && weight > 0)).toEqual([]);
      }
    });
  });
}

/** Plays calls written as "search flight for rome" and hands back every judgement. */
export function playByHand<T extends Task, S extends Situation>(
  gym: Gym<T, S>,
  task: T,
  calls: readonly string[],
  maxTurns: number = MAX_TURNS,
): { judgements: Judgement<S>[]; over: boolean } {
  const episode = gym.reset(task, { seed: 0, maxTurns });
  const judgements = calls.map((line) => {
    const [choice = '', ...words] = line.split(' ');
    return episode.act({ choice: choice as ToolCall['choice'], content: words.join(' ') });
  });
  return { judgements, over: episode.over };
}
