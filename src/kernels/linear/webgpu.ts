import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import type { OutputSpec } from '../define';
import { matMulWebgpu } from '../matmul/webgpu';
import { lanesFor, rowLoader, runProgram, storeFour, unrolled, type Lanes } from '../webgpu-program';

type Inputs = readonly (TensorInfo | undefined)[];
type Attrs = { loraScale: number };

/** Four int8 weights of one word, lowest byte first: up to the sign bit, and down again with the sign. */
const UNPACK = `
  fn unpacked(word : i32) -> vec4<f32> {
    return vec4<f32>((vec4<i32>(word) << vec4<u32>(24u, 16u, 8u, 0u)) >> vec4<u32>(24u));
  }`;

/** What stands for the adapter's intermediate where there is no adapter; never read, so it never reaches the device. */
const nothing = (backend: WebGPUBackend, { shape, dtype }: OutputSpec) =>
  backend.makeTensorInfo(shape, dtype, new Float32Array(1));

const tileRowsFor = (rows: number, columns: number) => (rows * columns >= 32768 ? 4 : 1);

/** A thread makes one or four rows by four columns of the result; neighbours share the rows and read on in the columns. */
const tileStart = (tileRows: number, width: string) => `
  let height = uniforms.rows;
  let width = ${width};
  let across = (width + 3) / 4;
  let column = index % across * 4;
  let row = index / across * ${tileRows};
  ${unrolled(tileRows, (r) => `var tile${r} = vec4<f32>(0.0);`)}`;

const tileEnd = (tileRows: number, lanes: Lanes) =>
  unrolled(tileRows, (r) => storeFour(lanes, `(row + ${r})`, `tile${r}`));

/**
 * h = x A^T, then y = scale (x Wq^T) + s h B^T: first the adapter's small product, then one program for the
 * rest. A word of Wq is four weights along I, just what a vec4 of x meets: four words make a 4 x 4 matrix in
 * registers, which is all that ever exists of the weights in float.
 */
export function linearWebgpu(
  backend: WebGPUBackend,
  inputs: Inputs,
  [y, h]: readonly OutputSpec[],
  { loraScale }: Attrs,
): TensorInfo[] {
  const [x, w, scale, a, b] = inputs as [TensorInfo, TensorInfo, TensorInfo, TensorInfo?, TensorInfo?];
  const hidden = a
    ? matMulWebgpu(backend, [x, a], [h!], { transposeA: false, transposeB: true, alpha: 1 })[0]!
    : nothing(backend, h!);
  const [rows, outer] = y!.shape as [number, number];
  const tileRows = tileRowsFor(rows, outer);
  const rankLanes = b ? lanesFor(b.shape[1]!) : 1;
  const lanes = lanesFor(outer);
  const [product] = runProgram(backend, {
    name: 'linear',
    variant: `${tileRows}_${b ? 'adapted' : 'plain'}`,
    inputs: { x: [x, 4], w, scale, ...(b && { h: [hidden, rankLanes], b: [b, rankLanes] }) },
    outputs: { result: [y!, lanes] },
    threads: Math.ceil(rows / tileRows) * Math.ceil(outer / 4),
    floats: { loraScale },
    ints: { rows },
    functions: () => `${UNPACK}
      ${rowLoader('x', 4)}
      ${b ? rowLoader('h', rankLanes) + rowLoader('b', rankLanes) : ''}
      fn weights(outer : i32, word : i32) -> vec4<f32> {
        // Beyond the last row the last is read again; its products are not stored.
        return unpacked(w[min(outer, uniforms.wShape.x - 1) * uniforms.wShape.y + word]);
      }
      fn scaleAt(outer : i32) -> f32 { return scale[min(outer, uniforms.wShape.x - 1)]; }`,
    main: () => `
      ${tileStart(tileRows, 'uniforms.wShape.x')}
      for (var word = 0; word < uniforms.wShape.y; word++) {
        let panel = mat4x4<f32>(weights(column, word), weights(column + 1, word), weights(column + 2, word), weights(column + 3, word));
        ${unrolled(tileRows, (r) => `tile${r} += load_x(row + ${r}, word * 4) * panel;`)}
      }
      let scales = vec4<f32>(scaleAt(column), scaleAt(column + 1), scaleAt(column + 2), scaleAt(column + 3));
      ${unrolled(tileRows, (r) => `tile${r} *= scales;`)}
      ${
        b
          ? `
      for (var j = 0; j < uniforms.bShape.y; j += 4) {
        let panel = uniforms.loraScale * mat4x4<f32>(load_b(column, j), load_b(column + 1, j), load_b(column + 2, j), load_b(column + 3, j));
        ${unrolled(tileRows, (r) => `tile${r} += load_h(row + ${r}, j) * panel;`)}
      }`
          : ''
      }
      ${tileEnd(tileRows, lanes)}`,
  });
  return [product, hidden];
}

/**
 * u = s dy B, then dx = (dy scale) Wq + u A. The same words again, now read across: a word holds four
 * neighbouring columns of dx, so each output channel adds dy scale times one unpacked word.
 */
export function linearGradWebgpu(
  backend: WebGPUBackend,
  inputs: Inputs,
  [dx, u]: readonly OutputSpec[],
  { loraScale }: Attrs,
): TensorInfo[] {
  const [dy, w, scale, a, b] = inputs as [TensorInfo, TensorInfo, TensorInfo, TensorInfo?, TensorInfo?];
  const pulled = b
    ? matMulWebgpu(backend, [dy, b], [u!], { transposeA: false, transposeB: false, alpha: loraScale })[0]!
    : nothing(backend, u!);
  const [rows, inner] = dx!.shape as [number, number];
  const tileRows = tileRowsFor(rows, inner);
  const outerLanes = lanesFor(dy.shape[1]!);
  const [product] = runProgram(backend, {
    name: 'linearGrad',
    variant: `${tileRows}_${a ? 'adapted' : 'plain'}`,
    inputs: { dy: [dy, outerLanes], w, scale, ...(a && { u: pulled, a: [a, 4] }) },
    outputs: { result: [dx!, 4] },
    threads: Math.ceil(rows / tileRows) * (inner / 4),
    ints: { rows },
    functions: () => `${UNPACK}
      ${rowLoader('dy', outerLanes)}
      fn weights(outer : i32, word : i32) -> vec4<f32> {
        // Beyond the last row dy is zero.
        let row = min(outer, uniforms.wShape.x - 1);
        return unpacked(w[row * uniforms.wShape.y + word]) * scale[row];
      }`,
    main: () => `
      ${tileStart(tileRows, 'uniforms.wShape.y * 4')}
      let word = column / 4;
      for (var outer = 0; outer < uniforms.wShape.x; outer += 4) {
        let panel = mat4x4<f32>(weights(outer, word), weights(outer + 1, word), weights(outer + 2, word), weights(outer + 3, word));
        ${unrolled(tileRows, (r) => `tile${r} += panel * load_dy(row + ${r}, outer);`)}
      }
      ${
        a
          ? `
      for (var j = 0; j < uniforms.aShape.x; j++) {
        let factors = a[j * uniforms.wShape.y + word];
        ${unrolled(tileRows, (r) => `tile${r} += u[min(row + ${r}, height - 1) * uniforms.aShape.x + j] * factors;`)}
      }`
          : ''
      }
      ${tileEnd(tileRows, 4)}`,
  });
  return [product, pulled];
}
