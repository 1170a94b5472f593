/**
 * Room for words that a policy was never taught: new ids behind the last, new rows of the embedding, which is the
 * output head as well. The rows look like those of words, so that nothing downstream meets numbers it never met,
 * and mean nothing yet; a cold start teaches the adapter what to make of them.
 */
import type { Checkpoint } from './checkpoint';
import { EMBEDDING_NAME } from './config';
import { CheckpointError } from './errors';
import { dequantiseRows, quantiseRows } from './quantise';
import type { StoredTensor, TensorTable } from './safetensors';
import { Random, splitSeed } from '../random';

/** More new words than this and the head would say them more often than the words it knows. */
export const MOST_NEW_WORDS = 400;

/**
 * The same policy with more words. A row is drawn from the run's seed and the word itself, so the same word gets the
 * same row whatever comes along with it. Throws a `CheckpointError` where the words are too many or the tokenizer
 * does not work by words.
 */
export function extendCheckpoint(checkpoint: Checkpoint, words: readonly string[], seed: number): Checkpoint {
  if (words.length === 0) return checkpoint;
  if (words.length > MOST_NEW_WORDS) {
    throw new CheckpointError(
      'checkpoint-unfit',
      `The table has ${words.length} words that the policy "${checkpoint.name}" does not know; at most ${MOST_NEW_WORDS} can be added. Use fewer or shorter names and values.`,
    );
  }
  const { config, tensors } = checkpoint;
  const tokenizer = checkpoint.tokenizer.withWords(words, config.vocab_size);
  const special = new Set(Object.values(tokenizer.special));
  const known = Array.from({ length: checkpoint.tokenizer.size }, (_, id) => id).filter(
    (id) => !special.has(id),
  );
  const extended = withRows(tensors, config.hidden_size, known, words, seed);
  return {
    ...checkpoint,
    config: { ...config, vocab_size: config.vocab_size + words.length },
    tokenizer,
    tensors: extended,
    bytes: checkpoint.bytes + words.length * (config.hidden_size + Float32Array.BYTES_PER_ELEMENT),
  };
}

function withRows(
  tensors: TensorTable,
  width: number,
  known: readonly number[],
  words: readonly string[],
  seed: number,
): TensorTable {
  const stored = tensors.get(EMBEDDING_NAME);
  const scales = tensors.get(`${EMBEDDING_NAME}_scale`);
  // A checkpoint without them is refused, with its reason, where its weights are loaded.
  if (stored?.dtype !== 'I8' || scales?.dtype !== 'F32') return tensors;
  const rows = dequantiseRows({ data: stored.data, scale: scales.data }, width);
  const { mean, deviation } = moments(rows, width, known);
  const drawn = words.flatMap((word) => {
    const random = new Random(splitSeed(seed, 'word', word));
    return Array.from({ length: width }, (_, i) => mean[i]! + deviation[i]! * random.normal());
  });
  const fresh = quantiseRows(Float32Array.from(drawn), words.length, width);
  const before = scales.data.length;
  const data = new Int8Array(stored.data.length + fresh.data.length);
  data.set(stored.data);
  data.set(fresh.data, stored.data.length);
  const scale = new Float32Array(before + words.length);
  scale.set(scales.data);
  scale.set(fresh.scale, before);
  const embedding: StoredTensor = { dtype: 'I8', shape: [before + words.length, width], data };
  return new Map([
    ...tensors,
    [EMBEDDING_NAME, embedding],
    [`${EMBEDDING_NAME}_scale`, { dtype: 'F32', shape: [before + words.length], data: scale }],
  ]);
}

/** Mean and standard deviation of some rows, dimension by dimension. */
function moments(rows: Float32Array, width: number, of: readonly number[]) {
  const mean = new Float64Array(width);
  const deviation = new Float64Array(width);
  for (const row of of) for (let i = 0; i < width; i++) mean[i]! += rows[row * width + i]! / of.length;
  for (const row of of)
    for (let i = 0; i < width; i++) deviation[i]! += (rows[row * width + i]! - mean[i]!) ** 2 / of.length;
  for (let i = 0; i < width; i++) deviation[i] = Math.sqrt(deviation[i]!);
  return { mean, deviation };
}
