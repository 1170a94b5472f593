/**
 * AdamW (arXiv 1711.05101) with the gradient clipped to a global norm, over all parameters laid end to end:
 *
 *   g <- g min(1, maxNorm / (|g| + 1e-6))           as torch.nn.utils.clip_grad_norm_
 *   m <- b1 m + (1 - b1) g,   v <- b2 v + (1 - b2) g^2
 *   p <- p - lr wd p - lr (m / (1 - b1^t)) / (sqrt(v / (1 - b2^t)) + eps)
 *
 * state [3, P] = (p, m, v), grad [P] -> new state [3, P] and norm [1]. One flat vector, so that an update is
 * two kernels however many matrices there are. A gradient whose norm is not finite leaves the state alone.
 */
import type { Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import { defineKernel } from '../define';
import { adamWReference } from './reference';
import { adamWWebgpu } from './webgpu';

export type AdamWAttrs = {
  learningRate: number;
  beta1: number;
  beta2: number;
  epsilon: number;
  weightDecay: number;
  maxNorm: number;
  /** 1 for the first update. */
  step: number;
};

const run = defineKernel<AdamWAttrs>({
  name: 'TurnwiseAdamW',
  inputs: ['state', 'grad'],
  outputs: ([state]) => [
    { shape: [...state!], dtype: 'float32' },
    { shape: [1], dtype: 'float32' },
  ],
  reference: (inputs, outputs, [state], attrs) => adamWReference(inputs, outputs, state![1]!, attrs),
  simd: (wasm, [state, grad], [next, norm], [shape], a) =>
    wasm.adamW(
      state!,
      grad!,
      next!,
      norm!,
      shape![1]!,
      a.learningRate,
      a.beta1,
      a.beta2,
      a.epsilon,
      a.weightDecay,
      a.maxNorm,
      1 - a.beta1 ** a.step,
      1 - a.beta2 ** a.step,
    ),
  webgpu: adamWWebgpu,
});

/** The next optimiser state and the norm of the gradient before clipping. The caller disposes the old state. */
export function adamW(
  state: Tensor2D,
  grad: Tensor1D,
  attrs: AdamWAttrs,
): { state: Tensor2D; norm: Tensor1D } {
  const [next, norm] = run({ state, grad }, attrs);
  return { state: next as Tensor2D, norm: norm as Tensor1D };
}
