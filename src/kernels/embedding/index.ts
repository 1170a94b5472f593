/**
 * Looking up rows, and giving gradients back to them.
 *
 *   embedInt8:   y[n] = scale[id] * table[id]        table [V, D] int8, packed as [V, D/4]
 *   gatherRows:  y[n] = x[id]                        x [M, D] float32
 *   its gradient: dx[m] = sum over n with id(n) = m of dy[n]
 *
 * ids [N, C] int32, of which column 0 is read, so that the sampler's output can be fed straight back.
 * The gradient adds in the order of n on every backend: atomics would make it depend on the scheduler.
 */
import { type Tensor, type Tensor1D, type Tensor2D } from '@tensorflow/tfjs-core';
import { differentiable } from '../differentiable';
import { defineKernel, type Attributes } from '../define';
import { int8At } from '../linear/reference';
import { embedInt8Webgpu, gatherRowsWebgpu, scatterRowsWebgpu } from './webgpu';

/** `ascending`: no id is smaller than the one before. */
export type ScatterAttrs = { rows: number; ascending: boolean };

const runEmbed = defineKernel<Attributes>({
  name: 'TurnwiseEmbedInt8',
  inputs: ['table', 'scale', 'ids'],
  outputs: ([table, , ids]) => [{ shape: [ids![0]!, table![1]! * 4], dtype: 'float32' }],
  reference: ([table, scale, ids], [y], [shape, , idShape]) => {
    const width = shape![1]! * 4;
    for (let n = 0; n < idShape![0]!; n++) {
      const id = ids![n * idShape![1]!]!;
      for (let i = 0; i < width; i++) y![n * width + i] = int8At(table!, id * width + i) * scale![id]!;
    }
  },
  simd: (wasm, [table, scale, ids], [y], [shape, , idShape]) =>
    wasm.embedInt8(table!, scale!, ids!, y!, idShape![0]!, shape![1]! * 4, idShape![1]!),
  webgpu: embedInt8Webgpu,
});

const runGather = defineKernel<Attributes>({
  name: 'TurnwiseGatherRows',
  inputs: ['x', 'ids'],
  outputs: ([x, ids]) => [{ shape: [ids![0]!, x![1]!], dtype: 'float32' }],
  reference: ([x, ids], [y], [shape, idShape]) => {
    const width = shape![1]!;
    for (let n = 0; n < idShape![0]!; n++) {
      const at = ids![n * idShape![1]!]! * width;
      y!.set(x!.subarray(at, at + width), n * width);
    }
  },
  simd: (wasm, [x, ids], [y], [shape, idShape]) =>
    wasm.gatherRows(x!, ids!, y!, idShape![0]!, shape![1]!, idShape![1]!),
  webgpu: gatherRowsWebgpu,
});

const runScatter = defineKernel<ScatterAttrs>({
  name: 'TurnwiseScatterRows',
  inputs: ['dy', 'ids'],
  outputs: ([dy], { rows }) => [{ shape: [rows, dy![1]!], dtype: 'float32' }],
  reference: ([dy, ids], [dx], [shape, idShape], { ascending }) => {
    const width = shape![1]!;
    for (let n = 0; n < shape![0]!; n++) {
      const at = ids![n * idShape![1]!]! * width;
      if (ascending && n > 0 && ids![n * idShape![1]!]! < ids![(n - 1) * idShape![1]!]!)
        throw new Error(`The ids are not ascending: number ${n} is smaller than the one before it.`);
      for (let i = 0; i < width; i++) dx![at + i]! += dy![n * width + i]!;
    }
  },
  simd: (wasm, [dy, ids], [dx], [shape, idShape], { rows }) =>
    wasm.scatterRows(dy!, ids!, dx!, shape![0]!, shape![1]!, idShape![1]!, rows),
  webgpu: scatterRowsWebgpu,
});

/** Rows of a frozen int8 table [V, D/4] with one scale per row: float32 [N, D]. */
export function embedInt8(table: Tensor2D, scale: Tensor1D, ids: Tensor2D): Tensor2D {
  return runEmbed({ table, scale, ids }, {})[0] as Tensor2D;
}

/**
 * Rows of `x` [M, D] named by column 0 of `ids`: [N, D]. Differentiable in x; where the ids are `ascending`, as when
 * tokens are picked from a batch in their order, its gradient need not look for them.
 */
export function gatherRows(
  x: Tensor2D,
  ids: Tensor2D,
  { ascending = false }: { ascending?: boolean } = {},
): Tensor2D {
  const rows = x.shape[0];
  return differentiable([x], ([x0], save) => {
    save([]);
    return {
      value: runGather({ x: x0, ids }, {})[0]!,
      gradFunc: (dy: Tensor) => runScatter({ dy, ids }, { rows, ascending })[0]!,
    };
  }) as Tensor2D;
}
