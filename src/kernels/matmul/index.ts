/**
 * C = alpha * op(A) op(B), where op transposes or not. A [M, K] or [K, M], B [K, N] or [N, K].
 *
 * TensorFlow.js has this product, but its own WASM build runs the transposed forms, which gradients are made of,
 * ten to twenty times slower than the plain one; ours packs either form into the same panels.
 */
import { type Tensor, type Tensor2D } from '@tensorflow/tfjs-core';
import { differentiable } from '../differentiable';
import { defineKernel, type KernelSpec } from '../define';
import { matMulReference } from './reference';
import { matMulWebgpu } from './webgpu';

type Attrs = { transposeA: boolean; transposeB: boolean; alpha: number };

export const matMulSizes = (
  a: readonly number[],
  b: readonly number[],
  { transposeA, transposeB }: Attrs,
) => ({
  rows: transposeA ? a[1]! : a[0]!,
  inner: transposeA ? a[0]! : a[1]!,
  columns: transposeB ? b[0]! : b[1]!,
});

const spec: KernelSpec<Attrs> = {
  name: 'TurnwiseMatMul',
  inputs: ['a', 'b'],
  outputs: ([a, b], attrs) => {
    const { rows, columns } = matMulSizes(a!, b!, attrs);
    return [{ shape: [rows, columns], dtype: 'float32' }];
  },
  reference: (inputs, outputs, [a, b], attrs) =>
    matMulReference(inputs, outputs, matMulSizes(a!, b!, attrs), attrs),
  simd: (wasm, [a, b], [c], [as, bs], attrs) => {
    const { rows, inner, columns } = matMulSizes(as!, bs!, attrs);
    wasm.matMul(a!, b!, c!, rows, inner, columns, attrs.transposeA, attrs.transposeB, attrs.alpha);
  },
  webgpu: matMulWebgpu,
};

const run = defineKernel(spec);

/** `alpha * op(a) op(b)`, differentiable in both. */
export function matMul(a: Tensor2D, b: Tensor2D, options: Partial<Attrs> = {}): Tensor2D {
  const { transposeA = false, transposeB = false, alpha = 1 } = options;
  return differentiable([a, b], ([a0, b0], save) => {
    save([a0, b0]);
    return {
      value: run({ a: a0, b: b0 }, { transposeA, transposeB, alpha })[0]!,
      gradFunc: (dy: Tensor, saved: Tensor[]) => {
        const [sa, sb] = saved as [Tensor2D, Tensor2D];
        const d = dy as Tensor2D;
        const da = transposeA
          ? matMul(sb, d, { transposeA: transposeB, transposeB: true, alpha })
          : matMul(d, sb, { transposeB: !transposeB, alpha });
        const db = transposeB
          ? matMul(d, sa, { transposeA: true, transposeB: transposeA, alpha })
          : matMul(sa, d, { transposeA: !transposeA, alpha });
        return [da, db];
      },
    };
  }) as Tensor2D;
}
