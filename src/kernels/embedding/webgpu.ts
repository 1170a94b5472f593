import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import type { Attributes, OutputSpec } from '../define';
import type { ScatterAttrs } from './index';
import { outerStep, overTile, tileFor, tilePlace, tilesIn, tileVariables } from '../webgpu/product';
import { profileOf } from '../webgpu/profile';
import { laneTypes, lanesFor, runProgram, storeFour, unrolled } from '../webgpu-program';

type Inputs = readonly (TensorInfo | undefined)[];

/** y[n] = scale[id] table[id], a thread for each word of four int8 weights. */
export function embedInt8Webgpu(
  backend: WebGPUBackend,
  inputs: Inputs,
  [y]: readonly OutputSpec[],
  _attrs: Attributes,
): TensorInfo[] {
  const [table, scale, ids] = inputs as [TensorInfo, TensorInfo, TensorInfo];
  const [out] = runProgram(backend, {
    name: 'embedInt8',
    inputs: { packed: table, scale, ids },
    outputs: { result: [y!, 4] },
    threads: ids.shape[0]! * table.shape[1]!,
    main: () => `
      let width = uniforms.packedShape.y;
      let id = ids[index / width * uniforms.idsShape.y];
      let word = packed[id * width + index % width];
      // Each byte up to the sign bit, and down again with the sign.
      result[index] = vec4<f32>((vec4<i32>(word) << vec4<u32>(24u, 16u, 8u, 0u)) >> vec4<u32>(24u)) * scale[id];`,
  });
  return [out];
}

/** y[n] = x[id]. */
export function gatherRowsWebgpu(
  backend: WebGPUBackend,
  inputs: Inputs,
  [y]: readonly OutputSpec[],
  _attrs: Attributes,
): TensorInfo[] {
  const [x, ids] = inputs as [TensorInfo, TensorInfo];
  const width = x.shape[1]!;
  const lanes = lanesFor(width);
  const [out] = runProgram(backend, {
    name: 'gatherRows',
    inputs: { x: [x, lanes], ids },
    outputs: { result: [y!, lanes] },
    threads: (ids.shape[0]! * width) / lanes,
    main: () => `
      let width = uniforms.xShape.y / ${lanes};
      let id = ids[index / width * uniforms.idsShape.y];
      result[index] = x[id * width + index % width];`,
  });
  return [out];
}

/**
 * dx[m] = sum over n with id(n) = m of dy[n], in the order of n. Where rows are named about once, as when tokens are
 * picked from a batch, each is looked for; where there are few rows and each is named many times, as in an
 * embedding, the sum is the product of a table of ones and zeros with dy, in register tiles.
 */
export function scatterRowsWebgpu(
  backend: WebGPUBackend,
  inputs: Inputs,
  [dx]: readonly OutputSpec[],
  { rows, ascending }: ScatterAttrs,
): TensorInfo[] {
  const [dy, ids] = inputs as [TensorInfo, TensorInfo];
  return dy.shape[0]! > rows && dy.shape[1]! % 4 === 0
    ? scatterMany(backend, dy, ids, dx!)
    : scatterFew(backend, dy, ids, dx!, ascending);
}

function scatterMany(backend: WebGPUBackend, dy: TensorInfo, ids: TensorInfo, dx: OutputSpec): TensorInfo[] {
  const [rows, width] = dx.shape as [number, number];
  const tile = tileFor(profileOf(backend), rows, width, { leastRows: 4 });
  return runProgram(backend, {
    name: 'scatterProduct',
    variant: `${tile.rows}x${tile.columns}`,
    inputs: { dy: [dy, 4], ids },
    outputs: { result: [dx, 4] },
    threads: tilesIn(tile, rows, width),
    ints: { rows },
    main: () => `
      let width = uniforms.dyShape.y;
      let height = uniforms.rows;
      ${tilePlace(tile, 'height', 'width')}
      let stride = width / 4;
      ${unrolled(tile.columns / 4, (q) => `let place${q} = min(column / 4 + ${q}, stride - 1);`)}
      ${tileVariables(tile)}
      for (var n = 0; n < uniforms.idsShape.x; n++) {
        let id = ids[n * uniforms.idsShape.y] - row;
        if (id < 0 || id >= ${tile.rows}) { continue; }
        let hits = vec4<i32>(id) - vec4<i32>(0, 1, 2, 3);
        ${outerStep(
          tile,
          (i) => `select(vec4<f32>(0.0), vec4<f32>(1.0), hits == vec4<i32>(${4 * i}))`,
          (q) => `dy[n * stride + place${q}]`,
        )}
      }
      ${overTile(tile, (r, q, sum) => storeFour(4, `(row + ${r})`, sum, `(column + ${4 * q})`))}`,
  });
}

/** Every n is looked at. */
const SEARCH_ALL = `
  var first = count;
  var end = 0;
  for (var n = 0; n < count; n++) {
    if (ids[n * step] == index) {
      first = min(first, n);
      end = n + 1;
    }
  }`;

/** The first n with an id not below that of the row, and the first with one above it, by halving. */
const SEARCH_ASCENDING = `
  var first = 0;
  for (var above = count; first < above;) {
    let middle = (first + above) / 2;
    if (ids[middle * step] < index) { first = middle + 1; } else { above = middle; }
  }
  var end = first;
  while (end < count && ids[end * step] == index) { end++; }`;

/** First a thread per row m looks for the first and the last n that names it; then a thread per element adds between them. */
function scatterFew(
  backend: WebGPUBackend,
  dy: TensorInfo,
  ids: TensorInfo,
  dx: OutputSpec,
  ascending: boolean,
): TensorInfo[] {
  const [rows, width] = dx.shape as [number, number];
  const lanes = lanesFor(width);
  const [ranges] = runProgram(backend, {
    name: 'scatterRanges',
    variant: ascending ? 'ascending' : 'any',
    inputs: { ids },
    outputs: { result: { shape: [rows, 2], dtype: 'int32' } },
    threads: rows,
    main: () => `
      let count = uniforms.idsShape.x;
      let step = uniforms.idsShape.y;
      ${ascending ? SEARCH_ASCENDING : SEARCH_ALL}
      result[2 * index] = first;
      result[2 * index + 1] = end;`,
  });
  const [out] = runProgram(backend, {
    name: 'scatterRows',
    inputs: { dy: [dy, lanes], ids, ranges },
    outputs: { result: [dx, lanes] },
    threads: (rows * width) / lanes,
    functions: () => laneTypes(lanes),
    main: () => `
      let width = uniforms.dyShape.y / ${lanes};
      let row = index / width;
      let column = index % width;
      var sum = V(0.0);
      for (var n = ranges[2 * row]; n < ranges[2 * row + 1]; n++) {
        if (ids[n * uniforms.idsShape.y] == row) { sum += dy[n * width + column]; }
      }
      result[index] = sum;`,
  });
  backend.disposeData(ranges.dataId);
  return [out];
}
