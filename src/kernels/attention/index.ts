/**
 * Causal attention with grouped queries over a ragged batch or a cache:
 *
 *   out[n,h] = sum_j p[n,h,j] v[j],  p = softmax_j(q[n,h] . k[j] / sqrt(d)),
 *   j from tokens[n][FIRST] to tokens[n][FIRST] + tokens[n][SEEN] - 1  (see layout.ts).
 *
 * q [N, Wq] with its H heads in the first columns; kv [slots, Wkv] with the K key heads from column `keys` on and
 * the value heads from column `values` on, so that q and kv can be the same stacked tensor, or kv a cache.
 * Query head h reads key head floor(h K / H).
 *
 * Probabilities are never stored. The forward pass leaves the logarithm of each softmax's sum, L [N, H]; the
 * backward pass computes p = exp(score - L) again from q and k, which is cheaper than keeping
 * [N, heads, length]. With D = dOut . out (which is sum_j p_j (dOut . v_j)):
 *   ds_j = p_j (dOut . v_j - D),  dq = sum_j ds_j k_j / sqrt(d),  dk_j += ds_j q / sqrt(d),  dv_j += p_j dOut.
 * (FlashAttention, arXiv 2205.14135, section 3 and appendix B.)
 */
import { type Tensor, type Tensor2D } from '@tensorflow/tfjs-core';
import { differentiable } from '../differentiable';
import { defineKernel } from '../define';
import { attentionGradReference, attentionReference } from './reference';
import { attentionGradWebgpu, attentionWebgpu } from './webgpu';

export type AttentionAttrs = { heads: number; kvHeads: number; d: number; keys: number; values: number };

const run = defineKernel<AttentionAttrs>({
  name: 'TurnwiseAttention',
  inputs: ['q', 'kv', 'tokens'],
  outputs: ([q], { heads, d }) => [
    { shape: [q![0]!, heads * d], dtype: 'float32' },
    { shape: [q![0]!, heads], dtype: 'float32' },
  ],
  reference: (inputs, outputs, shapes, attrs) => attentionReference(inputs, outputs, shapes, attrs),
  simd: (wasm, [q, kv, tokens], [out, logSum], [qs, kvs, at], { heads, kvHeads, d, keys, values }) =>
    wasm.attention(
      q!,
      qs![1]!,
      kv! + 4 * keys,
      kv! + 4 * values,
      kvs![1]!,
      tokens!,
      at![1]!,
      out!,
      logSum!,
      qs![0]!,
      heads,
      kvHeads,
      d,
    ),
  webgpu: attentionWebgpu,
});

/** Gradient of the stacked tensor, the same for queries, keys and values. */
const runGrad = defineKernel<AttentionAttrs>({
  name: 'TurnwiseAttentionGrad',
  inputs: ['qkv', 'tokens', 'out', 'logSum', 'dOut'],
  outputs: ([qkv]) => [{ shape: [...qkv!], dtype: 'float32' }],
  reference: (inputs, outputs, shapes, attrs) => attentionGradReference(inputs, outputs, shapes, attrs),
  // The SIMD form has the scores at hand and needs neither the sums nor the output.
  simd: (wasm, [qkv, tokens, , , dOut], [dQkv], [shape, at], { heads, kvHeads, d }) =>
    wasm.attentionGrad(qkv!, tokens!, at![1]!, dOut!, dQkv!, shape![0]!, heads, kvHeads, d),
  webgpu: attentionGradWebgpu,
});

/** Where the parts of a stacked [.., (H + 2 K) d] lie. */
const stacked = (heads: number, kvHeads: number, d: number): AttentionAttrs => ({
  heads,
  kvHeads,
  d,
  keys: heads * d,
  values: (heads + kvHeads) * d,
});

/** Attention of a batch over itself, a token's slot being the token: [N, H d] of `qkv` [N, (H + 2 K) d]. Differentiable. */
export function attention(
  qkv: Tensor2D,
  tokens: Tensor2D,
  { heads, kvHeads }: { heads: number; kvHeads: number },
): Tensor2D {
  const attrs = stacked(heads, kvHeads, qkv.shape[1] / (heads + 2 * kvHeads));
  return differentiable([qkv], ([x], save) => {
    const [out, logSum] = run({ q: x, kv: x, tokens }, attrs);
    save([x, out!, logSum!]);
    return {
      value: out!,
      gradFunc: (dOut: Tensor, saved: Tensor[]) => {
        const [x0, out0, logSum0] = saved as [Tensor, Tensor, Tensor];
        return runGrad({ qkv: x0, tokens, out: out0, logSum: logSum0, dOut }, attrs)[0]!;
      },
    };
  }) as Tensor2D;
}

/** Attention of `q` [N, H d] over a cache [slots, 2 K d]: [N, H d]. Forward only. */
export function attendCache(
  q: Tensor2D,
  cache: Tensor2D,
  tokens: Tensor2D,
  { heads, kvHeads }: { heads: number; kvHeads: number },
): Tensor2D {
  const d = q.shape[1] / heads;
  const [out, logSum] = run({ q, kv: cache, tokens }, { heads, kvHeads, d, keys: 0, values: kvHeads * d });
  logSum!.dispose();
  return out as Tensor2D;
}
