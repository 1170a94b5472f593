import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import type { OutputSpec } from '../define';
import { float32, laneTypes, lanesFor, runProgram, sumParts, type Lanes } from '../webgpu-program';

type Inputs = readonly (TensorInfo | undefined)[];
type Attrs = { epsilon: number };

/** `inverseRms(start)` of the row that starts at that element of `x`. */
const inverseRms = (lanes: Lanes) => `
  ${laneTypes(lanes)}
  fn inverseRms(start : i32, width : i32) -> f32 {
    var sum = 0.0;
    for (var i = 0; i < width; i++) { sum += inner(x[start + i], x[start + i]); }
    return inverseSqrt(sum / f32(width * ${lanes}) + uniforms.epsilon);
  }`;

/** y = x r w. A thread takes a row: the rows are short, and there are as many as tokens or heads. */
export function rmsNormWebgpu(
  backend: WebGPUBackend,
  inputs: Inputs,
  [y]: readonly OutputSpec[],
  { epsilon }: Attrs,
): TensorInfo[] {
  const [x, w] = inputs as [TensorInfo, TensorInfo];
  const lanes = lanesFor(x.shape[1]!);
  const [out] = runProgram(backend, {
    name: 'rmsNorm',
    inputs: { x: [x, lanes], w: [w, lanes] },
    outputs: { result: [y!, lanes] },
    threads: x.shape[0]!,
    floats: { epsilon },
    functions: () => inverseRms(lanes),
    main: () => `
      let width = uniforms.xShape.y / ${lanes};
      let start = index * width;
      let r = inverseRms(start, width);
      for (var i = 0; i < width; i++) { result[start + i] = x[start + i] * r * w[i]; }`,
  });
  return [out];
}

/** dx = r g - x r^3 mean(g x), g = dy w. A thread takes a row. */
export function rmsNormGradWebgpu(
  backend: WebGPUBackend,
  inputs: Inputs,
  [dx]: readonly OutputSpec[],
  { epsilon }: Attrs,
): TensorInfo[] {
  const [dy, x, w] = inputs as [TensorInfo, TensorInfo, TensorInfo];
  const lanes = lanesFor(x.shape[1]!);
  const [out] = runProgram(backend, {
    name: 'rmsNormGrad',
    inputs: { dy: [dy, lanes], x: [x, lanes], w: [w, lanes] },
    outputs: { result: [dx!, lanes] },
    threads: x.shape[0]!,
    floats: { epsilon },
    functions: () => inverseRms(lanes),
    main: () => `
      let width = uniforms.xShape.y / ${lanes};
      let start = index * width;
      let r = inverseRms(start, width);
      var along = 0.0;
      for (var i = 0; i < width; i++) { along += inner(dy[start + i] * w[i], x[start + i]); }
      let pull = along / f32(width * ${lanes}) * r * r * r;
      for (var i = 0; i < width; i++) { result[start + i] = dy[start + i] * w[i] * r - x[start + i] * pull; }`,
  });
  return [out];
}

/** Rows that one thread of the weight gradient adds up. */
const ROWS_PER_PART = 64;

/**
 * dw = sum_n dy x r. First r of every row, then sums over blocks of rows, a thread per column and block, then
 * the sum of the blocks: there are few columns, and with QK-norm a row for every head of every token.
 */
export function rmsNormWeightGradWebgpu(
  backend: WebGPUBackend,
  inputs: Inputs,
  [dw]: readonly OutputSpec[],
  { epsilon }: Attrs,
): TensorInfo[] {
  const [dy, x] = inputs as [TensorInfo, TensorInfo];
  const [rows, width] = x.shape as [number, number];
  const lanes = lanesFor(width);
  const [inverse] = runProgram(backend, {
    name: 'inverseRms',
    inputs: { x: [x, lanes] },
    outputs: { result: float32(rows) },
    threads: rows,
    floats: { epsilon },
    functions: () => inverseRms(lanes),
    main: () => `
      let width = uniforms.xShape.y / ${lanes};
      result[index] = inverseRms(index * width, width);`,
  });
  const parts = Math.ceil(rows / ROWS_PER_PART);
  const [sums] = runProgram(backend, {
    name: 'rmsNormWeightGrad',
    inputs: { dy: [dy, lanes], x: [x, lanes], inverse },
    outputs: { result: [parts === 1 ? dw! : float32(parts, width), lanes] },
    threads: (parts * width) / lanes,
    functions: () => laneTypes(lanes),
    main: () => `
      let width = uniforms.xShape.y / ${lanes};
      let column = index % width;
      let first = index / width * ${ROWS_PER_PART};
      var sum = V(0.0);
      for (var row = first; row < min(first + ${ROWS_PER_PART}, uniforms.xShape.x); row++) {
        sum += dy[row * width + column] * x[row * width + column] * inverse[row];
      }
      result[index] = sum;`,
  });
  backend.disposeData(inverse.dataId);
  return [parts === 1 ? sums : sumParts(backend, sums, parts, dw!)];
}
