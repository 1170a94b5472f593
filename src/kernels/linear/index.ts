/**
 * The product at the heart of the policy: a frozen int8 weight plus a trainable low-rank adapter,
 *
 *   y = x (diag(scale) Wq)^T + (alpha/r) (x A^T) B^T
 *
 * x [N, I] float32; Wq [O, I] int8, packed four to an int32 as [O, I/4]; scale [O] float32 (one per
 * output channel); A [r, I], B [O, r] float32. I must be a multiple of 4.
 *
 * The int8 weights are read as they are: nothing but a small panel of them is ever held in float, which
 * keeps a model four times smaller on the device. The base is frozen, so it gets no weight gradient,
 * a third of the backward pass of full training. The adapter is fused in because at these sizes one
 * more kernel costs more than its arithmetic. LoRA: arXiv 2106.09685.
 */
import { type Tensor, type Tensor1D, type Tensor2D } from '@tensorflow/tfjs-core';
import { differentiable } from '../differentiable';
import { defineKernel, type KernelSpec } from '../define';
import { matMul } from '../matmul';
import { linearGradReference, linearReference } from './reference';
import { linearGradWebgpu, linearWebgpu } from './webgpu';

type Attrs = { loraScale: number };

const sizes = (rows: number, inner: number, outer: number, rank: number, loraScale: number) => ({
  rows,
  inner,
  outer,
  rank,
  loraScale,
});

const forwardSpec: KernelSpec<Attrs> = {
  name: 'TurnwiseLinear',
  inputs: ['x', 'w', 'scale', 'a', 'b'],
  optional: ['a', 'b'],
  outputs: ([x, w, , a]) => [
    { shape: [x![0]!, w![0]!], dtype: 'float32' },
    // Always present so that the kernel has one signature; a single number where there is no adapter.
    { shape: a!.length ? [x![0]!, a![0]!] : [1, 1], dtype: 'float32' },
  ],
  reference: (inputs, outputs, [x, w, , a], { loraScale }) =>
    linearReference(inputs, outputs, sizes(x![0]!, x![1]!, w![0]!, a![0] ?? 0, loraScale)),
  simd: (wasm, [x, w, scale, a, b], [y, h], [xs, ws, , as], { loraScale }) =>
    wasm.linear(x!, w!, scale!, a!, b!, y!, h!, xs![0]!, xs![1]!, ws![0]!, as![0] ?? 0, loraScale),
  webgpu: linearWebgpu,
};

const gradSpec: KernelSpec<Attrs> = {
  name: 'TurnwiseLinearGrad',
  inputs: ['dy', 'w', 'scale', 'a', 'b'],
  optional: ['a', 'b'],
  outputs: ([dy, w, , a]) => [
    { shape: [dy![0]!, w![1]! * 4], dtype: 'float32' },
    { shape: a!.length ? [dy![0]!, a![0]!] : [1, 1], dtype: 'float32' },
  ],
  reference: (inputs, outputs, [dy, w, , a], { loraScale }) =>
    linearGradReference(inputs, outputs, sizes(dy![0]!, w![1]! * 4, w![0]!, a![0] ?? 0, loraScale)),
  simd: (wasm, [dy, w, scale, a, b], [dx, u], [dys, ws, , as], { loraScale }) =>
    wasm.linearGrad(dy!, w!, scale!, a!, b!, dx!, u!, dys![0]!, ws![1]! * 4, ws![0]!, as![0] ?? 0, loraScale),
  webgpu: linearGradWebgpu,
};

const runForward = defineKernel(forwardSpec);
const runGrad = defineKernel(gradSpec);

/** A frozen weight [O, I]: int8 packed four to an int32 as [O, I/4], and one scale per output channel [O]. */
export interface Int8Weight {
  readonly packed: Tensor2D;
  readonly scale: Tensor1D;
}

/** The adapter of one weight: A [r, I], B [O, r]; its product is multiplied by `scale` = alpha / r. */
export interface LoraPair {
  readonly a: Tensor2D;
  readonly b: Tensor2D;
  readonly scale: number;
}

/** `y [N, O]` as in the file header. Differentiable in x, A and B. */
export function linear(x: Tensor2D, weight: Int8Weight, lora?: LoraPair): Tensor2D {
  const { packed: w, scale } = weight;
  if (!lora) {
    return differentiable([x], ([input], save) => {
      save([]);
      const [y, unused] = runForward({ x: input, w, scale }, { loraScale: 0 });
      unused!.dispose();
      return {
        value: y!,
        gradFunc: (dy: Tensor) => {
          const [dx, nothing] = runGrad({ dy, w, scale }, { loraScale: 0 });
          nothing!.dispose();
          return dx!;
        },
      };
    }) as Tensor2D;
  }
  const attrs = { loraScale: lora.scale };
  return differentiable([x, lora.a, lora.b], ([input, a, b], save) => {
    const [y, h] = runForward({ x: input, w, scale, a, b }, attrs);
    save([input, a, b, h!]);
    return {
      value: y!,
      gradFunc: (dy: Tensor, saved: Tensor[]) => {
        const [x0, a0, b0, h0] = saved as [Tensor2D, Tensor2D, Tensor2D, Tensor2D];
        const [dx, u] = runGrad({ dy, w, scale, a: a0, b: b0 }, attrs);
        const da = matMul(u as Tensor2D, x0, { transposeA: true });
        const db = matMul(dy as Tensor2D, h0, { transposeA: true, alpha: lora.scale });
        return [dx!, da, db];
      },
    };
  }) as Tensor2D;
}
