/** The shipped tokenizer must know every word of the world it was made for: an unknown word cannot be learnt. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { passage } from '../../src/gyms/intention/corpus';
import { playDemonstrator } from '../../src/gyms/play';
import { findGym } from '../../src/gyms/registry';
import { tokenizerFile } from '../../src/headless/checkpoints/vocabulary';
import { FAREWELL } from '../../src/policy/dialogue';
import { parseTokenizer, SPECIAL_TOKENS } from '../../src/policy/tokenizer';
import { Random } from '../../src/random';
import { observation } from '../../src/training/rollout';
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

  it.each(USER_STRENGTHS)('knows every word of conversations with the %s user', async (userStrength) => {
    const { gym } = findGym('intention');
    const user = createUser({ userStrength });
    const unknown: string[] = [];
    for (const [i, task] of [...gym.tasks.test, ...gym.tasks.train.slice(0, 200)].entries()) {
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
    expect(Array.from({ length: 500 }, () => passage(random)).flatMap(unknownIn)).toEqual([]);
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
