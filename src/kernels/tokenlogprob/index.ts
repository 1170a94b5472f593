/**
 * Log-probability of one token per row, and the entropy of the row, in one pass over the logits:
 *
 *   logp = z[y]/T - logsumexp(z/T),   H = -sum_v p_v log p_v          out [N, 2] = (logp, H)
 *   dz_v = (dlogp (1[v=y] - p_v) - dH p_v (log p_v + H)) / T
 *
 * logits [N, V], targets [N, 1] int32. Used by supervised training and for the reference policy.
 */
import { type Tensor, type Tensor2D } from '@tensorflow/tfjs-core';
import { differentiable } from '../differentiable';
import { defineKernel } from '../define';
import { tokenLogProbGradReference, tokenLogProbReference } from './reference';
import { tokenLogProbGradWebgpu, tokenLogProbWebgpu } from './webgpu';

type Attrs = { temperature: number };

const run = defineKernel<Attrs>({
  name: 'TurnwiseTokenLogProb',
  inputs: ['logits', 'targets'],
  outputs: ([logits]) => [{ shape: [logits![0]!, 2], dtype: 'float32' }],
  reference: (inputs, outputs, [logits], { temperature }) =>
    tokenLogProbReference(inputs, outputs, logits![0]!, logits![1]!, temperature),
  simd: (wasm, [logits, targets], [out], [shape], { temperature }) =>
    wasm.tokenLogProb(logits!, targets!, out!, shape![0]!, shape![1]!, temperature),
  webgpu: tokenLogProbWebgpu,
});

const runGrad = defineKernel<Attrs>({
  name: 'TurnwiseTokenLogProbGrad',
  inputs: ['logits', 'targets', 'dOut'],
  outputs: ([logits]) => [{ shape: [...logits!], dtype: 'float32' }],
  reference: (inputs, outputs, [logits], { temperature }) =>
    tokenLogProbGradReference(inputs, outputs, logits![0]!, logits![1]!, temperature),
  simd: (wasm, [logits, targets, dOut], [dLogits], [shape], { temperature }) =>
    wasm.tokenLogProbGrad(logits!, targets!, dOut!, dLogits!, shape![0]!, shape![1]!, temperature),
  webgpu: tokenLogProbGradWebgpu,
});

/** `[N, 2]`: log-probability of the target and entropy of the row, in nats. Differentiable in the logits. */
export function tokenLogProb(logits: Tensor2D, targets: Tensor2D, temperature = 1): Tensor2D {
  return differentiable([logits], ([z], save) => {
    save([z]);
    return {
      value: run({ logits: z, targets }, { temperature })[0]!,
      gradFunc: (dOut: Tensor, saved: Tensor[]) =>
        runGrad({ logits: saved[0], targets, dOut }, { temperature })[0]!,
    };
  }) as Tensor2D;
}
