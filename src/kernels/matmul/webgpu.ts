import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import type { OutputSpec } from '../define';
import { float32, lanesFor, rowLoader, runProgram, storeFour, sumParts, unrolled } from '../webgpu-program';

/** From this many numbers in the result a thread makes a 4 x 4 tile of it; below, 1 x 4, to have enough threads. */
export const LARGE_RESULT = 32768;

/** So many threads keep a small GPU busy. */
const ENOUGH_THREADS = 2048;

/** Sums of fewer terms than this are not worth the second program; split, they are cut into parts of 64 or more. */
const WORTH_SPLITTING = 1024;
const SHORTEST_PART = 64;

/**
 * C = alpha op(A) op(B). A thread makes a tile of one or four rows by four columns and walks along K in steps of four:
 *
 *   tile[r] += sum_k A[m + r, k] B[k, n..n+3]
 *
 * Whichever way a side is stored, four numbers lie together, so a step is a few vec4 loads and a 4 x 4 matrix
 * times a vector. The gradients of adapters are tiny and sum over every token of the batch; for them K is cut
 * into parts that are added by a second program, or a handful of threads would do all the work.
 */
export function matMulWebgpu(
  backend: WebGPUBackend,
  inputs: readonly (TensorInfo | undefined)[],
  [output]: readonly OutputSpec[],
  { transposeA, transposeB, alpha }: { transposeA: boolean; transposeB: boolean; alpha: number },
): TensorInfo[] {
  const [a, b] = inputs as [TensorInfo, TensorInfo];
  const [rows, columns] = output!.shape as [number, number];
  const inner = transposeA ? a.shape[0]! : a.shape[1]!;
  const tall = transposeA || rows * columns >= LARGE_RESULT;
  const tileRows = tall ? 4 : 1;
  const tiles = Math.ceil(rows / tileRows) * Math.ceil(columns / 4);
  const wanted =
    inner < WORTH_SPLITTING
      ? 1
      : Math.min(Math.ceil(ENOUGH_THREADS / tiles), Math.ceil(inner / SHORTEST_PART));
  const span = 4 * Math.ceil(inner / wanted / 4);
  const parts = Math.ceil(inner / span);

  const lanesA = lanesFor(a.shape[1]!);
  const lanesB = lanesFor(b.shape[1]!);
  const lanesC = lanesFor(columns);
  const [product] = runProgram(backend, {
    name: 'matMul',
    variant: `${transposeA}_${transposeB}_${tileRows}`,
    inputs: { a: [a, lanesA], b: [b, lanesB] },
    outputs: { result: [parts === 1 ? output! : float32(parts * rows, columns), lanesC] },
    threads: tiles * parts,
    floats: { alpha },
    ints: { rows, columns, inner, span },
    functions: () => rowLoader('a', lanesA) + rowLoader('b', lanesB),
    main: () => `
      let across = (uniforms.columns + 3) / 4;
      let down = (uniforms.rows + ${tileRows - 1}) / ${tileRows};
      // Neighbouring threads take neighbouring columns: they read B side by side and share A.
      let column = index % across * 4;
      let row = index / across % down * ${tileRows};
      let part = index / across / down;
      let end = min((part + 1) * uniforms.span, uniforms.inner);
      ${unrolled(tileRows, (r) => `var tile${r} = vec4<f32>(0.0);`)}
      for (var k = part * uniforms.span; k < end; k += 4) {
        ${
          transposeB
            ? 'let right = mat4x4<f32>(load_b(column, k), load_b(column + 1, k), load_b(column + 2, k), load_b(column + 3, k));'
            : 'let right = mat4x4<f32>(load_b(k, column), load_b(k + 1, column), load_b(k + 2, column), load_b(k + 3, column));'
        }
        ${
          transposeA
            ? 'let left = transpose(mat4x4<f32>(load_a(k, row), load_a(k + 1, row), load_a(k + 2, row), load_a(k + 3, row)));'
            : ''
        }
        ${unrolled(tileRows, (r) => {
          const left = transposeA ? `left[${r}]` : `load_a(row + ${r}, k)`;
          return `tile${r} += ${transposeB ? `${left} * right` : `right * ${left}`};`;
        })}
      }
      let height = (part + 1) * uniforms.rows;
      let width = uniforms.columns;
      let first = part * uniforms.rows + row;
      ${unrolled(tileRows, (r) => storeFour(lanesC, `(first + ${r})`, `tile${r} * uniforms.alpha`))}`,
  });
  return [parts === 1 ? product : sumParts(backend, product, parts, output!)];
}
