import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import type { OutputSpec } from '../define';
import { outerStep, overTile, tileFor, tilePlace, tilesIn, tileVariables } from '../webgpu/product';
import { profileOf } from '../webgpu/profile';
import { runProgram, storeFour, unrolled } from '../webgpu-program';
import { headOf, logitsOf, pullBack, readRows, scoresOf, slopesOf, type Block, type Head } from './blocks';

/** dW += dz^T x of a block, in the order of the tokens. */
function addTableGradient(
  backend: WebGPUBackend,
  { x, vocabulary, inner }: Head,
  { first, rows }: Block,
  slopes: TensorInfo,
  dTable: TensorInfo | OutputSpec,
): TensorInfo {
  const tile = tileFor(profileOf(backend), vocabulary, inner, { leastRows: 4 });
  const [made] = runProgram(backend, {
    name: 'lmHeadTable',
    variant: `${tile.rows}x${tile.columns}${first > 0 ? ' adding' : ''}`,
    inputs: { x: [x, 4], slopes: [slopes, 4] },
    outputs: { result: [dTable, 4] },
    threads: tilesIn(tile, vocabulary, inner),
    ints: { first, rows, vocabulary },
    main: () => `
      let width = uniforms.xShape.y;
      let height = uniforms.vocabulary;
      ${tilePlace(tile, 'height', 'width')}
      let stride = width / 4;
      let wide = uniforms.slopesShape.y / 4;
      ${unrolled(tile.rows / 4, (i) => `let word${i} = min(row / 4 + ${i}, wide - 1);`)}
      ${unrolled(tile.columns / 4, (q) => `let place${q} = min(column / 4 + ${q}, stride - 1);`)}
      ${tileVariables(tile)}
      for (var n = 0; n < uniforms.rows; n++) {
        ${outerStep(
          tile,
          (i) => `slopes[n * wide + word${i}]`,
          (q) => `x[(uniforms.first + n) * stride + place${q}]`,
        )}
      }
      ${
        first > 0
          ? overTile(
              tile,
              (r, q, sum) => `${sum} += result[min(row + ${r}, height - 1) * stride + place${q}];`,
            )
          : ''
      }
      ${overTile(tile, (r, q, sum) => storeFour(4, `(row + ${r})`, sum, `(column + ${4 * q})`))}`,
  });
  return made;
}

/** Block by block: logits, the sums of their rows, dz, and from it dx and its share of dW. */
export function lmHeadLossWebgpu(
  backend: WebGPUBackend,
  inputs: readonly (TensorInfo | undefined)[],
  [scores, dxSpec, dTableSpec]: readonly OutputSpec[],
  { temperature }: { temperature: number },
): TensorInfo[] {
  const [x, table, targets, weights] = inputs as [TensorInfo, TensorInfo, TensorInfo, TensorInfo];
  const head = headOf(x, table, undefined, targets);
  let z: TensorInfo | undefined;
  let slopes: TensorInfo | undefined;
  let statistics: TensorInfo | undefined;
  let dx: TensorInfo | undefined;
  let dTable: TensorInfo | undefined;
  for (const block of head.blocks) {
    z = logitsOf(backend, head, block, temperature, z);
    statistics = readRows(backend, head, block, z, statistics);
    slopes = slopesOf(backend, head, block, 'loss', z, statistics, weights, temperature, slopes);
    dx = pullBack(backend, head, block, slopes, dx ?? dxSpec!);
    dTable = addTableGradient(backend, head, block, slopes, dTable ?? dTableSpec!);
  }
  const out = scoresOf(backend, statistics!, scores!);
  for (const scratch of [z!, slopes!, statistics!]) backend.disposeData(scratch.dataId);
  return [out, dx!, dTable!];
}
