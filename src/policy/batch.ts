/** Laying sequences end to end for a forward pass without padding (kernels/layout.ts). */
import { tensor2d, type Tensor2D } from '@tensorflow/tfjs-core';
import { TOKEN_FIELDS } from '../kernels';

export interface PackedSequences {
  /** [N, 4] int32. */
  readonly tokens: Tensor2D;
  /** Index of the first token of each sequence. */
  readonly starts: readonly number[];
}

/** Packs whole sequences for training: a token's key slot is the token itself. */
export function packSequences(sequences: readonly (readonly number[])[]): PackedSequences {
  const total = sequences.reduce((sum, sequence) => sum + sequence.length, 0);
  const tokens = new Int32Array(total * TOKEN_FIELDS);
  const starts: number[] = [];
  let at = 0;
  for (const sequence of sequences) {
    const start = at;
    starts.push(start);
    const end = start + sequence.length;
    for (const id of sequence) {
      tokens.set([id, start, at - start + 1, end], at * TOKEN_FIELDS);
      at++;
    }
  }
  return { tokens: tensor2d(tokens, [total, TOKEN_FIELDS], 'int32'), starts };
}

/** An index column [N, 1] int32. */
export const indexColumn = (values: readonly number[] | Int32Array): Tensor2D =>
  tensor2d(values instanceof Int32Array ? values : Int32Array.from(values), [values.length, 1], 'int32');
