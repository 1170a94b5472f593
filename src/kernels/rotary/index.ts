/**
 * Rotary position embedding (RoFormer, arXiv 2104.09864) in the half-split form of Llama and Qwen: the pair
 * (x[i], x[i + d/2]) of a head of width d is turned by the angle p * base^(-2i/d) at position p.
 *
 * x [N, heads * d], spans [N, 3] (see layout.ts). The gradient is the rotation backwards.
 */
import { type Tensor, type Tensor2D } from '@tensorflow/tfjs-core';
import { differentiable } from '../differentiable';
import { defineKernel, type KernelSpec } from '../define';
import { rotaryReference } from './reference';
import { rotaryWebgpu } from './webgpu';

export type RotaryAttrs = { heads: number; base: number; offset: number; inverse: boolean };

const spec: KernelSpec<RotaryAttrs> = {
  name: 'TurnwiseRotary',
  inputs: ['x', 'spans'],
  outputs: ([x]) => [{ shape: [...x!], dtype: 'float32' }],
  reference: (inputs, outputs, [x], attrs) => rotaryReference(inputs, outputs, x![0]!, x![1]!, attrs),
  simd: (wasm, [x, spans], [y], [xs], { heads, base, offset, inverse }) =>
    wasm.rotary(x!, spans!, y!, xs![0]!, heads, xs![1]! / heads, base, offset, inverse),
  webgpu: rotaryWebgpu,
};

const run = defineKernel(spec);

/** Rotates every head of `x` to its token's position plus `offset`. */
export function rotary(
  x: Tensor2D,
  spans: Tensor2D,
  { heads, base, offset = 0 }: { heads: number; base: number; offset?: number },
): Tensor2D {
  return differentiable([x], ([x0], save) => {
    save([]);
    return {
      value: run({ x: x0, spans }, { heads, base, offset, inverse: false })[0]!,
      gradFunc: (dy: Tensor) => run({ x: dy, spans }, { heads, base, offset, inverse: true })[0]!,
    };
  }) as Tensor2D;
}
