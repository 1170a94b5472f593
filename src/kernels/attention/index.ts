/**
 * Causal attention with grouped queries over a ragged batch or a cache:
 *
 *   out[n,h] = sum_j p[n,h,j] v[j],  p = softmax_j(q[n,h] . k[j] / sqrt(d)),
 *   j from spans[n][0] to spans[n][0] + spans[n][1] + offset - 1  (see layout.ts).
 *
 * q [N, heads*d], k and v [slots, kvHeads*d]; query head h reads key head floor(h * kvHeads / heads).
 * Probabilities are never stored: the backward pass computes them again from q and k, which is cheaper
 * than keeping [N, heads, length]. With D = sum_j p_j (dOut . v_j):
 *   ds_j = p_j (dOut . v_j - D),  dq = sum_j ds_j k_j / sqrt(d),  dk_j += ds_j q / sqrt(d),  dv_j += p_j dOut.
 */
import { type Tensor, type Tensor2D } from '@tensorflow/tfjs-core';
import { differentiable } from '../differentiable';
import { defineKernel, type KernelSpec } from '../define';
import { attentionGradReference, attentionReference } from './reference';
import { attentionGradWebgpu, attentionWebgpu } from './webgpu';

export type AttentionAttrs = { heads: number; kvHeads: number; offset: number };

const run = defineKernel<AttentionAttrs>({
  name: 'TurnwiseAttention',
  inputs: ['q', 'k', 'v', 'spans'],
  outputs: ([q]) => [{ shape: [...q!], dtype: 'float32' }],
  reference: (inputs, outputs, [q], attrs) =>
    attentionReference(inputs, outputs, q![0]!, q![1]! / attrs.heads, attrs),
  simd: (wasm, [q, k, v, spans], [out], [qs], { heads, kvHeads, offset }) =>
    wasm.attention(q!, k!, v!, spans!, out!, qs![0]!, heads, kvHeads, qs![1]! / heads, offset),
  webgpu: attentionWebgpu,
} satisfies KernelSpec<AttentionAttrs>);

const runGrad = defineKernel<AttentionAttrs>({
  name: 'TurnwiseAttentionGrad',
  inputs: ['q', 'k', 'v', 'spans', 'dOut'],
  outputs: ([q, k, v]) => [
    { shape: [...q!], dtype: 'float32' },
    { shape: [...k!], dtype: 'float32' },
    { shape: [...v!], dtype: 'float32' },
  ],
  reference: (inputs, outputs, [q], attrs) =>
    attentionGradReference(inputs, outputs, q![0]!, q![1]! / attrs.heads, attrs),
  simd: (wasm, [q, k, v, spans, dOut], [dq, dk, dv], [qs], { heads, kvHeads }) =>
    wasm.attentionGrad(q!, k!, v!, spans!, dOut!, dq!, dk!, dv!, qs![0]!, heads, kvHeads, qs![1]! / heads),
  webgpu: attentionGradWebgpu,
} satisfies KernelSpec<AttentionAttrs>);

/**
 * Attention output [N, heads*d]. Differentiable in q, k and v where they are tokens of the same batch
 * (slot = token); over a cache (`offset` or foreign slots) it is forward only.
 */
export function attention(
  q: Tensor2D,
  k: Tensor2D,
  v: Tensor2D,
  spans: Tensor2D,
  { heads, kvHeads, offset = 0 }: { heads: number; kvHeads: number; offset?: number },
): Tensor2D {
  const attrs = { heads, kvHeads, offset };
  return differentiable([q, k, v], ([q0, k0, v0], save) => {
    save([q0, k0, v0]);
    return {
      value: run({ q: q0, k: k0, v: v0, spans }, attrs)[0]!,
      gradFunc: (dOut: Tensor, saved: Tensor[]) => {
        const [q1, k1, v1] = saved as [Tensor, Tensor, Tensor];
        return runGrad({ q: q1, k: k1, v: v1, spans, dOut }, attrs);
      },
    };
  }) as Tensor2D;
}
