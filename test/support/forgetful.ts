/** A checkpoint whose tokenizer has lost a word. */
import type { ReadFile } from '../../src/policy/checkpoint';

export const forgetful =
  (read: ReadFile, word: string): ReadFile =>
  async (file) => {
    const bytes = await read(file);
    if (file !== 'tokenizer.json') return bytes;
    const text = new TextDecoder().decode(bytes).replace(JSON.stringify(word), '"igloo"');
    return new TextEncoder().encode(text).buffer;
  };
