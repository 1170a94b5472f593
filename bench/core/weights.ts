/** The seeded weights and batches that every contestant of the same architecture begins with. */
import type { PolicyConfig } from '../../src/policy/config';
import { EMBEDDING_NAME } from '../../src/policy/config';
import { weightShapes } from '../../src/policy/float-weights';
import { Random, splitSeed } from '../../src/random';
import type { Workload } from './workloads';

const SEED = 20260;

export interface NamedWeight {
  readonly name: string;
  readonly shape: readonly number[];
  readonly data: Float32Array<ArrayBuffer>;
}

/**
 * Matrices normal with deviation 1/sqrt(in), the embedding with 1/sqrt(hidden), so that logits are of the order
 * of 1 and a difference of 1e-3 between two engines means something. Norms are 0.9 to 1.1: with ones, an engine
 * could leave them out unnoticed.
 */
export function seededWeights(config: PolicyConfig): NamedWeight[] {
  const random = new Random(SEED);
  return weightShapes(config).map(({ name, shape }) => {
    const data = new Float32Array(shape.reduce((product, side) => product * side, 1));
    const deviation = 1 / Math.sqrt(name === EMBEDDING_NAME ? config.hidden_size : (shape[1] ?? 1));
    for (let i = 0; i < data.length; i++)
      data[i] = shape.length === 1 ? 0.9 + 0.2 * random.next() : random.normal() * deviation;
    return { name, shape, data };
  });
}

/** All weights end to end, in the order of `weightShapes`. */
export function flatWeights(config: PolicyConfig): Float32Array {
  const weights = seededWeights(config);
  const flat = new Float32Array(countOf(weights));
  let at = 0;
  for (const { data } of weights) {
    flat.set(data, at);
    at += data.length;
  }
  return flat;
}

export const countOf = (weights: readonly NamedWeight[]): number =>
  weights.reduce((sum, { data }) => sum + data.length, 0);

/** Rows of random ids below `vocabulary`. */
function rows(stream: string, count: number, length: number, vocabulary: number): number[][] {
  const random = new Random(splitSeed(SEED, stream));
  return Array.from({ length: count }, () => Array.from({ length }, () => random.int(vocabulary)));
}

/** The one batch that is trained on: `length` inputs each and one more, since each token predicts the next. */
export const trainingRows = ({ config, train }: Workload): number[][] =>
  rows('train', train.batch, train.length + 1, config.vocab_size);

export const promptRows = ({ config, sample }: Workload): number[][] =>
  rows('prompt', sample.batch, sample.prompt, config.vocab_size);

/** A short sequence on which engines are compared number by number. */
export const checkRow = ({ config }: Workload): number[] => rows('check', 1, 12, config.vocab_size)[0]!;

/** One recipe for all: AdamW over every weight. */
export const OPTIMISER = {
  learningRate: 1e-3,
  beta1: 0.9,
  beta2: 0.98,
  epsilon: 1e-8,
  weightDecay: 0.01,
} as const;
