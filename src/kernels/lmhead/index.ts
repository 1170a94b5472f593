/**
 * The output layer of the policy and the softmax over it in one: log-probability of one word per token, and the
 * entropy of the token's distribution, without the logits [N, V] ever being there at once.
 *
 *   z_nv = x_n . W_v,   p_n = softmax(z_n / T),   logp_n = log p_n[y_n],   H_n = -sum_v p_nv log p_nv
 *   u_n = dlogp_n/dx_n = (W_y - sum_v p_nv W_v) / T
 *   w_n = dH_n/dx_n    = -(sum_v p_nv (log p_nv + H_n) W_v) / T
 *
 * x [N, D] hidden states; W [V, D] the tied embedding, int8 packed as [V, D/4] with one scale per word, or float;
 * targets y [N, 1] int32; scores [N, 2] = (logp, H); u, w [N, D].
 *
 * The loss of a token reaches x only through the two numbers of its row of `scores`, so that its gradient is
 * dlogp_n u_n + dH_n w_n whatever the loss is. u and w are made in the forward pass, while a block of logits is
 * there (only where they will be asked for); the backward pass multiplies rows. Nothing of size [N, V] is kept,
 * and the backward pass needs the logits no second time.
 *
 * The gradient of a table that is itself trained has no such shortcut: it is a sum over tokens. But there the loss
 * is a weighted sum of log-probabilities with weights known beforehand, so that `weightedLoss` can add it up
 * blockwise in the same pass:
 *
 *   L = -sum_n c_n logp_n,   dz_nv = c_n (p_nv - [v = y_n]) / T,   dx = dz W,   dW = dz^T x
 */
import {
  mul,
  neg,
  reshape,
  slice,
  sum,
  type Scalar,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
} from '@tensorflow/tfjs-core';
import { defineKernel, type Shape } from '../define';
import { differentiable } from '../differentiable';
import type { Int8Weight } from '../linear';
import { lmHeadGradReference, lmHeadLossReference, lmHeadReference } from './reference';
import { lmHeadLossWebgpu } from './table-gradient';
import { lmHeadGradWebgpu, lmHeadWebgpu } from './webgpu';

/** Gradients made in the forward pass: none, of the log-probability, of the entropy as well. */
const GRADIENTS = ['none', 'logProb', 'both'] as const;
export type HeadGradient = (typeof GRADIENTS)[number];

export type LmHeadAttrs = {
  temperature: number;
  /** How many of u and w are made. */
  gradients: number;
};

export interface HeadSizes {
  readonly rows: number;
  readonly inner: number;
  readonly vocabulary: number;
}

const sizesOf = (x: Shape, table: Shape): HeadSizes => ({
  rows: x[0]!,
  inner: x[1]!,
  vocabulary: table[0]!,
});

const run = defineKernel<LmHeadAttrs>({
  name: 'TurnwiseLmHead',
  inputs: ['x', 'table', 'scale', 'targets'],
  optional: ['scale'],
  outputs: ([x], { gradients }) => [
    { shape: [x![0]!, 2], dtype: 'float32' },
    ...Array.from({ length: gradients }, () => ({ shape: [...x!], dtype: 'float32' as const })),
  ],
  reference: (inputs, outputs, [x, table], attrs) =>
    lmHeadReference(inputs, outputs, sizesOf(x!, table!), attrs),
  simd: (wasm, [x, table, scale, targets], [scores, u = 0, w = 0], [xs, ts], { temperature }) =>
    wasm.lmHead(x!, table!, scale!, targets!, scores!, u, w, xs![0]!, xs![1]!, ts![0]!, temperature),
  webgpu: lmHeadWebgpu,
});

const runGrad = defineKernel<Record<string, never>>({
  name: 'TurnwiseLmHeadGrad',
  inputs: ['dScores', 'u', 'w'],
  optional: ['w'],
  outputs: ([, u]) => [{ shape: [...u!], dtype: 'float32' }],
  reference: (inputs, outputs, [, u]) => lmHeadGradReference(inputs, outputs, u![0]!, u![1]!),
  simd: (wasm, [dScores, u, w], [dx], [, shape]) =>
    wasm.lmHeadGrad(dScores!, u!, w!, dx!, shape![0]!, shape![1]!),
  webgpu: lmHeadGradWebgpu,
});

const runLoss = defineKernel<{ temperature: number }>({
  name: 'TurnwiseLmHeadLoss',
  inputs: ['x', 'table', 'targets', 'weights'],
  outputs: ([x, table]) => [
    { shape: [x![0]!, 2], dtype: 'float32' },
    { shape: [...x!], dtype: 'float32' },
    { shape: [...table!], dtype: 'float32' },
  ],
  reference: (inputs, outputs, [x, table], { temperature }) =>
    lmHeadLossReference(inputs, outputs, sizesOf(x!, table!), temperature),
  simd: (wasm, [x, table, targets, weights], [scores, dx, dTable], [xs, ts], { temperature }) =>
    wasm.lmHeadLoss(
      x!,
      table!,
      targets!,
      weights!,
      scores!,
      dx!,
      dTable!,
      xs![0]!,
      xs![1]!,
      ts![0]!,
      temperature,
    ),
  webgpu: lmHeadLossWebgpu,
});

/** A frozen output layer: int8 as elsewhere, or float. */
export type HeadTable = Int8Weight | { readonly float: Tensor2D };

/**
 * (logp, H) [N, 2] of the targets, in nats. Differentiable in x where `gradient` says so; with `'logProb'` the
 * entropy counts as a constant, with `'none'` (the default) asking for a gradient is an error.
 */
export function lmHead(
  x: Tensor2D,
  table: HeadTable,
  targets: Tensor2D,
  { temperature = 1, gradient = 'none' }: { temperature?: number; gradient?: HeadGradient } = {},
): Tensor2D {
  const frozen = 'float' in table ? { table: table.float } : { table: table.packed, scale: table.scale };
  const attrs = { temperature, gradients: GRADIENTS.indexOf(gradient) };
  if (gradient === 'none') return run({ x, ...frozen, targets }, attrs)[0] as Tensor2D;
  return differentiable([x], ([hidden], save) => {
    const [scores, ...made] = run({ x: hidden, ...frozen, targets }, attrs);
    save(made);
    return {
      value: scores!,
      gradFunc: (dScores: Tensor, [u, w]: Tensor[]) => runGrad({ dScores, u, w }, {})[0]!,
    };
  }) as Tensor2D;
}

/** -sum_n weights_n logp_n over a table that is trained: differentiable in x and in the table. */
export function weightedLoss(
  x: Tensor2D,
  table: Tensor2D,
  targets: Tensor2D,
  weights: Tensor1D,
  temperature = 1,
): Scalar {
  const rows = x.shape[0];
  return differentiable([x, table], ([hidden, trained], save) => {
    const [scores, dx, dTable] = runLoss({ x: hidden, table: trained, targets, weights }, { temperature });
    save([dx!, dTable!]);
    const logProbs = reshape(slice(scores!, [0, 0], [rows, 1]), [rows]);
    return {
      value: neg(sum(mul(logProbs, weights))),
      gradFunc: (dy: Tensor, saved: Tensor[]) => saved.map((gradient) => mul(gradient, dy)),
    };
  }) as Scalar;
}
