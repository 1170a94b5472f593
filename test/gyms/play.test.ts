import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { intention } from '../../src/gyms/intention';
import { ASPECT_NAMES, questionFor } from '../../src/gyms/intention/aspects';
import { aspectsAskedIn } from '../../src/gyms/intention/match';
import { playDemonstrator } from '../../src/gyms/play';
import { ScriptedUser } from '../../src/users/scripted';
import { USER_STRENGTHS } from '../../src/users/types';
import type { Demonstrator } from '../../src/gyms/types';

const { train, test } = intention.tasks;
const plain = new ScriptedUser('plain');

async function meanFraction(kind: Demonstrator['name'], episodes: number, expertShare?: number) {
  let sum = 0;
  for (let i = 0; i < episodes; i++) {
    const task = train[i % train.length]!;
    const { reward } = await playDemonstrator(intention, task, kind, plain, {
      seed: i,
      maxTurns: 6,
      expertShare,
    });
    sum += reward / intention.maximumReturn(task, 6);
  }
  return sum / episodes;
}

describe('any conversation', () => {
  it('stays within the bounds and ends', () => {
    const content = fc.oneof(
      fc.constantFrom(...ASPECT_NAMES.map(questionFor)),
      fc
        .array(fc.constantFrom<string>(...ASPECT_NAMES), { maxLength: 5 })
        .map((names) => names.join(' and ')),
      fc.string(),
    );
    const call = fc.record({
      choice: fc.constantFrom('action', 'search', 'answer'),
      content,
      heard: fc.boolean(),
    });
    fc.assert(
      fc.property(
        fc.constantFrom(...train, ...test),
        fc.array(call, { minLength: 10, maxLength: 10 }),
        fc.integer({ min: 1, max: 8 }),
        (task, calls, maxTurns) => {
          const episode = intention.reset(task, { seed: 0, maxTurns });
          let sum = 0;
          for (const { heard, ...toolCall } of calls) {
            if (episode.over) break;
            const { reward, terminated, truncated } = episode.act(toolCall, heard);
            expect(reward).toBeGreaterThanOrEqual(0);
            expect(reward).toBeLessThanOrEqual(1);
            expect(terminated || truncated).toBe(episode.over);
            sum += reward;
          }
          expect(episode.over).toBe(true);
          expect(episode.turns).toBeLessThanOrEqual(maxTurns);
          expect(sum).toBeLessThanOrEqual(intention.maximumReturn(task, maxTurns) + 1e-9);
        },
      ),
    );
  });
});

describe('the oracle', () => {
  it.each(USER_STRENGTHS.filter((strength) => strength !== 'noisy'))(
    'reaches the maximum with a %s user',
    async (strength) => {
      const user = new ScriptedUser(strength);
      for (const [i, task] of test.entries()) {
        for (const maxTurns of [1, 3, 6]) {
          const { reward, success } = await playDemonstrator(intention, task, 'oracle', user, {
            seed: i,
            maxTurns,
          });
          expect(reward).toBeCloseTo(intention.maximumReturn(task, maxTurns), 9);
          expect(success).toBe(task.hidden.missing.length <= maxTurns);
        }
      }
    },
  );
  it('asks again when a noisy user misses the question', async () => {
    const user = new ScriptedUser('noisy');
    for (const [i, task] of test.entries()) {
      const { success } = await playDemonstrator(intention, task, 'oracle', user, { seed: i, maxTurns: 40 });
      expect(success).toBe(true);
    }
  });
});

describe('the demonstrators', () => {
  it('score as they should', async () => {
    const random = await meanFraction('random', 1500);
    expect(random).toBeGreaterThan(0.18);
    expect(random).toBeLessThan(0.3);
    const noisy = await meanFraction('noisy', 1500);
    expect(noisy).toBeGreaterThan(random + 0.15);
    expect(noisy).toBeLessThan(0.75);
    expect(await meanFraction('noisy', 300, 1)).toBeCloseTo(1, 9);
  });
  it('play the same for the same seed, and differently for another', async () => {
    for (const kind of ['random', 'noisy', 'oracle'] as const) {
      const play = (seed: number) =>
        Promise.all(
          train.slice(0, 20).map((t) => playDemonstrator(intention, t, kind, plain, { seed, maxTurns: 6 })),
        );
      expect(await play(5)).toEqual(await play(5));
      expect(await play(5)).not.toEqual(await play(6));
    }
  });
  it('hardly ever repeat a question when noisy, never ask what was said, and sometimes give up', async () => {
    let turns = 0,
      repeats = 0,
      stated = 0,
      compounds = 0,
      gaveUp = 0,
      gaveUpAtOnce = 0;
    for (let i = 0; i < 960; i++) {
      const task = train[i % train.length]!;
      const played = await playDemonstrator(intention, task, 'noisy', plain, { seed: i, maxTurns: 6 });
      const asked = new Set<string>();
      played.turns.forEach(({ call }, t) => {
        if (!call) {
          gaveUp += 1;
          gaveUpAtOnce += t === 0 ? 1 : 0;
          return;
        }
        const aspects = aspectsAskedIn(call.content);
        expect(aspects.length).toBeGreaterThan(0);
        turns += 1;
        compounds += aspects.length > 1 ? 1 : 0;
        repeats += aspects.some((a) => asked.has(a)) ? 1 : 0;
        stated += aspects.some((a) => task.hidden.stated.some((d) => d.aspect === a)) ? 1 : 0;
        aspects.forEach((a) => asked.add(a));
      });
    }
    expect(repeats / turns).toBeLessThan(0.02);
    expect(stated).toBe(0);
    expect(compounds / turns).toBeGreaterThan(0.015);
    expect(compounds / turns).toBeLessThan(0.04);
    expect(gaveUp / 960).toBeGreaterThan(0.05);
    expect(gaveUp / 960).toBeLessThan(0.25);
    expect(gaveUpAtOnce).toBe(0);
  });
});
