/** Seeded inputs of kernels. */
import { tensor, type Tensor } from '@tensorflow/tfjs-core';
import { TOKEN_FIELDS } from '../../src/kernels';
import type { Attributes } from '../../src/kernels/define';
import { Random } from '../../src/random';

export interface Input {
  readonly shape: readonly number[];
  readonly dtype: 'float32' | 'int32';
  readonly values: Float32Array | Int32Array;
}

export interface Case {
  /** The kernel, without `Turnwise`. */
  readonly kernel: string;
  readonly title: string;
  readonly inputs: Readonly<Record<string, Input>>;
  readonly attrs: Attributes;
  /** In the sense of `distance`; 1e-5 where not given. */
  readonly tolerance?: number;
  /** Inputs that the kernel changes in place. */
  readonly writes?: readonly string[];
}

const size = (shape: readonly number[]) => shape.reduce((product, side) => product * side, 1);

/** Copied, because the cpu backend computes on the very array, and kernels may write into their inputs. */
export const toTensor = ({ values, shape, dtype }: Input): Tensor =>
  tensor(values.slice(), [...shape], dtype);

/** A source of inputs with a seed of its own. */
export class Inputs {
  readonly random: Random;

  constructor(seed: number) {
    this.random = new Random(seed);
  }

  floats(shape: readonly number[], draw: () => number): Input {
    return { shape, dtype: 'float32', values: Float32Array.from({ length: size(shape) }, draw) };
  }

  ints(shape: readonly number[], draw: (i: number) => number): Input {
    return { shape, dtype: 'int32', values: Int32Array.from({ length: size(shape) }, (_, i) => draw(i)) };
  }

  normal(shape: readonly number[], deviation = 1): Input {
    return this.floats(shape, () => this.random.normal() * deviation);
  }

  /** Packed int8 weights, all four bytes of every word random. */
  packed(shape: readonly number[]): Input {
    return this.ints(shape, () => Math.floor(this.random.next() * 0x100000000) | 0);
  }

  indices(rows: number, columns: number, below: number): Input {
    return this.ints([rows, columns], () => this.random.int(below));
  }
}

/** The token table of whole sequences laid end to end, as in training; ids count up. */
export function packedTokens(lengths: readonly number[]): Input {
  const table: number[] = [];
  let start = 0;
  for (const length of lengths) {
    for (let position = 0; position < length; position++)
      table.push(start + position, start, position + 1, start + length);
    start += length;
  }
  return { shape: [start, TOKEN_FIELDS], dtype: 'int32', values: Int32Array.from(table) };
}

/**
 * The token table of new tokens over a cache with `context` slots per row: `rows[i]` = [row, tokens before, new tokens],
 * with `extra` further columns, as the sampler's state has them.
 */
export function cachedTokens(
  context: number,
  rows: readonly (readonly [number, number, number])[],
  extra = 0,
): Input {
  const table = rows.flatMap(([row, before, fresh]) =>
    Array.from({ length: fresh }, (_, i) => [
      i,
      row * context,
      before + i + 1,
      0,
      ...Array.from({ length: extra }, () => -7),
    ]).flat(),
  );
  const fields = TOKEN_FIELDS + extra;
  return { shape: [table.length / fields, fields], dtype: 'int32', values: Int32Array.from(table) };
}

/** Lengths of a ragged batch: single tokens, odd lengths, one long one. */
export const RAGGED = [1, 5, 17, 1, 40, 3];

/** Tokens on and off policy, with advantages of both signs and zero, some of weight 0. */
export function grpoInputs(rows: number, seed: number) {
  const make = new Inputs(seed);
  const scores = make.floats([rows, 2], () => Math.abs(make.random.normal()) + 0.1);
  for (let n = 0; n < rows; n++) scores.values[2 * n]! *= -1;
  // Near the policy's own log-probabilities, so that ratios lie on both sides of the clip range.
  let n = 0;
  const near = (spread: number) => {
    n = 0;
    return make.floats([rows], () => scores.values[2 * n++]! + make.random.normal() * spread);
  };
  return {
    scores,
    old: near(0.4),
    ref: near(0.8),
    advantages: make.floats([rows], () => (make.random.next() < 0.1 ? 0 : make.random.normal() * 1.5)),
    weights: make.floats([rows], () => (make.random.next() < 0.1 ? 0 : make.random.next() / rows)),
  };
}
