import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import type { Attributes, OutputSpec } from '../define';
import { laneTypes, lanesFor, runProgram } from '../webgpu-program';

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
 * dx[m] = sum over n with id(n) = m of dy[n], in the order of n. First a thread per row m looks for the first and
 * the last n that names it; then a thread per element adds between them. Without the first program each
 * element would search all of n, though most rows are named once or never.
 */
export function scatterRowsWebgpu(
  backend: WebGPUBackend,
  inputs: Inputs,
  [dx]: readonly OutputSpec[],
  { rows }: { rows: number },
): TensorInfo[] {
  const [dy, ids] = inputs as [TensorInfo, TensorInfo];
  const width = dy.shape[1]!;
  const lanes = lanesFor(width);
  const [ranges] = runProgram(backend, {
    name: 'scatterRanges',
    inputs: { ids },
    outputs: { result: { shape: [rows, 2], dtype: 'int32' } },
    threads: rows,
    main: () => `
      let step = uniforms.idsShape.y;
      var first = uniforms.idsShape.x;
      var end = 0;
      for (var n = 0; n < uniforms.idsShape.x; n++) {
        if (ids[n * step] == index) {
          first = min(first, n);
          end = n + 1;
        }
      }
      result[2 * index] = first;
      result[2 * index + 1] = end;`,
  });
  const [out] = runProgram(backend, {
    name: 'scatterRows',
    inputs: { dy: [dy, lanes], ids, ranges },
    outputs: { result: [dx!, lanes] },
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
