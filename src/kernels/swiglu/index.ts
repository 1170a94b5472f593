/**
 * SwiGLU (arXiv 2002.05202): y = gate * sigmoid(gate) * up, element by element.
 *
 * gate, up [N, F]. With s = sigmoid(gate):
 *   dgate = dy * up * s (1 + gate (1 - s)),   dup = dy * gate * s.
 */
import { type Tensor, type Tensor2D } from '@tensorflow/tfjs-core';
import { differentiable } from '../differentiable';
import { defineKernel, type Attributes, type Values } from '../define';
import { swiGluGradWebgpu, swiGluWebgpu } from './webgpu';

const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));
const size = (shape: readonly number[]) => shape[0]! * shape[1]!;

const run = defineKernel<Attributes>({
  name: 'TurnwiseSwiGlu',
  inputs: ['gate', 'up'],
  outputs: ([gate]) => [{ shape: [...gate!], dtype: 'float32' }],
  reference: ([gate, up], [y]) => {
    for (let i = 0; i < y!.length; i++) y![i] = gate![i]! * sigmoid(gate![i]!) * up![i]!;
  },
  simd: (wasm, [gate, up], [y], [shape]) => wasm.swiGlu(gate!, up!, y!, size(shape!)),
  webgpu: swiGluWebgpu,
});

const runGrad = defineKernel<Attributes>({
  name: 'TurnwiseSwiGluGrad',
  inputs: ['dy', 'gate', 'up'],
  outputs: ([, gate]) => [
    { shape: [...gate!], dtype: 'float32' },
    { shape: [...gate!], dtype: 'float32' },
  ],
  reference: ([dy, gate, up], [dGate, dUp]: readonly Values[]) => {
    for (let i = 0; i < dy!.length; i++) {
      const g = gate![i]!;
      const s = sigmoid(g);
      dGate![i] = dy![i]! * up![i]! * s * (1 + g * (1 - s));
      dUp![i] = dy![i]! * g * s;
    }
  },
  simd: (wasm, [dy, gate, up], [dGate, dUp], [shape]) =>
    wasm.swiGluGrad(dy!, gate!, up!, dGate!, dUp!, size(shape!)),
  webgpu: swiGluGradWebgpu,
});

/** `silu(gate) * up`, differentiable in both. */
export function swiGlu(gate: Tensor2D, up: Tensor2D): Tensor2D {
  return differentiable([gate, up], ([g, u], save) => {
    save([g, u]);
    return {
      value: run({ gate: g, up: u }, {})[0]!,
      gradFunc: (dy: Tensor, saved: Tensor[]) => runGrad({ dy, gate: saved[0], up: saved[1] }, {}),
    };
  }) as Tensor2D;
}
