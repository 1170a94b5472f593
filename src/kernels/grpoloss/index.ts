/**
 * The GRPO objective of every sampled token and its two derivatives, in one kernel.
 *
 *   rho  = exp(logp - old)                                            probability ratio
 *   l    = max(-A rho, -A clip(rho, 1 - low, 1 + high));  where A < 0 and c > 0: l = min(l, -c A)
 *   kl   = k1: d | k2: d^2/2 | k3: exp(-d) - 1 + d                    d = logp - ref
 *   loss = weight (l + beta kl - eta H)
 *
 * scores [N, 2] = (logp, H), as the head makes them (kernels/lmhead), with log-probabilities at the sampling
 * temperature; old, ref, advantages, weights [N]. `weights` carry the aggregation (credit/loss.ts `tokenWeights`), so
 * that the loss of the batch is the plain sum. The logits are not needed: a token's loss depends on them through
 * these two numbers alone, so that
 *
 *   dlogp = weight (l' + beta kl'),   dH = -weight eta                  dScores [N, 2] = (dlogp, dH)
 *
 * are all that the head must know to go on backwards.
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
  inputs: ['scores', 'old', 'ref', 'advantages', 'weights'],
  outputs: ([scores]) => [
    { shape: [scores![0]!, GRPO_STATS.length], dtype: 'float32' },
    { shape: [...scores!], dtype: 'float32' },
  ],
  reference: (inputs, outputs, [scores], attrs) => grpoLossReference(inputs, outputs, scores![0]!, attrs),
  simd: (wasm, [scores, old, ref, advantages, weights], [stats, dScores], [shape], attrs) =>
    wasm.grpoLoss(
      scores!,
      old!,
      ref!,
      advantages!,
      weights!,
      stats!,
      dScores!,
      shape![0]!,
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
  readonly old: Tensor1D;
  /** Log-probabilities under the reference policy; give `old` where no KL is wanted. */
  readonly ref: Tensor1D;
  readonly advantages: Tensor1D;
  readonly weights: Tensor1D;
}

export type GrpoLossOptions = Omit<GrpoLossAttrs, 'klEstimator'> & { readonly klEstimator: KlEstimator };

/** The summed loss, differentiable in the scores; `onStats` receives the statistics [N, 8], to be disposed by it. */
export function grpoLossOp(
  scores: Tensor2D,
  { old, ref, advantages, weights }: GrpoLossInputs,
  options: GrpoLossOptions,
  onStats: (stats: Tensor2D) => void,
): Scalar {
  const attrs = { ...options, klEstimator: KL_ESTIMATORS.indexOf(options.klEstimator) };
  return differentiable([scores], ([given], save) => {
    const inputs = { scores: given, old, ref, advantages, weights };
    const [stats, dScores] = run(inputs, attrs) as [Tensor2D, Tensor2D];
    save([dScores]);
    const value = sum(slice(stats, [0, 0], [stats.shape[0], 1]));
    onStats(stats);
    return { value, gradFunc: (dy: Tensor, saved: Tensor[]) => mul(saved[0]!, dy) };
  }) as Scalar;
}
