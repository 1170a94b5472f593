/** The fixture objective_reference.json and its batch on the device. */
import { tensor1d } from '@tensorflow/tfjs-core';
import { indexColumn, packSequences } from '../../src/policy/batch';
import { adapterParts } from '../../src/policy/lora';
import { Policy } from '../../src/policy/policy';
import { DEFAULT_SETTINGS, type Settings } from '../../src/runs/settings';
import type { PreparedChunk } from '../../src/training/objective';
import { readFixture, readTiny, TINY, unpack } from './fixtures';

export interface TrlLoss {
  readonly loss: number;
  readonly metrics: Readonly<Record<string, number>>;
}

export interface Reference {
  readonly checkpoint: string;
  readonly objective: {
    readonly settings: Pick<
      Settings,
      'temperature' | 'clipLow' | 'clipHigh' | 'dualClip' | 'klCoefficient' | 'entropyCoefficient'
    >;
    readonly rank: number;
    readonly alpha: number;
    readonly names: readonly string[];
    readonly adapter: string;
    readonly sequences: readonly number[][];
    /** Sequence and place of each scored token. */
    readonly tokens: readonly (readonly [number, number])[];
    readonly advantages: readonly number[];
    readonly old: string;
    readonly ref: string;
    readonly logProbs: string;
    readonly entropies: string;
    readonly weights: string;
    readonly cases: Readonly<
      Record<'k1' | 'k2' | 'k3', { readonly loss: number; readonly gradient: string }>
    > & {
      readonly trl: TrlLoss & { readonly gradient: string };
    };
    readonly updates: {
      readonly learningRate: number;
      readonly beta1: number;
      readonly beta2: number;
      readonly weightDecay: number;
      readonly maxNorm: number;
      readonly steps: readonly { readonly loss: number; readonly norm: number }[];
      readonly adapter: string;
    };
  };
  readonly adamw: {
    readonly shapes: readonly number[][];
    readonly start: string;
    readonly beta1: number;
    readonly beta2: number;
    readonly weightDecay: number;
    readonly maxNorm: number;
    readonly steps: readonly {
      readonly learningRate: number;
      readonly gradient: string;
      readonly norm: number;
      readonly values: string;
    }[];
  };
  readonly supervised: {
    readonly sequences: readonly number[][];
    readonly learnt: readonly (readonly (readonly [number, number])[])[];
    /** Losses over updates of every weight, and of the adapter alone. */
    readonly full: readonly number[];
    readonly adapter: string;
    readonly lora: readonly number[];
  };
  readonly aggregation: {
    readonly settings: Pick<Settings, 'clipLow' | 'clipHigh' | 'dualClip' | 'klCoefficient'>;
    readonly maxCompletionLength: number;
    readonly batches: readonly {
      readonly logProbs: readonly number[][];
      readonly oldLogProbs: readonly number[][];
      readonly refLogProbs: readonly number[][];
      readonly advantages: readonly number[][];
      readonly mask: readonly number[][];
      readonly losses: Readonly<Record<'grpo' | 'dr_grpo' | 'bnpo' | 'dapo' | 'luspo', TrlLoss>>;
    }[];
    readonly groups: readonly {
      readonly rewards: number[];
      readonly group: number[];
      readonly none: number[];
    }[];
  };
}

export const readReference = (): Reference => readFixture<Reference>('objective_reference', TINY);

/** A vector of the fixture, whose matrices follow each other layer by layer as PEFT lists them, in the order of ours. */
export function inOurOrder({ objective }: Reference, policy: Policy, packed: string): Float32Array {
  const theirs = unpack(packed);
  const ours = new Float32Array(theirs.length);
  const parts = new Map(
    adapterParts(policy.config, { rank: objective.rank }).map((part) => [part.name, part]),
  );
  let at = 0;
  for (const name of objective.names) {
    const part = parts.get(name);
    if (!part) throw new Error(`Our adapter has no ${name}`);
    const size = part.shape[0] * part.shape[1];
    ours.set(theirs.subarray(at, at + size), part.offset);
    at += size;
  }
  return ours;
}

/** The policy of the fixture: the tiny checkpoint with the adapter that peft had. */
export async function referencePolicy(reference: Reference): Promise<Policy> {
  const { objective } = reference;
  const policy = new Policy(await readTiny(), { rank: objective.rank, alpha: objective.alpha }, 0);
  policy.parameters.reset(inOurOrder(reference, policy, objective.adapter));
  return policy;
}

export const referenceSettings = ({ objective }: Reference, more: Partial<Settings> = {}): Settings => ({
  ...DEFAULT_SETTINGS,
  ...objective.settings,
  ...more,
});

/** The fixture's batch, or those of its sequences named, on the device. Weights: TRL's token mean, or those given. */
export function referenceChunk(
  { objective }: Reference,
  weights: ArrayLike<number>,
  members = objective.sequences.map((_, s) => s),
): PreparedChunk {
  const { tokens, starts } = packSequences(members.map((s) => objective.sequences[s]!.slice(0, -1)));
  const place = (n: number) => {
    const [s, at] = objective.tokens[n]!;
    return starts[members.indexOf(s)]! + at - 1;
  };
  // In the order in which they lie in the batch.
  const chosen = objective.tokens
    .flatMap(([s], n) => (members.includes(s) ? [n] : []))
    .sort((a, b) => place(a) - place(b));
  const column = (values: ArrayLike<number>) => tensor1d(Float32Array.from(chosen, (n) => values[n]!));
  return {
    tokens,
    positions: indexColumn(chosen.map(place)),
    targets: indexColumn(
      chosen.map((n) => objective.sequences[objective.tokens[n]![0]]![objective.tokens[n]![1]]!),
    ),
    old: column(unpack(objective.old)),
    ref: column(unpack(objective.ref)),
    advantages: column(objective.advantages),
    weights: column(weights),
  };
}

/** 1 / number of tokens, for each. */
export const tokenMean = ({ objective }: Reference): number[] =>
  objective.tokens.map(() => 1 / objective.tokens.length);
