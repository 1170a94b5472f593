/**
 * The gradients of adapters on WebGPU. They are small and sum over every token of the batch, so the tokens are cut
 * into parts: a program for each of the two makes sums of parts, a third adds the parts of both.
 */
import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import type { OutputSpec } from '../define';
import { outerStep, overTile, tilesIn, tileVariables, type Tile } from '../webgpu/product';
import { profileOf } from '../webgpu/profile';
import { float32, lanesFor, rowLoader, runProgram, storeFour } from '../webgpu-program';
import type { LinearAttrs } from './index';

/** Shortest part, in tokens. */
const SHORTEST_PART = 64;

/** dA = u^T x and dB_g = s dy_g^T h_g. */
export function adapterGradWebgpu(
  backend: WebGPUBackend,
  inputs: readonly (TensorInfo | undefined)[],
  [da, db]: readonly OutputSpec[],
  { loraScale, second, third }: LinearAttrs,
): TensorInfo[] {
  const [x, dy, h, u] = inputs as [TensorInfo, TensorInfo, TensorInfo, TensorInfo];
  const tokens = x.shape[0]!;
  const [ranks, inner] = da!.shape as [number, number];
  const [outer, rank] = db!.shape as [number, number];
  // Four rows a tile: the four channels of a row of B's tile then belong to one adapter.
  const tileA: Tile = { rows: ranks % 8 === 0 ? 8 : 4, columns: inner % 8 === 0 ? 8 : 4 };
  const tileB: Tile = { rows: 4, columns: rank % 8 === 0 ? 8 : 4 };
  const tilesA = tilesIn(tileA, ranks, inner);
  const tilesB = tilesIn(tileB, outer, rank);
  const wanted = Math.ceil(profileOf(backend).enoughThreads / Math.min(tilesA, tilesB));
  const span = Math.max(SHORTEST_PART, Math.ceil(tokens / wanted));
  const parts = Math.ceil(tokens / span);

  const ranksLanes = lanesFor(ranks);
  const rankLanes = lanesFor(rank);
  const outerLanes = lanesFor(outer);
  const range = `
    let height = (part + 1) * uniforms.rows;
    let begin = part * uniforms.span;
    let end = min(begin + uniforms.span, uniforms.tokens);
    let first = part * uniforms.rows + row;`;
  const [partsA] = runProgram(backend, {
    name: 'adapterGradA',
    variant: `${tileA.rows}x${tileA.columns}`,
    inputs: { u: [u, ranksLanes], x: [x, 4] },
    outputs: { result: [float32(parts * ranks, inner), 4] },
    threads: tilesA * parts,
    ints: { rows: ranks, tokens, span },
    functions: () => (ranksLanes === 4 ? '' : rowLoader('u', 1)),
    main: () => `
      let width = uniforms.resultShape.y;
      let across = width / ${tileA.columns};
      let down = (uniforms.rows + ${tileA.rows - 1}) / ${tileA.rows};
      let column = index % across * ${tileA.columns};
      let row = index / across % down * ${tileA.rows};
      let part = index / across / down;
      ${range}
      let words = width / 4;
      let quads = uniforms.rows / 4;
      let rowQuad = row / 4;
      let columnQuad = column / 4;
      ${tileVariables(tileA)}
      for (var n = begin; n < end; n++) {
        ${outerStep(
          tileA,
          (i) => (ranksLanes === 4 ? `u[n * quads + rowQuad + ${i}]` : `load_u(n, row + ${4 * i})`),
          (q) => `x[n * words + columnQuad + ${q}]`,
        )}
      }
      ${overTile(tileA, (r, q, sum) => storeFour(4, `(first + ${r})`, sum, `(column + ${4 * q})`))}`,
  });
  const [partsB] = runProgram(backend, {
    name: 'adapterGradB',
    variant: `${tileB.rows}x${tileB.columns}`,
    inputs: { dy: [dy, outerLanes], h: [h, rankLanes] },
    outputs: { result: [float32(parts * outer, rank), rankLanes] },
    threads: tilesB * parts,
    floats: { loraScale },
    ints: { rows: outer, tokens, span, second, third },
    functions: () =>
      (outerLanes === 4 ? '' : rowLoader('dy', 1)) + (rankLanes === 4 ? '' : rowLoader('h', 1)),
    main: () => `
      let width = uniforms.resultShape.y;
      let across = (width + ${tileB.columns - 1}) / ${tileB.columns};
      let down = (uniforms.rows + 3) / 4;
      let column = index % across * ${tileB.columns};
      let row = index / across % down * 4;
      let part = index / across / down;
      ${range}
      let quads = uniforms.rows / 4;
      let rowQuad = row / 4;
      let adapter = select(0, width, row >= uniforms.second) + select(0, width, row >= uniforms.third);
      let hQuads = uniforms.hShape.y / 4;
      let place = (adapter + column) / 4;
      ${tileVariables(tileB)}
      for (var n = begin; n < end; n++) {
        ${outerStep(
          tileB,
          () => (outerLanes === 4 ? 'dy[n * quads + rowQuad]' : 'load_dy(n, row)'),
          (q) =>
            rankLanes === 4 ? `h[n * hQuads + place + ${q}]` : `load_h(n, adapter + column + ${4 * q})`,
        )}
      }
      ${overTile(tileB, (r, q, sum) => storeFour(rankLanes, `(first + ${r})`, `uniforms.loraScale * ${sum}`, `(column + ${4 * q})`))}`,
  });

  if (parts === 1) return [partsA, partsB];
  const sizeA = ranks * inner;
  const sizeB = outer * rank;
  const made = runProgram(backend, {
    name: 'adapterGradSum',
    inputs: { partsA, partsB },
    outputs: { resultA: da!, resultB: db! },
    threads: sizeA + sizeB,
    ints: { parts, sizeA, sizeB },
    main: () => `
      var sum = 0.0;
      if (index < uniforms.sizeA) {
        for (var part = 0; part < uniforms.parts; part++) { sum += partsA[part * uniforms.sizeA + index]; }
        resultA[index] = sum;
      } else {
        let at = index - uniforms.sizeA;
        for (var part = 0; part < uniforms.parts; part++) { sum += partsB[part * uniforms.sizeB + at]; }
        resultB[at] = sum;
      }`,
  });
  backend.disposeData(partsA.dataId);
  backend.disposeData(partsB.dataId);
  return made;
}
