/**
 * SwiGLU (arXiv 2002.05202), the gate of the feed-forward layer: y = silu(gate) * up, silu(g) = g sigmoid(g).
 *
 * gateUp [N, 2 F] holds gate and up side by side, as their stacked projection leaves them; y [N, F].
 * With s = sigmoid(gate): dgate = dy up s (1 + gate (1 - s)), dup = dy gate s, side by side again.
 */
import { type Tensor, type Tensor2D } from '@tensorflow/tfjs-core';
import { differentiable } from '../differentiable';
import { defineKernel, type Attributes } from '../define';
import { swiGluGradWebgpu, swiGluWebgpu } from './webgpu';

const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));

const run = defineKernel<Attributes>({
  name: 'TurnwiseSwiGlu',
  inputs: ['gateUp'],
  outputs: ([shape]) => [{ shape: [shape![0]!, shape![1]! / 2], dtype: 'float32' }],
  reference: ([gateUp], [y], [shape]) => {
    const width = shape![1]! / 2;
    for (let i = 0; i < y!.length; i++) {
      const at = i + Math.floor(i / width) * width;
      y![i] = gateUp![at]! * sigmoid(gateUp![at]!) * gateUp![at + width]!;
    }
  },
  simd: (wasm, [gateUp], [y], [shape]) => wasm.swiGlu(gateUp!, y!, shape![0]!, shape![1]! / 2),
  webgpu: swiGluWebgpu,
});

const runGrad = defineKernel<Attributes>({
  name: 'TurnwiseSwiGluGrad',
  inputs: ['dy', 'gateUp'],
  outputs: ([, shape]) => [{ shape: [...shape!], dtype: 'float32' }],
  reference: ([dy, gateUp], [dGateUp], [, shape]) => {
    const width = shape![1]! / 2;
    for (let i = 0; i < dy!.length; i++) {
      const at = i + Math.floor(i / width) * width;
      const g = gateUp![at]!;
      const s = sigmoid(g);
      dGateUp![at] = dy![i]! * gateUp![at + width]! * s * (1 + g * (1 - s));
      dGateUp![at + width] = dy![i]! * g * s;
    }
  },
  simd: (wasm, [dy, gateUp], [dGateUp], [, shape]) =>
    wasm.swiGluGrad(dy!, gateUp!, dGateUp!, shape![0]!, shape![1]! / 2),
  webgpu: swiGluGradWebgpu,
});

/** `silu(gate) * up` [N, F] of `gateUp` [N, 2 F], differentiable. */
export function swiGlu(gateUp: Tensor2D): Tensor2D {
  return differentiable([gateUp], ([x], save) => {
    save([x]);
    return {
      value: run({ gateUp: x }, {})[0]!,
      gradFunc: (dy: Tensor, saved: Tensor[]) => runGrad({ dy, gateUp: saved[0] }, {})[0]!,
    };
  }) as Tensor2D;
}
