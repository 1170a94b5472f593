/**
 * From the stacked projection of queries, keys and values to what attention reads: every head of a query or key is
 * normalised (QK-norm, an RMSNorm over the head) and turned to its token's position; values pass as they are.
 *
 *   y = R(p) (x / sqrt(mean(x^2) + eps) * w)
 *
 * qkv [N, (H + 2 K) d]: H query heads, K key heads, K value heads. R turns the pair (x[i], x[i + d/2]) by the angle
 * p base^(-2i/d): rotary positions (RoFormer, arXiv 2104.09864) in the half-split form of Llama and Qwen.
 * tokens [N, C] (layout.ts) tell the positions, which are below `positions`.
 *
 * Without a cache y has the shape of qkv. With one, [slots, 2 K d], keys and values are written into the slots of
 * their tokens instead, in place, because a copy of the cache per token would cost more than the rest of
 * decoding; y is then the queries alone, [N, H d].
 *
 * Gradient, with n = x r w, r = 1 / sqrt(mean(x^2) + eps), dn = R(-p) dy and g = dn w:
 *   dx = r g - x r^3 mean(g x),   dw = sum over tokens and heads of dn x r.
 */
import { type Tensor, type Tensor1D, type Tensor2D } from '@tensorflow/tfjs-core';
import { differentiable } from '../differentiable';
import { defineKernel } from '../define';
import { headsGradReference, headsReference, headsWeightGradReference } from './reference';
import { headsGradWebgpu, headsWebgpu, headsWeightGradWebgpu } from './webgpu';

export type HeadsAttrs = {
  heads: number;
  kvHeads: number;
  base: number;
  epsilon: number;
  positions: number;
};

/** Width of a head. */
export const headWidth = (qkvWidth: number, { heads, kvHeads }: { heads: number; kvHeads: number }): number =>
  qkvWidth / (heads + 2 * kvHeads);

const run = defineKernel<HeadsAttrs>({
  name: 'TurnwiseHeads',
  inputs: ['qkv', 'qNorm', 'kNorm', 'tokens', 'cache'],
  optional: ['cache'],
  writes: [4],
  outputs: ([qkv, , , , cache], attrs) => [
    {
      shape: [qkv![0]!, cache!.length ? attrs.heads * headWidth(qkv![1]!, attrs) : qkv![1]!],
      dtype: 'float32',
    },
  ],
  reference: (inputs, outputs, shapes, attrs) => headsReference(inputs, outputs, shapes, attrs),
  simd: (wasm, [qkv, qNorm, kNorm, tokens, cache], [y], [shape, , , at], a) =>
    wasm.heads(
      qkv!,
      qNorm!,
      kNorm!,
      tokens!,
      at![1]!,
      cache!,
      y!,
      shape![0]!,
      a.heads,
      a.kvHeads,
      headWidth(shape![1]!, a),
      a.base,
      a.epsilon,
    ),
  webgpu: headsWebgpu,
});

const runGrad = defineKernel<HeadsAttrs>({
  name: 'TurnwiseHeadsGrad',
  inputs: ['dy', 'qkv', 'qNorm', 'kNorm', 'tokens'],
  outputs: ([, qkv]) => [{ shape: [...qkv!], dtype: 'float32' }],
  reference: (inputs, outputs, shapes, attrs) => headsGradReference(inputs, outputs, shapes, attrs),
  simd: (wasm, [dy, qkv, qNorm, kNorm, tokens], [dx], [, shape, , , at], a) =>
    wasm.headsGrad(
      dy!,
      qkv!,
      qNorm!,
      kNorm!,
      tokens!,
      at![1]!,
      dx!,
      shape![0]!,
      a.heads,
      a.kvHeads,
      headWidth(shape![1]!, a),
      a.base,
      a.epsilon,
    ),
  webgpu: headsGradWebgpu,
});

const runWeightGrad = defineKernel<HeadsAttrs>({
  name: 'TurnwiseHeadsWeightGrad',
  inputs: ['dy', 'qkv', 'tokens'],
  outputs: ([, qkv], attrs) => {
    const shape = [headWidth(qkv![1]!, attrs)];
    return [
      { shape, dtype: 'float32' },
      { shape, dtype: 'float32' },
    ];
  },
  reference: (inputs, outputs, shapes, attrs) => headsWeightGradReference(inputs, outputs, shapes, attrs),
  simd: (wasm, [dy, qkv, tokens], [dq, dk], [, shape, at], a) =>
    wasm.headsWeightGrad(
      dy!,
      qkv!,
      tokens!,
      at![1]!,
      dq!,
      dk!,
      shape![0]!,
      a.heads,
      a.kvHeads,
      headWidth(shape![1]!, a),
      a.base,
      a.epsilon,
    ),
  webgpu: headsWeightGradWebgpu,
});

export interface HeadNorms {
  readonly query: Tensor1D;
  readonly key: Tensor1D;
}

/** Normalised and turned heads [N, (H + 2 K) d]; differentiable in `qkv`, and in the norms with `trainWeight`. */
export function heads(
  qkv: Tensor2D,
  norms: HeadNorms,
  tokens: Tensor2D,
  attrs: HeadsAttrs,
  { trainWeight = false }: { trainWeight?: boolean } = {},
): Tensor2D {
  const trained: Tensor[] = trainWeight ? [norms.query, norms.key] : [];
  return differentiable([qkv, ...trained], ([x, ...weights], save) => {
    const [qNorm, kNorm] = trainWeight ? weights : [norms.query, norms.key];
    save([x!, ...weights]);
    return {
      value: run({ qkv: x, qNorm, kNorm, tokens }, attrs)[0]!,
      gradFunc: (dy: Tensor, [saved, savedQ, savedK]: Tensor[]) => {
        const used = { qNorm: savedQ ?? norms.query, kNorm: savedK ?? norms.key };
        const dx = runGrad({ dy, qkv: saved, ...used, tokens }, attrs)[0]!;
        return trainWeight ? [dx, ...runWeightGrad({ dy, qkv: saved, tokens }, attrs)] : dx;
      },
    };
  }) as Tensor2D;
}

/** Queries [N, H d]; keys and values go into `cache` [slots, 2 K d]. Not differentiable: only decoding uses a cache. */
export function headsIntoCache(
  qkv: Tensor2D,
  norms: HeadNorms,
  tokens: Tensor2D,
  cache: Tensor2D,
  attrs: HeadsAttrs,
): Tensor2D {
  return run({ qkv, qNorm: norms.query, kNorm: norms.key, tokens, cache }, attrs)[0] as Tensor2D;
}
