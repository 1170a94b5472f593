/**
 * Room for words that a policy was never taught: new ids behind the last, new rows of the embedding, which is the
 * output head as well. The rows look like those of words, so that nothing downstream meets numbers it never met,
 * and mean nothing yet; a cold start teaches the adapter what to make of them.
 *
 * A checkpoint may also have tokens that nobody ever said while it was made. Training has pushed the rows of all of
 * these to one and the same place, where no adapter can tell them apart; those that will be said get new rows too.
 */
import { Random, splitSeed } from '../random';
import type { Checkpoint } from './checkpoint';
import { EMBEDDING_NAME } from './config';
import { CheckpointError } from './errors';
import { dequantiseRows, quantiseRows } from './quantise';
import type { TensorTable } from './safetensors';

/** More new words than this and the head would say them more often than the words it knows. */
export const MOST_NEW_WORDS = 400;
/**
 * Cosine from which two rows are as good as one. In the checkpoints, tokens that were never said lie above 0.999 of
 * each other, and the nearest of those that were (two toys, say) below 0.98.
 */
const SAME_ROW = 0.99;

export interface Extension {
  /** Words that the tokenizer lacks. */
  readonly words: readonly string[];
  /** Ids of tokens that it has and that will be said. */
  readonly said: readonly number[];
}

/**
 * The same policy with more words. A row is drawn from the run's seed and the token itself, so the same word gets the
 * same row whatever comes along with it; all other rows stay as they are. Throws a `CheckpointError` where the words
 * are too many or the tokenizer does not work by words.
 */
export function extendCheckpoint(
  checkpoint: Checkpoint,
  { words, said }: Extension,
  seed: number,
): Checkpoint {
  if (words.length > MOST_NEW_WORDS) {
    throw new CheckpointError(
      'checkpoint-unfit',
      `The table has ${words.length} words that the policy "${checkpoint.name}" does not know; at most ${MOST_NEW_WORDS} can be added. Use fewer or shorter names and values.`,
    );
  }
  const { config, tensors } = checkpoint;
  const stored = tensors.get(EMBEDDING_NAME);
  const scales = tensors.get(`${EMBEDDING_NAME}_scale`);
  // A checkpoint without them is refused, with its reason, where its weights are loaded.
  if (stored?.dtype !== 'I8' || scales?.dtype !== 'F32') return checkpoint;
  const { hidden_size: width, vocab_size: count } = config;
  const rows = dequantiseRows({ data: stored.data, scale: scales.data }, width);
  const untaught = indistinctRows(rows, width);
  const redrawn = [...new Set(said)].filter((id) => untaught.has(id));
  if (words.length === 0 && redrawn.length === 0) return checkpoint;

  const tokenizer = words.length > 0 ? checkpoint.tokenizer.withWords(words, count) : checkpoint.tokenizer;
  const special = new Set(Object.values(tokenizer.special));
  const taught = Array.from({ length: count }, (_, id) => id).filter(
    (id) => id < checkpoint.tokenizer.size && !special.has(id) && !untaught.has(id),
  );
  const drawn = [...redrawn, ...words.map((_, i) => count + i)].map((id) => ({
    id,
    row: drawRow(rows, width, taught, splitSeed(seed, 'word', tokenizer.token(id))),
  }));
  return {
    ...checkpoint,
    config: { ...config, vocab_size: count + words.length },
    tokenizer,
    tensors: withRows(tensors, { data: stored.data, scale: scales.data }, width, count + words.length, drawn),
    bytes: checkpoint.bytes + words.length * (width + Float32Array.BYTES_PER_ELEMENT),
  };
}

/** Rows that point where another one points. */
function indistinctRows(rows: Float32Array, width: number): ReadonlySet<number> {
  const count = rows.length / width;
  const unit = rows.slice();
  for (let row = 0; row < count; row++) {
    let square = 0;
    for (let i = 0; i < width; i++) square += rows[row * width + i]! ** 2;
    for (let i = 0; i < width; i++) unit[row * width + i]! /= Math.sqrt(square) || 1;
  }
  const found = new Set<number>();
  for (let a = 0; a < count; a++) {
    for (let b = 0; b < a; b++) {
      let cosine = 0;
      for (let i = 0; i < width; i++) cosine += unit[a * width + i]! * unit[b * width + i]!;
      if (cosine >= SAME_ROW) found.add(a).add(b);
    }
  }
  return found;
}

/** Normal in every dimension, with the mean and the deviation that the rows `of` have there. */
function drawRow(rows: Float32Array, width: number, of: readonly number[], seed: number): Float32Array {
  const random = new Random(seed);
  return Float32Array.from({ length: width }, (_, i) => {
    const mean = of.reduce((sum, row) => sum + rows[row * width + i]!, 0) / of.length;
    const variance = of.reduce((sum, row) => sum + (rows[row * width + i]! - mean) ** 2, 0) / of.length;
    return mean + Math.sqrt(variance) * random.normal();
  });
}

function withRows(
  tensors: TensorTable,
  old: { readonly data: Int8Array; readonly scale: Float32Array },
  width: number,
  count: number,
  drawn: readonly { readonly id: number; readonly row: Float32Array }[],
): TensorTable {
  const data = new Int8Array(count * width);
  const scale = new Float32Array(count);
  data.set(old.data);
  scale.set(old.scale);
  for (const { id, row } of drawn) {
    const quantised = quantiseRows(row, 1, width);
    data.set(quantised.data, id * width);
    scale.set(quantised.scale, id);
  }
  return new Map([
    ...tensors,
    [EMBEDDING_NAME, { dtype: 'I8', shape: [count, width], data }],
    [`${EMBEDDING_NAME}_scale`, { dtype: 'F32', shape: [count], data: scale }],
  ]);
}
