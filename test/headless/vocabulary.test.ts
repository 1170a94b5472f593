/** A shipped tokenizer must know every word of the gyms it was made for: an unknown word cannot be learnt. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { GYM_NAMES } from '../../src/gyms/options';
import { playDemonstrator } from '../../src/gyms/play';
import { GYMS } from '../../src/gyms/registry';
import { tokenizerFile } from '../../src/headless/checkpoints/vocabulary';
import { FAREWELL } from '../../src/policy/dialogue';
import { parseTokenizer, SPECIAL_TOKENS } from '../../src/policy/tokenizer';
import { Random } from '../../src/random';
import { DEFAULT_SETTINGS } from '../../src/runs/settings';
import { observation } from '../../src/training/rollout';
import { unknownWords } from '../../src/training/words';
import { createUser } from '../../src/users/registry';
import { USER_STRENGTHS } from '../../src/users/types';

const models = fileURLToPath(new URL('../../models', import.meta.url));
const file = (checkpoint: string, name: string) => readFileSync(`${models}/${checkpoint}/${name}`, 'utf8');

describe.each(['nano', 'nano-base'])('the tokenizer of %s', (checkpoint) => {
  const tokenizer = parseTokenizer(
    file(checkpoint, 'tokenizer.json'),
    file(checkpoint, 'tokenizer_config.json'),
  );
  const unknownIn = (text: string) =>
    tokenizer.encode(text).includes(tokenizer.special.unknown) ? [text] : [];

  const gyms = GYM_NAMES.filter((name) => unknownWords(tokenizer, GYMS[name].vocabulary()).length === 0);

  it('was made for the gym of the default settings, at least', () => {
    expect(gyms).toContain(DEFAULT_SETTINGS.gym);
  });

  it.each(USER_STRENGTHS)('knows every word of conversations with the %s user', async (userStrength) => {
    const user = createUser({ userStrength });
    const unknown: string[] = [];
    const tasks = gyms.flatMap((name) => {
      const { test, train } = GYMS[name].gym.tasks;
      return [...test, ...train.slice(0, 200)].map((task) => ({ gym: GYMS[name].gym, task }));
    });
    for (const [i, { gym, task }] of tasks.entries()) {
      const played = await playDemonstrator(gym, task, 'noisy', user, {
        seed: i,
        maxTurns: 8,
        expertShare: 0.2,
      });
      unknown.push(...unknownIn(played.opening));
      for (const { call, feedback, reward } of played.turns) {
        unknown.push(
          ...unknownIn(call?.content ?? FAREWELL),
          ...unknownIn(observation(feedback, reward, true)),
        );
      }
    }
    expect(unknown).toEqual([]);
  });

  it('knows every word of the prose', () => {
    const random = new Random(1);
    const prose = gyms.flatMap((name) => Array.from({ length: 500 }, () => GYMS[name].passage(random)));
    expect(prose.flatMap(unknownIn)).toEqual([]);
  });
});

describe('making a tokenizer', () => {
  it('puts the control tokens first and each word once, in order', () => {
    const { json, size } = tokenizerFile(['the date ?', 'The place .']);
    const { model } = JSON.parse(json) as { model: { vocab: Record<string, number> } };
    const special = Object.values(SPECIAL_TOKENS);
    expect(Object.keys(model.vocab)).toEqual([...special, '.', '?', 'date', 'place', 'the']);
    expect(size).toBe(special.length + 5);
    expect(Object.values(model.vocab)).toEqual([...Array(size).keys()]);
  });
});
