/** Words added to a checkpoint: what is new is drawn, what was there stays. */
import { describe, expect, it } from 'vitest';
import { EMBEDDING_NAME } from '../../src/policy/config';
import { extendCheckpoint, MOST_NEW_WORDS } from '../../src/policy/extend';
import { Policy } from '../../src/policy/policy';
import { dequantiseRows } from '../../src/policy/quantise';
import type { Checkpoint } from '../../src/policy/checkpoint';
import { onDevice } from '../support/device';
import { readTiny } from '../support/fixtures';
import { allLogits } from '../support/policies';

const WORDS = ['zither', 'sackbut', 'theremin'];

function embedding({ tensors, config }: Checkpoint): number[][] {
  const stored = tensors.get(EMBEDDING_NAME);
  const scale = tensors.get(`${EMBEDDING_NAME}_scale`);
  if (stored?.dtype !== 'I8' || scale?.dtype !== 'F32') throw new Error('no embedding');
  const flat = [...dequantiseRows({ data: stored.data, scale: scale.data }, config.hidden_size)];
  return Array.from({ length: config.vocab_size }, (_, row) =>
    flat.slice(row * config.hidden_size, (row + 1) * config.hidden_size),
  );
}

describe('an extended checkpoint', () => {
  onDevice('cpu');

  it('knows the new words, one id each, and the old ones as before', async () => {
    const before = await readTiny();
    const after = extendCheckpoint(before, { words: WORDS, said: [] }, 1);
    const { vocab_size: first } = before.config;
    expect(after.config.vocab_size).toBe(first + 3);
    expect(after.tokenizer.encode(WORDS.join(' '))).toEqual([first, first + 1, first + 2]);
    expect(after.tokenizer.decode([first + 2, first])).toBe('theremin zither');
    expect(after.tokenizer.special).toEqual(before.tokenizer.special);
    for (let id = 0; id < before.tokenizer.size; id++)
      expect(after.tokenizer.token(id)).toBe(before.tokenizer.token(id));
    expect(before.tokenizer.encode('zither')).toEqual([before.tokenizer.special.unknown]);
  });

  it('has the same rows for the same seed, others for another, whatever words come along', async () => {
    const tiny = await readTiny();
    const { vocab_size: first } = tiny.config;
    const rows = (seed: number, words = WORDS) =>
      embedding(extendCheckpoint(tiny, { words, said: [] }, seed)).slice(first);
    expect(rows(1)).toEqual(rows(1));
    expect(rows(1)).not.toEqual(rows(2));
    expect(rows(1, ['theremin', 'zither'])).toEqual([rows(1)[2], rows(1)[0]]);
  });

  it('gives every old token the logit it had', async () => {
    const tiny = await readTiny();
    const longer = extendCheckpoint(tiny, { words: WORDS, said: [] }, 1);
    const [before, after] = [tiny, longer].map((one) => new Policy(one, { rank: 2, alpha: 4 }, 5));
    const ids = Array.from({ length: 12 }, (_, i) => i % tiny.tokenizer.size);
    const [old] = await allLogits(before!, before!.adapter, [ids]);
    const [now] = await allLogits(after!, after!.adapter, [ids]);
    old!.forEach((logits, at) => {
      expect(now![at]!.length).toBe(logits.length + WORDS.length);
      logits.forEach((logit, id) => expect(now![at]![id]).toBeCloseTo(logit, 5));
    });
    before!.dispose();
    after!.dispose();
  });

  it('draws rows that look like those of words', async () => {
    const tiny = await readTiny();
    const { vocab_size: first, hidden_size: width } = tiny.config;
    const many = Array.from({ length: 400 }, (_, i) => `w${i}`);
    const rows = embedding(extendCheckpoint(tiny, { words: many, said: [] }, 3));
    const special = new Set(Object.values(tiny.tokenizer.special));
    const trained = rows.slice(0, tiny.tokenizer.size).filter((_, id) => !special.has(id));
    const moments = (of: readonly number[][], i: number) => {
      const mean = of.reduce((sum, row) => sum + row[i]!, 0) / of.length;
      return {
        mean,
        deviation: Math.sqrt(of.reduce((sum, row) => sum + (row[i]! - mean) ** 2, 0) / of.length),
      };
    };
    for (let i = 0; i < width; i++) {
      const [was, is] = [moments(trained, i), moments(rows.slice(first), i)];
      // Four standard errors of 400 draws, and what rounding to int8 adds.
      expect(Math.abs(is.mean - was.mean)).toBeLessThan(0.25 * was.deviation + 0.01);
      expect(is.deviation / was.deviation).toBeGreaterThan(0.8);
      expect(is.deviation / was.deviation).toBeLessThan(1.2);
    }
  });

  it('redraws tokens that will be said and cannot be told from others, and no other row', async () => {
    const tiny = await readTiny();
    const stored = tiny.tensors.get(EMBEDDING_NAME)!;
    const { hidden_size: width } = tiny.config;
    const data = Int8Array.from(stored.data as Int8Array);
    // Two tokens that training left in one place.
    const [one, other] = [tiny.tokenizer.special.answer, tiny.tokenizer.special.search];
    data.copyWithin(other * width, one * width, (one + 1) * width);
    const untaught = {
      ...tiny,
      tensors: new Map([...tiny.tensors, [EMBEDDING_NAME, { ...stored, data } as typeof stored]]),
    };
    const rows = embedding(untaught);
    const redrawn = embedding(extendCheckpoint(untaught, { words: [], said: [one, 10] }, 1));
    expect(redrawn[one]).not.toEqual(rows[one]);
    rows.forEach((row, id) => id !== one && expect(redrawn[id]).toEqual(row));
    expect(extendCheckpoint(untaught, { words: [], said: [10] }, 1)).toBe(untaught);
  });

  it('refuses more words than can be taught, and says what to do', async () => {
    const words = Array.from({ length: MOST_NEW_WORDS + 1 }, (_, i) => `w${i}`);
    const tiny = await readTiny();
    expect(() => extendCheckpoint(tiny, { words, said: [] }, 1)).toThrow(/401 words.*at most 400.*Use fewer/);
  });
});
