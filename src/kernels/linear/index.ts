/**
 * The product at the heart of the policy: a frozen int8 weight plus a trainable low-rank adapter,
 *
 *   y = n (diag(scale) Wq)^T + s h_g B^T + residual,   h = n A^T,   n = x, or the RMSNorm of x
 *
 * x [N, I] float32; Wq [O, I] int8, packed four to an int32 as [O, I/4]; scale [O] float32 (one per
 * output channel); norm [I]; residual [N, O]. I must be a multiple of 4.
 *
 * Projections of the same input are one weight, their rows stacked, and so are their adapters: A [G r, I] and
 * B [O, r], where output channel o belongs to adapter g(o), whose part of h is h_g. `second` and `third` are the
 * channels at which g becomes 1 and 2 (multiples of 4; O where there are fewer adapters).
 *
 * The int8 weights are read as they are: nothing but a small panel of them is ever held in float, which
 * keeps a model four times smaller on the device. The base is frozen, so it gets no weight gradient,
 * a third of the backward pass of full training. Norm, adapter and residual are fused in because at these
 * sizes one more kernel costs more than its arithmetic. LoRA: arXiv 2106.09685.
 */
import { type Tensor, type Tensor1D, type Tensor2D } from '@tensorflow/tfjs-core';
import { differentiable } from '../differentiable';
import { defineKernel, type Shape } from '../define';
import { adapterGradReference, linearGradReference, linearReference } from './reference';
import { adapterGradWebgpu } from './adapter-gradient';
import { linearGradWebgpu, linearWebgpu } from './webgpu';

export type LinearAttrs = { loraScale: number; second: number; third: number; epsilon: number };

/** The sizes of a product with its adapters. */
export interface LinearSizes {
  readonly rows: number;
  readonly inner: number;
  readonly outer: number;
  /** Of one adapter; 0 without. */
  readonly rank: number;
  /** Of all of them together, G r. */
  readonly ranks: number;
}

const sizes = (rows: number, inner: number, outer: number, a?: Shape, b?: Shape): LinearSizes => ({
  rows,
  inner,
  outer,
  rank: b?.[1] ?? 0,
  ranks: a?.[0] ?? 0,
});

const run = defineKernel<LinearAttrs>({
  name: 'TurnwiseLinear',
  inputs: ['x', 'w', 'scale', 'a', 'b', 'norm', 'residual'],
  optional: ['a', 'b', 'norm', 'residual'],
  outputs: ([x, w, , a]) => [
    { shape: [x![0]!, w![0]!], dtype: 'float32' },
    // Always present so that the kernel has one signature; a single number where there is no adapter.
    { shape: a!.length ? [x![0]!, a![0]!] : [1, 1], dtype: 'float32' },
  ],
  reference: (inputs, outputs, [x, w, , a, b], attrs) =>
    linearReference(inputs, outputs, sizes(x![0]!, x![1]!, w![0]!, a, b), attrs),
  simd: (wasm, [x, w, scale, a, b, norm, residual], [y, h], [xs, ws, , as, bs], attrs) => {
    const { rows, inner, outer, rank, ranks } = sizes(xs![0]!, xs![1]!, ws![0]!, as, bs);
    const { loraScale, second, third, epsilon } = attrs;
    wasm.linear(
      x!,
      w!,
      scale!,
      a!,
      b!,
      norm!,
      residual!,
      y!,
      h!,
      rows,
      inner,
      outer,
      rank,
      ranks,
      loraScale,
      second,
      third,
      epsilon,
    );
  },
  webgpu: linearWebgpu,
});

/** dn = dy (scale Wq) + u A, with u_g = s dy_g B_g. */
const runGrad = defineKernel<LinearAttrs>({
  name: 'TurnwiseLinearGrad',
  inputs: ['dy', 'w', 'scale', 'a', 'b'],
  optional: ['a', 'b'],
  outputs: ([dy, w, , a]) => [
    { shape: [dy![0]!, w![1]! * 4], dtype: 'float32' },
    { shape: a!.length ? [dy![0]!, a![0]!] : [1, 1], dtype: 'float32' },
  ],
  reference: (inputs, outputs, [dy, w, , a, b], attrs) =>
    linearGradReference(inputs, outputs, sizes(dy![0]!, w![1]! * 4, w![0]!, a, b), attrs),
  simd: (wasm, [dy, w, scale, a, b], [dx, u], [dys, ws, , as, bs], { loraScale, second, third }) => {
    const { rows, inner, outer, rank, ranks } = sizes(dys![0]!, ws![1]! * 4, ws![0]!, as, bs);
    wasm.linearGrad(
      dy!,
      w!,
      scale!,
      a!,
      b!,
      dx!,
      u!,
      rows,
      inner,
      outer,
      rank,
      ranks,
      loraScale,
      second,
      third,
    );
  },
  webgpu: linearGradWebgpu,
});

