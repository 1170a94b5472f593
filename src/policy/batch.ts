/** Laying sequences end to end for a forward pass without padding (kernels/layout.ts). */
import { tensor2d, type Tensor2D } from '@tensorflow/tfjs-core';
import { SPAN_FIELDS } from '../kernels';

export interface PackedSequences {
  /** [N, 1] int32. */
  readonly ids: Tensor2D;
  /** [N, 3] int32. */
  readonly spans: Tensor2D;
  /** Index of the first token of each sequence. */
  readonly starts: readonly number[];
}

/** Packs whole sequences for training: a token's key slot is the token itself. */
export function packSequences(sequences: readonly (readonly number[])[]): PackedSequences {
  const total = sequences.reduce((sum, sequence) => sum + sequence.length, 0);
  const ids = new Int32Array(total);
  const spans = new Int32Array(total * SPAN_FIELDS);
  const starts: number[] = [];
  let at = 0;
  for (const sequence of sequences) {
    starts.push(at);
    const end = at + sequence.length;
    sequence.forEach((id, position) => {
      ids[at + position] = id;
      spans.set([starts.at(-1)!, position + 1, end], (at + position) * SPAN_FIELDS);
    });
    at = end;
  }
  return {
    ids: tensor2d(ids, [total, 1], 'int32'),
    spans: tensor2d(spans, [total, SPAN_FIELDS], 'int32'),
    starts,
  };
}

/** An index column [N, 1] int32. */
export const indexColumn = (values: readonly number[] | Int32Array): Tensor2D =>
  tensor2d(values instanceof Int32Array ? values : Int32Array.from(values), [values.length, 1], 'int32');
