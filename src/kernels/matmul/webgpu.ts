import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import type { OutputSpec } from '../define';
import {
  outerStep,
  overTile,
  productStep,
  tileFor,
  tilePlace,
  tilesIn,
  tileVariables,
  type Tile,
} from '../webgpu/product';
import { profileOf } from '../webgpu/profile';
import {
  float32,
  lanesFor,
  rowLoader,
  runProgram,
  storeFour,
  sumParts,
  unrolled,
  type Lanes,
} from '../webgpu-program';

/** Sums of fewer terms than this are not worth the second program; split, they are cut into parts of 64 or more. */
const WORTH_SPLITTING = 1024;
const SHORTEST_PART = 64;

/**
 * The loop over this thread's part of K. Rows and columns beyond the edge repeat the last: their sums are not stored.
 * Where each row begins is worked out before the loop; arrays whose rows are not a multiple of four wide are read
 * through guarded loaders.
 */
function loop(tile: Tile, transposeA: boolean, transposeB: boolean, lanesA: Lanes, lanesB: Lanes): string {
  const { rows, columns } = tile;
  const rowGroups = Math.ceil(rows / 4);
  const columnGroups = columns / 4;
  // A group of four that begins beyond the edge must not run into the next row.
  const lastGroup = (count: string) => `((${count} + 3) / 4 - 1) * 4`;
  const starts = `
    let strideA = uniforms.aShape.y / ${lanesA};
    let strideB = uniforms.bShape.y / ${lanesB};
    ${
      transposeA && !transposeB
        ? unrolled(
            rowGroups,
            (i) =>
              `let rowGroup${i} = min(row + ${4 * i}, ${lastGroup('uniforms.rows')}); let rowQuad${i} = rowGroup${i} / 4;`,
          )
        : unrolled(
            rows,
            (r) => `let row${r} = min(row + ${r}, uniforms.rows - 1); let startA${r} = row${r} * strideA;`,
          )
    }
    ${
      transposeB
        ? unrolled(
            columns,
            (c) =>
              `let column${c} = min(column + ${c}, uniforms.columns - 1); let startB${c} = column${c} * strideB;`,
          )
        : unrolled(
            columnGroups,
            (q) =>
              `let columnGroup${q} = min(column + ${4 * q}, ${lastGroup('uniforms.columns')}); let columnQuad${q} = columnGroup${q} / 4;`,
          )
    }`;
  // Divisions are dear, so none is left in the loops: places are counted in fours, and addresses move by addition.
  if (transposeA && !transposeB) {
    const a = (i: number) => (lanesA === 4 ? `a[startA + rowQuad${i}]` : `load_a(k, rowGroup${i})`);
    const b = (q: number) => (lanesB === 4 ? `b[startB + columnQuad${q}]` : `load_b(k, columnGroup${q})`);
    return `
      ${starts}
      var startA = part * uniforms.span * strideA;
      var startB = part * uniforms.span * strideB;
      for (var k = part * uniforms.span; k < end; k++) {
        ${outerStep(tile, a, b)}
        startA += strideA;
        startB += strideB;
      }`;
  }
  const a = (r: number) => {
    if (transposeA) return `vec4<f32>(${[0, 1, 2, 3].map((j) => `element_a(k + ${j}, row${r})`).join(', ')})`;
    return lanesA === 4 ? `a[startA${r} + step]` : `load_a(row${r}, k)`;
  };
  const b = transposeB
    ? { along: (c: number) => (lanesB === 4 ? `b[startB${c} + step]` : `load_b(column${c}, k)`) }
    : {
        across: (j: number, q: number) =>
          lanesB === 4 ? `b[startB + ${j} * strideB + columnQuad${q}]` : `load_b(k + ${j}, columnGroup${q})`,
      };
  return `
    ${starts}
    var step = part * uniforms.span / 4;
    ${transposeB ? '' : 'var startB = part * uniforms.span * strideB;'}
    for (var k = part * uniforms.span; k < end; k += 4) {
      ${productStep(tile, { a, b })}
      step++;
      ${transposeB ? '' : 'startB += 4 * strideB;'}
    }`;
}

/**
 * C = alpha op(A) op(B) in register tiles (webgpu/product.ts). The gradients of adapters are tiny and sum over every
 * token of the batch; for them K is cut into parts that are added by a second program, or a handful of
 * threads would do all the work.
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
  const profile = profileOf(backend);
  const wanted =
    inner < WORTH_SPLITTING
      ? 1
      : Math.min(
          Math.ceil(profile.enoughThreads / tilesIn({ rows: 4, columns: 4 }, rows, columns)),
          Math.ceil(inner / SHORTEST_PART),
        );
  const span = 4 * Math.ceil(inner / wanted / 4);
  const parts = Math.ceil(inner / span);
  const lanesA = lanesFor(a.shape[1]!);
  // Steps of four along K must not run over its end: the guarded loader gives zeros there.
  const lanesB = transposeA || inner % 4 === 0 ? lanesFor(b.shape[1]!) : 1;
  const lanesC = lanesFor(columns);
  const guarded = lanesA * lanesB * lanesC < 64 || (transposeA && transposeB);
  // Groups of four rows of a transposed A are read as one.
  const tile = tileFor(profile, rows, columns, { parts, leastRows: transposeA ? 4 : 1, guarded });

  const [product] = runProgram(backend, {
    name: 'matMul',
    variant: `${transposeA}_${transposeB}_${tile.rows}x${tile.columns}`,
    inputs: { a: [a, lanesA], b: [b, lanesB] },
    outputs: { result: [parts === 1 ? output! : float32(parts * rows, columns), lanesC] },
    threads: tilesIn(tile, rows, columns) * parts,
    floats: { alpha },
    ints: { rows, columns, inner, span },
    functions: () => `
      ${lanesA === 4 ? '' : rowLoader('a', lanesA)}
      ${lanesB === 4 ? '' : rowLoader('b', lanesB)}
      ${
        transposeA && transposeB
          ? `fn element_a(row : i32, column : i32) -> f32 {
              if (row >= uniforms.aShape.x) { return 0.0; }
              let at = row * uniforms.aShape.y + column;
              return a[${lanesA === 4 ? 'at / 4][at % 4' : 'at'}];
            }`
          : ''
      }`,
    main: () => `
      ${tilePlace(tile, 'uniforms.rows', 'uniforms.columns')}
      let end = min((part + 1) * uniforms.span, uniforms.inner);
      ${tileVariables(tile)}
      ${loop(tile, transposeA, transposeB, lanesA, lanesB)}
      let height = (part + 1) * uniforms.rows;
      let width = uniforms.columns;
      let first = part * uniforms.rows + row;
      ${overTile(tile, (r, q, sum) => storeFour(lanesC, `(first + ${r})`, `${sum} * uniforms.alpha`, `(column + ${4 * q})`))}`,
  });
  return [parts === 1 ? product : sumParts(backend, product, parts, output!)];
}