/** dA = u^T x, dB_g = s dy_g^T h_g. */
const runAdapterGrad = defineKernel<LinearAttrs>({
  name: 'TurnwiseAdapterGrad',
  inputs: ['x', 'dy', 'h', 'u'],
  outputs: ([x, dy, h], { second, third }) => [
    { shape: [h![1]!, x![1]!], dtype: 'float32' },
    { shape: [dy![1]!, h![1]! / adaptersOf(dy![1]!, second, third)], dtype: 'float32' },
  ],
  reference: (inputs, outputs, [x, dy, h], attrs) =>
    adapterGradReference(inputs, outputs, adapterSizes(x!, dy!, h!, attrs), attrs),
  simd: (wasm, [x, dy, h, u], [da, db], [xs, dys, hs], attrs) => {
    const { rows, inner, outer, rank, ranks } = adapterSizes(xs!, dys!, hs!, attrs);
    const { loraScale, second, third } = attrs;
    wasm.adapterGrad(x!, dy!, h!, u!, da!, db!, rows, inner, outer, rank, ranks, loraScale, second, third);
  },
  webgpu: adapterGradWebgpu,
});

/** How many adapters share a stacked weight. */
export const adaptersOf = (outer: number, second: number, third: number): number =>
  second >= outer ? 1 : third >= outer ? 2 : 3;

const adapterSizes = (x: Shape, dy: Shape, h: Shape, { second, third }: LinearAttrs): LinearSizes => ({
  rows: x[0]!,
  inner: x[1]!,
  outer: dy[1]!,
  rank: h[1]! / adaptersOf(dy[1]!, second, third),
  ranks: h[1]!,
});

/** A frozen weight [O, I]: int8 packed four to an int32 as [O, I/4], and one scale per output channel [O]. */
export interface Int8Weight {
  readonly packed: Tensor2D;
  readonly scale: Tensor1D;
}

/** The adapters of one weight: A [G r, I], B [O, r]; their product is multiplied by `scale` = alpha / r. */
export interface LoraPair {
  readonly a: Tensor2D;
  readonly b: Tensor2D;
  readonly scale: number;
  /** Output channels at which the second and the third adapter begin. */
  readonly starts?: readonly number[];
}

export interface LinearOptions {
  readonly lora?: LoraPair;
  /** Added to the result. */
  readonly residual?: Tensor2D;
  /** RMSNorm before the product; only where no gradient is wanted. */
  readonly norm?: { readonly weight: Tensor1D; readonly epsilon: number };
}

/** `y [N, O]` as in the file header. Differentiable in x, A, B and the residual, unless a norm is fused in. */
export function linear(x: Tensor2D, weight: Int8Weight, options: LinearOptions = {}): Tensor2D {
  const { packed: w, scale } = weight;
  const { lora, residual, norm } = options;
  const outer = w.shape[0];
  const attrs: LinearAttrs = {
    loraScale: lora?.scale ?? 0,
    second: lora?.starts?.[0] ?? outer,
    third: lora?.starts?.[1] ?? outer,
    epsilon: norm?.epsilon ?? 0,
  };
  const inputs: Tensor[] = [x, ...(lora ? [lora.a, lora.b] : []), ...(residual ? [residual] : [])];
  return differentiable(inputs, ([input, ...rest], save) => {
    const [a, b] = lora ? rest : [];
    const added = residual && rest.at(-1);
    const [y, h] = run({ x: input, w, scale, a, b, norm: norm?.weight, residual: added }, attrs);
    if (!lora) h!.dispose();
    save(lora ? [input!, a!, b!, h!] : []);
    return {
      value: y!,
      gradFunc: (dy: Tensor, saved: Tensor[]) => {
        if (norm) throw new Error('A product with its norm fused in has no gradient.');
        const passed = residual ? [dy.clone()] : [];
        if (!lora) {
          const [dx, nothing] = runGrad({ dy, w, scale }, attrs);
          nothing!.dispose();
          return [dx!, ...passed];
        }
        const [x0, a0, b0, h0] = saved as [Tensor2D, Tensor2D, Tensor2D, Tensor2D];
        const [dx, u] = runGrad({ dy, w, scale, a: a0, b: b0 }, attrs);
        const [da, db] = runAdapterGrad({ x: x0, dy, h: h0, u }, attrs);
        return [dx!, da!, db!, ...passed];
      },
    };
  }) as Tensor2D;
}
