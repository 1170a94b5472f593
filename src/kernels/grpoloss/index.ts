/**
 * The GRPO objective of every sampled token and its gradient with respect to the logits, in one kernel.
 *
 *   rho  = exp(logp - old)                                            probability ratio
 *   l    = max(-A rho, -A clip(rho, 1 - low, 1 + high));  where A < 0 and c > 0: l = min(l, -c A)
 *   kl   = k1: d | k2: d^2/2 | k3: exp(-d) - 1 + d                    d = logp - ref
 *   loss = weight (l + beta kl - eta H)
 *
 * logits [N, V]; targets [N, 1] int32; old, ref, advantages, weights [N]; `weights` carry the aggregation
 * (credit/loss.ts `tokenWeights`), so that the loss of the batch is the plain sum. log-probabilities are
 * taken at the sampling temperature. Everything about a token is known once its row has been read, so one
 * kernel computes loss, diagnostics and dlogits; beyond the logits and their gradient nothing of size
 * [N, V] exists.
 *
 * stats [N, 8] = (weighted loss, logp, ratio, kl, entropy, clipped low, clipped high, l).
 * Clipping: PPO, arXiv 1707.06347; dual clip: arXiv 1912.09729; KL estimators: Schulman 2020; GRPO: arXiv 2402.03300.
 */
import {
  mul,
  slice,
  sum,
  type Scalar,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
} from '@tensorflow/tfjs-core';
import { differentiable } from '../differentiable';
import { defineKernel } from '../define';
import { grpoLossReference } from './reference';
import { grpoLossWebgpu } from './webgpu';

export const GRPO_STATS = [
  'loss',
  'logProb',
  'ratio',
  'kl',
  'entropy',
  'clippedLow',
  'clippedHigh',
  'surrogate',
] as const;
export const KL_ESTIMATORS = ['k1', 'k2', 'k3'] as const;
export type KlEstimator = (typeof KL_ESTIMATORS)[number];

export type GrpoLossAttrs = {
  temperature: number;
  clipLow: number;
  clipHigh: number;
  /** 0 switches the dual clip off. */
  dualClip: number;
  klCoefficient: number;
  /** Index into `KL_ESTIMATORS`. */
  klEstimator: number;
  entropyCoefficient: number;
};

const run = defineKernel<GrpoLossAttrs>({
  name: 'TurnwiseGrpoLoss',
  inputs: ['logits', 'targets', 'old', 'ref', 'advantages', 'weights'],
  outputs: ([logits]) => [
    { shape: [logits![0]!, GRPO_STATS.length], dtype: 'float32' },
    { shape: [...logits!], dtype: 'float32' },
  ],
  reference: (inputs, outputs, [logits], attrs) =>
    grpoLossReference(inputs, outputs, logits![0]!, logits![1]!, attrs),
  simd: (wasm, [logits, targets, old, ref, advantages, weights], [stats, dLogits], [shape], attrs) =>
    wasm.grpoLoss(
      logits!,
      targets!,
      old!,
      ref!,
      advantages!,
      weights!,
      stats!,
      dLogits!,
      shape![0]!,
      shape![1]!,
      attrs.temperature,
      attrs.clipLow,
      attrs.clipHigh,
      attrs.dualClip,
      attrs.klCoefficient,
      attrs.klEstimator,
      attrs.entropyCoefficient,
    ),
  webgpu: grpoLossWebgpu,
});

export interface GrpoLossInputs {
  readonly targets: Tensor2D;
  readonly old: Tensor1D;
  /** Log-probabilities under the reference policy; give `old` where no KL is wanted. */
  readonly ref: Tensor1D;
  readonly advantages: Tensor1D;
  readonly weights: Tensor1D;
}

export type GrpoLossOptions = Omit<GrpoLossAttrs, 'klEstimator'> & { readonly klEstimator: KlEstimator };

/** The summed loss, differentiable in the logits; `onStats` receives the statistics [N, 8], to be disposed by it. */
export function grpoLossOp(
  logits: Tensor2D,
  inputs: GrpoLossInputs,
  options: GrpoLossOptions,
  onStats: (stats: Tensor2D) => void,
): Scalar {
  const attrs = { ...options, klEstimator: KL_ESTIMATORS.indexOf(options.klEstimator) };
  return differentiable([logits], ([z], save) => {
    const [stats, dLogits] = run({ logits: z, ...inputs }, attrs) as [Tensor2D, Tensor2D];
    save([dLogits]);
    const value = sum(slice(stats, [0, 0], [stats.shape[0], 1]));
    onStats(stats);
    return { value, gradFunc: (dy: Tensor, saved: Tensor[]) => mul(saved[0]!, dy) };
  }) as Scalar;
}
