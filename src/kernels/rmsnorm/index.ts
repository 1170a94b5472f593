/**
 * RMSNorm (arXiv 1910.07467): y = x / sqrt(mean(x^2) + eps) * w, row by row.
 *
 * x [N, D], w [D]. D is the last dimension that is normalised, so QK-norm is the same kernel over rows
 * of one head. With r = 1 / sqrt(mean(x^2) + eps) and g = dy * w:
 *   dx = r g - x r^3 mean(g x),   dw = sum_n dy x r.
 */
import { type Tensor, type Tensor1D, type Tensor2D } from '@tensorflow/tfjs-core';
import { differentiable } from '../differentiable';
import { defineKernel, type KernelSpec } from '../define';
import { rmsNormGradReference, rmsNormReference, rmsNormWeightGradReference } from './reference';
import { rmsNormGradWebgpu, rmsNormWebgpu, rmsNormWeightGradWebgpu } from './webgpu';

type Attrs = { epsilon: number };

const run = defineKernel<Attrs>({
  name: 'TurnwiseRmsNorm',
  inputs: ['x', 'w'],
  outputs: ([x]) => [{ shape: [...x!], dtype: 'float32' }],
  reference: (inputs, outputs, [x], { epsilon }) =>
    rmsNormReference(inputs, outputs, x![0]!, x![1]!, epsilon),
  simd: (wasm, [x, w], [y], [xs], { epsilon }) => wasm.rmsNorm(x!, w!, y!, xs![0]!, xs![1]!, epsilon),
  webgpu: rmsNormWebgpu,
} satisfies KernelSpec<Attrs>);

const runGrad = defineKernel<Attrs>({
  name: 'TurnwiseRmsNormGrad',
  inputs: ['dy', 'x', 'w'],
  outputs: ([, x]) => [{ shape: [...x!], dtype: 'float32' }],
  reference: (inputs, outputs, [, x], { epsilon }) =>
    rmsNormGradReference(inputs, outputs, x![0]!, x![1]!, epsilon),
  simd: (wasm, [dy, x, w], [dx], [, xs], { epsilon }) =>
    wasm.rmsNormGrad(dy!, x!, w!, dx!, xs![0]!, xs![1]!, epsilon),
  webgpu: rmsNormGradWebgpu,
});

const runWeightGrad = defineKernel<Attrs>({
  name: 'TurnwiseRmsNormWeightGrad',
  inputs: ['dy', 'x'],
  outputs: ([, x]) => [{ shape: [x![1]!], dtype: 'float32' }],
  reference: (inputs, outputs, [, x], { epsilon }) =>
    rmsNormWeightGradReference(inputs, outputs, x![0]!, x![1]!, epsilon),
  simd: (wasm, [dy, x], [dw], [, xs], { epsilon }) =>
    wasm.rmsNormWeightGrad(dy!, x!, dw!, xs![0]!, xs![1]!, epsilon),
  webgpu: rmsNormWeightGradWebgpu,
});

/** `y [N, D]`; differentiable in x, and in w with `trainWeight` (a frozen weight costs no gradient). */
export function rmsNorm(
  x: Tensor2D,
  w: Tensor1D,
  epsilon: number,
  { trainWeight = false }: { trainWeight?: boolean } = {},
): Tensor2D {
  if (!trainWeight) {
    return differentiable([x], ([x0], save) => {
      save([x0]);
      return {
        value: run({ x: x0, w }, { epsilon })[0]!,
        gradFunc: (dy: Tensor, saved: Tensor[]) => runGrad({ dy, x: saved[0], w }, { epsilon })[0]!,
      };
    }) as Tensor2D;
  }
  return differentiable([x, w], ([x0, w0], save) => {
    save([x0, w0]);
    return {
      value: run({ x: x0, w: w0 }, { epsilon })[0]!,
      gradFunc: (dy: Tensor, saved: Tensor[]) => [
        runGrad({ dy, x: saved[0], w: saved[1] }, { epsilon })[0]!,
        runWeightGrad({ dy, x: saved[0] }, { epsilon })[0]!,
      ],
    };
  }) as Tensor2D;
}
