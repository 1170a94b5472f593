/** What the checkpoints are made from: every gym, in words that all are in the tokenizer. */
import { describe, expect, it } from 'vitest';
import { GYM_NAMES } from '../../src/gyms/options';
import { GYMS } from '../../src/gyms/registry';
import { conversation, interview, passage, pickGym, sequences } from '../../src/headless/checkpoints/data';
import { RECIPE } from '../../src/headless/checkpoints/recipe';
import { allTexts, tokenizerConfigFile, tokenizerFile } from '../../src/headless/checkpoints/vocabulary';
import { Dialogue } from '../../src/policy/dialogue';
import { parseTokenizer } from '../../src/policy/tokenizer';
import { Random } from '../../src/random';
import { unknownWords } from '../../src/training/words';

const context = RECIPE.config.max_position_embeddings;
const { json, size } = tokenizerFile(allTexts());
const tokenizer = parseTokenizer(json, tokenizerConfigFile(context));
const dialogue = new Dialogue(tokenizer);

describe('the tokenizer of new checkpoints', () => {
  it('knows the words of every gym, and stays small', () => {
    for (const name of GYM_NAMES) expect(unknownWords(tokenizer, GYMS[name].vocabulary())).toEqual([]);
    expect(size).toBeLessThan(700);
  });
});

describe('the data of new checkpoints', () => {
  it('takes gyms as often as the recipe says', () => {
    const random = new Random(1);
    const counts = new Map(GYM_NAMES.map((name) => [name, 0]));
    const draws = 16_000;
    for (let i = 0; i < draws; i++) {
      const name = pickGym(random);
      counts.set(name, counts.get(name)! + 1);
    }
    const total = GYM_NAMES.reduce((sum, name) => sum + RECIPE.gyms[name].weight, 0);
    for (const [name, count] of counts)
      expect(Math.abs(count / draws - RECIPE.gyms[name].weight / total)).toBeLessThan(0.015);
  });

  it.each([
    ['conversations', (seed: number) => conversation(dialogue, RECIPE.coldStart, seed)],
    ['interviews', (seed: number) => interview(dialogue, seed)],
    ['passages', async (seed: number) => passage(dialogue, seed)],
  ])('has %s without an unknown word, no longer than the context', async (_, make) => {
    for (let seed = 0; seed < 400; seed++) {
      const { ids, learnt } = await make(seed);
      expect(ids).not.toContain(tokenizer.special.unknown);
      expect(ids.length).toBeLessThanOrEqual(context);
      expect(learnt.length).toBeGreaterThan(0);
      for (const [from, to] of learnt) {
        expect(from).toBeLessThan(to);
        expect(to).toBeLessThanOrEqual(ids.length);
      }
    }
  });

  it('is the same for the same seed', async () => {
    const one = await sequences(dialogue, RECIPE.base, 5);
    expect(one).toHaveLength(RECIPE.base.batch);
    expect(await sequences(dialogue, RECIPE.base, 5)).toEqual(one);
    expect(await sequences(dialogue, RECIPE.base, 6)).not.toEqual(one);
  });
});
