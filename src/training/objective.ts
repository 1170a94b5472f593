/**
 * The GRPO objective of a batch and its gradient with respect to the adapter, chunk by chunk. Token weights are
 * global, so the chunks' losses and gradients simply add up.
 */
import {
  add,
  engine,
  reshape,
  slice,
  sum,
  tensor1d,
  tidy,
  type Rank,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
} from '@tensorflow/tfjs-core';
import { gatherRows, GRPO_STATS, grpoLossOp, lmHead, type HeadGradient } from '../kernels';
import { indexColumn, packSequences } from '../policy/batch';
import { hiddenStates } from '../policy/forward';
import { adapterFrom, type Adapter } from '../policy/lora';
import type { Policy } from '../policy/policy';
import type { Settings } from '../runs/settings';
import type { TokenChunk } from './tokens';

/** A chunk on the device, ready for any number of passes. */
export interface PreparedChunk {
  readonly tokens: Tensor2D;
  readonly positions: Tensor2D;
  readonly targets: Tensor2D;
  readonly old: Tensor1D;
  readonly ref: Tensor1D;
  readonly advantages: Tensor1D;
  readonly weights: Tensor1D;
}

/** Uploads a chunk, looks up its advantages [R, T] by turn, and scores it under the reference policy if a KL is wanted. */
export function prepareChunk(
  policy: Policy,
  chunk: TokenChunk,
  advantages: Tensor2D,
  perRollout: readonly number[],
  settings: Settings,
): PreparedChunk {
  return tidy(() => {
    const scored = scoringInputs(chunk);
    const old = tensor1d(chunk.oldLogProbs);
    const turns = advantages.shape[1];
    const flat = reshape<Rank.R2>(advantages, [advantages.size, 1]);
    const cells = indexColumn(chunk.rollout.map((r, i) => r * turns + chunk.turn[i]!));
    return {
      ...scored,
      old,
      ref: settings.klCoefficient > 0 ? referenceLogProbs(policy, scored, settings.temperature) : old.clone(),
      advantages: reshape<Rank.R1>(gatherRows(flat, cells), [chunk.positions.length]),
      weights: tensor1d(Float32Array.from(chunk.rollout, (r) => perRollout[r]!)),
    };
  });
}

export function disposeChunk(chunk: PreparedChunk): void {
  Object.values(chunk).forEach((tensor: Tensor) => tensor.dispose());
}

export type Scored = Pick<PreparedChunk, 'tokens' | 'positions' | 'targets'>;

/** What a chunk is scored from, on the device. The caller owns it. */
export function scoringInputs(chunk: TokenChunk): Scored {
  return {
    tokens: packSequences(chunk.sequences).tokens,
    positions: indexColumn(chunk.positions),
    targets: indexColumn(chunk.targets),
  };
}

/** Final hidden states at the scored positions: [M, hidden]. */
export function scoringStates(
  policy: Policy,
  adapter: Adapter | undefined,
  { tokens, positions }: Scored,
  recompute?: boolean,
): Tensor2D {
  const hidden = hiddenStates(policy.config, policy.weights, adapter, { tokens, recompute });
  return gatherRows(hidden, positions, { ascending: true });
}

/** (log-probability, entropy) of each target from its state: [M, 2], with as much of the gradient as is asked for. */
export function scoreStates(
  policy: Policy,
  states: Tensor2D,
  { targets }: Scored,
  options: { readonly temperature?: number; readonly gradient?: HeadGradient },
): Tensor2D {
  return lmHead(states, policy.weights.embedding, targets, options);
}

/** Both in one. */
export function tokenScores(
  policy: Policy,
  adapter: Adapter | undefined,
  scored: Scored,
  {
    recompute,
    ...options
  }: { readonly temperature?: number; readonly gradient?: HeadGradient; readonly recompute?: boolean },
): Tensor2D {
  return scoreStates(policy, scoringStates(policy, adapter, scored, recompute), scored, options);
}

function referenceLogProbs(policy: Policy, chunk: Scored, temperature: number): Tensor1D {
  const scores = tokenScores(policy, policy.referenceAdapter, chunk, { temperature });
  return reshape<Rank.R1>(slice(scores, [0, 0], [scores.shape[0], 1]), [scores.shape[0]]);
}

export interface ObjectiveSums {
  /** Gradient of the loss with respect to the flat adapter [P]. */
  readonly gradient: Tensor1D;
  /** Sums over tokens of the columns of `GRPO_STATS`. */
  readonly stats: Tensor1D;
}

/** Loss, diagnostics and gradient of one chunk. The caller owns the result. */
export function chunkGradient(
  policy: Policy,
  chunk: PreparedChunk,
  settings: Settings,
  recompute = false,
): ObjectiveSums {
  return tidy(() => {
    let stats: Tensor1D | undefined;
    const gradientOf = settings.entropyCoefficient === 0 ? 'logProb' : 'both';
    const { gradient } = policy.parameters.gradient((views) =>
      grpoLossOp(
        tokenScores(policy, adapterFrom(policy.config, views, policy.lora), chunk, {
          temperature: settings.temperature,
          gradient: gradientOf,
          recompute,
        }),
        chunk,
        settings,
        (perToken) => {
          // Kept, because the scope of the forward pass would clear it away before we look.
          stats = engine().keep(sum<Tensor1D>(perToken, 0));
        },
      ),
    );
    if (!stats || stats.size !== GRPO_STATS.length) throw new Error('The loss kernel reported no statistics');
    const result = { gradient, stats: stats.clone() };
    stats.dispose();
    return result;
  });
}

/** Adds up chunk results and disposes them. */
export function addSums(sums: readonly ObjectiveSums[]): ObjectiveSums {
  const total = tidy(() => ({
    gradient: sums
      .map(({ gradient }) => gradient)
      .reduce((a, b) => add(a, b))
      .clone(),
    stats: sums
      .map(({ stats }) => stats)
      .reduce((a, b) => add(a, b))
      .clone(),
  }));
  for (const { gradient, stats } of sums) {
    gradient.dispose();
    stats.dispose();
  }
  return total;
}
