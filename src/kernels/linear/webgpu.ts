import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import type { OutputSpec } from '../define';
import {
  overTile,
  productStep,
  tileFor,
  tilePlace,
  tilesIn,
  tileVariables,
  type Tile,
} from '../webgpu/product';
import { profileOf } from '../webgpu/profile';
import { lanesFor, rowLoader, runProgram, storeFour, unrolled, type Lanes } from '../webgpu-program';
import type { LinearAttrs } from './index';

type Inputs = readonly (TensorInfo | undefined)[];

/** Four int8 weights of one word, lowest byte first: up to the sign bit, and down again with the sign. */
const UNPACK = `
  fn unpacked(word : i32) -> vec4<f32> {
    return vec4<f32>((vec4<i32>(word) << vec4<u32>(24u, 16u, 8u, 0u)) >> vec4<u32>(24u));
  }`;

/** Which adapter an output channel belongs to, times the rank: where its part of h begins. */
const PART = `
  fn partOf(channel : i32, rank : i32) -> i32 {
    return select(0, rank, channel >= uniforms.second) + select(0, rank, channel >= uniforms.third);
  }`;

/** What stands for the adapter's intermediate where there is no adapter; never read, so it never reaches the device. */
const nothing = (backend: WebGPUBackend, { shape, dtype }: OutputSpec) =>
  backend.makeTensorInfo(shape, dtype, new Float32Array(1));

/** Row starts of the tile in an array of `stride` elements a row; rows beyond the last repeat it. */
const rowStarts = (tile: Tile, name: string, stride: string) =>
  unrolled(tile.rows, (r) => `let ${name}${r} = min(row + ${r}, height - 1) * ${stride};`);

/**
 * With a norm, x is multiplied by its weights on the way and its squares are added up beside the product, which
 * is divided by their root at the end: the norm costs no pass of its own.
 */
function normed(tile: Tile, fused: boolean) {
  return {
    before: fused ? unrolled(tile.rows, (r) => `var square${r} = 0.0;`) : '',
    load: unrolled(tile.rows, (r) => `let x${r} = x[startX${r} + step];`),
    squares: fused ? unrolled(tile.rows, (r) => `square${r} += dot(x${r}, x${r});`) : '',
    operand: (r: number) => (fused ? `x${r} * norm[step]` : `x${r}`),
    after: fused
      ? unrolled(
          tile.rows,
          (r) => `let root${r} = inverseSqrt(square${r} / f32(uniforms.xShape.y) + uniforms.epsilon);`,
        ) + overTile(tile, (r, _, sum) => `${sum} *= root${r};`)
      : '',
  };
}

/** h = n A^T. */
function adapterDown(
  backend: WebGPUBackend,
  x: TensorInfo,
  a: TensorInfo,
  norm: TensorInfo | undefined,
  output: OutputSpec,
  epsilon: number,
): TensorInfo {
  const [rows, ranks] = output.shape as [number, number];
  const lanes = lanesFor(ranks);
  const tile = tileFor(profileOf(backend), rows, ranks, { guarded: lanes === 1 });
  const { before, load, squares, operand, after } = normed(tile, Boolean(norm));
  const [h] = runProgram(backend, {
    name: 'adapterDown',
    variant: `${tile.rows}x${tile.columns}${norm ? ' norm' : ''}`,
    inputs: { x: [x, 4], a: [a, 4], ...(norm && { norm: [norm, 4] }) },
    outputs: { result: [output, lanes] },
    threads: tilesIn(tile, rows, ranks),
    floats: { epsilon },
    main: () => `
      let height = uniforms.resultShape.x;
      let width = uniforms.resultShape.y;
      ${tilePlace(tile, 'height', 'width')}
      let words = uniforms.xShape.y / 4;
      ${rowStarts(tile, 'startX', 'words')}
      ${unrolled(tile.columns, (c) => `let startA${c} = min(column + ${c}, width - 1) * words;`)}
      ${tileVariables(tile)}
      ${before}
      for (var step = 0; step < words; step++) {
        ${load}
        ${squares}
        ${productStep(tile, { a: operand, b: { along: (c) => `a[startA${c} + step]` } })}
      }
      ${after}
      ${overTile(tile, (r, q, sum) => storeFour(lanes, `(row + ${r})`, sum, `(column + ${4 * q})`))}`,
  });
  return h;
}

/** Adds s h_g B^T to the tile: `rank` more steps of the same product. */
function adapterUp(tile: Tile, lanes: Lanes): string {
  const h = (r: number, q: number) =>
    lanes === 4
      ? `h[startH${r} + partQuad${q} + step]`
      : `load_h(min(row + ${r}, height - 1), part${q} + 4 * step)`;
  const b = (c: number) =>
    lanes === 4 ? `b[startUp${c} + step]` : `load_b(min(column + ${c}, width - 1), 4 * step)`;
  return `
    let rank = uniforms.bShape.y;
    let rankQuads = (rank + 3) / 4;
    let ranksQuads = uniforms.hShape.y / 4;
    ${unrolled(tile.columns / 4, (q) => `let part${q} = partOf(column + ${4 * q}, rank); let partQuad${q} = part${q} / 4;`)}
    ${unrolled(tile.rows, (r) => `let startH${r} = min(row + ${r}, height - 1) * ranksQuads;`)}
    ${unrolled(tile.columns, (c) => `let startUp${c} = min(column + ${c}, width - 1) * rankQuads;`)}
    for (var step = 0; step < rankQuads; step++) {
      ${unrolled(tile.columns, (c) => `let up${c} = uniforms.loraScale * ${b(c)};`)}
      ${overTile(tile, (r, q, sum) => {
        const dots = [0, 1, 2, 3].map((i) => `dot(h${r}_${q}, up${4 * q + i})`);
        return `let h${r}_${q} = ${h(r, q)}; ${sum} += vec4<f32>(${dots.join(', ')});`;
      })}
    }`;
}

/** The residual beside group q of row r; what is read beyond the edge is not stored. */
const residualAt = (lanes: Lanes, r: number, q: number) =>
  lanes === 1
    ? `load_residual(row + ${r}, column + ${4 * q})`
    : `residual[(min(row + ${r}, height - 1) * width + min(column + ${4 * q}, width - 4)) / 4]`;

/** First the adapter's small product, then one program for the rest. A word of Wq is four weights along I, just what a vec4 of x meets. */
export function linearWebgpu(
  backend: WebGPUBackend,
  inputs: Inputs,
  [y, h]: readonly OutputSpec[],
  { loraScale, second, third, epsilon }: LinearAttrs,
): TensorInfo[] {
  const [x, w, scale, a, b, norm, residual] = inputs as [
    TensorInfo,
    TensorInfo,
    TensorInfo,
    TensorInfo?,
    TensorInfo?,
    TensorInfo?,
    TensorInfo?,
  ];
  const hidden = a ? adapterDown(backend, x, a, norm, h!, epsilon) : nothing(backend, h!);
  const [rows, outer] = y!.shape as [number, number];
  // Parts of h begin at multiples of the rank.
  const rankLanes = b ? lanesFor(b.shape[1]!) : 4;
  const lanes = lanesFor(outer);
  const tile = tileFor(profileOf(backend), rows, outer, { guarded: lanes * rankLanes < 16 });
  const { before, load, squares, operand, after } = normed(tile, Boolean(norm));
  const [product] = runProgram(backend, {
    name: 'linear',
    variant: `${tile.rows}x${tile.columns}${b ? ' adapted' : ''}${norm ? ' norm' : ''}${residual ? ' residual' : ''}`,
    inputs: {
      x: [x, 4],
      w,
      scale,
      ...(b && { h: [hidden, rankLanes], b: [b, rankLanes] }),
      ...(norm && { norm: [norm, 4] }),
      ...(residual && { residual: [residual, lanes] }),
    },
    outputs: { result: [y!, lanes] },
    threads: tilesIn(tile, rows, outer),
    floats: { loraScale, epsilon },
    ints: { second, third },
    functions: () => `
      ${UNPACK}
      ${b ? PART : ''}
      ${b && rankLanes === 1 ? rowLoader('h', 1) + rowLoader('b', 1) : ''}
      ${residual && lanes === 1 ? rowLoader('residual', 1) : ''}`,
    main: () => `
      let height = uniforms.resultShape.x;
      let width = uniforms.resultShape.y;
      ${tilePlace(tile, 'height', 'width')}
      let words = uniforms.wShape.y;
      ${rowStarts(tile, 'startX', 'words')}
      ${unrolled(tile.columns, (c) => `let channel${c} = min(column + ${c}, width - 1); let startW${c} = channel${c} * words;`)}
      ${tileVariables(tile)}
      ${before}
      for (var step = 0; step < words; step++) {
        ${load}
        ${squares}
        ${productStep(tile, { a: operand, b: { along: (c) => `unpacked(w[startW${c} + step])` } })}
      }
      ${after}
      ${unrolled(tile.columns / 4, (q) => `let scales${q} = vec4<f32>(${[0, 1, 2, 3].map((i) => `scale[channel${4 * q + i}]`).join(', ')});`)}
      ${overTile(tile, (_, q, sum) => `${sum} *= scales${q};`)}
      ${b ? adapterUp(tile, rankLanes) : ''}
      ${residual ? overTile(tile, (r, q, sum) => `${sum} += ${residualAt(lanes, r, q)};`) : ''}
      ${overTile(tile, (r, q, sum) => storeFour(lanes, `(row + ${r})`, sum, `(column + ${4 * q})`))}`,
  });
  return [product, hidden];
}

/** The largest tile of four columns. */
const LARGEST_NARROW = 32;

/** u_g = s dy_g B_g: the columns of one part sum over the channels of one adapter. */
function adapterPull(
  backend: WebGPUBackend,
  dy: TensorInfo,
  b: TensorInfo,
  output: OutputSpec,
  { loraScale, second, third }: LinearAttrs,
): TensorInfo {
  const [rows, ranks] = output.shape as [number, number];
  const rank = b.shape[1]!;
  const bounds = `
    let part = column / rank;
    let begin = select(select(uniforms.third, uniforms.second, part == 1), 0, part == 0);
    let end = select(select(uniforms.dyShape.y, uniforms.third, part == 1), uniforms.second, part == 0);`;
  const profile = profileOf(backend);
  const wide = lanesFor(rank, dy.shape[1]!) === 4;
  const tile: Tile = wide
    ? tileFor({ ...profile, largestTile: Math.min(LARGEST_NARROW, profile.largestTile) }, rows, ranks)
    : { rows: 1, columns: 4 };
  const [u] = runProgram(backend, {
    name: 'adapterPull',
    variant: wide ? `${tile.rows}x${tile.columns}` : 'single',
    inputs: wide ? { dy: [dy, 4], b: [b, 4] } : { dy, b },
    outputs: { result: [output, wide ? 4 : 1] },
    threads: wide ? tilesIn(tile, rows, ranks) : rows * ranks,
    floats: { loraScale },
    ints: { rank, second, third },
    main: () =>
      wide
        ? `
      let height = uniforms.resultShape.x;
      let width = uniforms.resultShape.y;
      let rank = uniforms.rank;
      let across = width / 4;
      let column = index % across * 4;
      let row = index / across * ${tile.rows};
      ${bounds}
      let channels = uniforms.dyShape.y / 4;
      let place = (column - part * rank) / 4;
      ${rowStarts(tile, 'startDy', 'channels')}
      ${tileVariables(tile)}
      let quads = rank / 4;
      var step = begin / 4;
      var start = begin * quads + place;
      for (var o = begin; o < end; o += 4) {
        ${productStep(tile, { a: (r) => `dy[startDy${r} + step]`, b: { across: (j) => `b[start + ${j} * quads]` } })}
        step++;
        start += 4 * quads;
      }
      ${overTile(tile, (r, _, sum) => storeFour(4, `(row + ${r})`, `uniforms.loraScale * ${sum}`))}`
        : `
      let rank = uniforms.rank;
      let row = index / uniforms.resultShape.y;
      let column = index % uniforms.resultShape.y;
      ${bounds}
      var sum = 0.0;
      for (var o = begin; o < end; o++) { sum += dy[row * uniforms.dyShape.y + o] * b[o * rank + column - part * rank]; }
      result[index] = uniforms.loraScale * sum;`,
  });
  return u;
}

/** u first, then dn. The same words again, now read across: a word holds four neighbouring columns of dn. */
export function linearGradWebgpu(
  backend: WebGPUBackend,
  inputs: Inputs,
  [dx, u]: readonly OutputSpec[],
  attrs: LinearAttrs,
): TensorInfo[] {
  const [dy, w, scale, a, b] = inputs as [TensorInfo, TensorInfo, TensorInfo, TensorInfo?, TensorInfo?];
  const pulled = b ? adapterPull(backend, dy, b, u!, attrs) : nothing(backend, u!);
  const [rows, inner] = dx!.shape as [number, number];
  const outerLanes = lanesFor(dy.shape[1]!);
  const rankLanes = a ? lanesFor(a.shape[0]!) : 4;
  const tile = tileFor(profileOf(backend), rows, inner, { guarded: outerLanes * rankLanes < 16 });
  const [product] = runProgram(backend, {
    name: 'linearGrad',
    variant: `${tile.rows}x${tile.columns}${a ? ' adapted' : ''}`,
    inputs: { dy: [dy, outerLanes], w, scale, ...(a && { u: [pulled, rankLanes], a: [a, 4] }) },
    outputs: { result: [dx!, 4] },
    threads: tilesIn(tile, rows, inner),
    functions: () => `
      ${UNPACK}
      ${outerLanes === 4 ? '' : rowLoader('dy', 1)}
      ${a && rankLanes === 1 ? rowLoader('u', 1) : ''}`,
    main: () => `
      let height = uniforms.resultShape.x;
      let width = uniforms.resultShape.y;
      ${tilePlace(tile, 'height', 'width')}
      let words = uniforms.wShape.y;
      let last = uniforms.wShape.x - 1;
      ${unrolled(tile.columns / 4, (q) => `let word${q} = min(column / 4 + ${q}, words - 1);`)}
      ${outerLanes === 4 ? rowStarts(tile, 'startDy', '(uniforms.dyShape.y / 4)') : ''}
      ${tileVariables(tile)}
      for (var step = 0; 4 * step <= last; step++) {
        let o = 4 * step;
        ${unrolled(4, (j) => `let channel${j} = min(o + ${j}, last); let scale${j} = scale[channel${j}];`)}
        ${productStep(tile, {
          // Beyond the last channel dy is zero.
          a: (r) => (outerLanes === 4 ? `dy[startDy${r} + step]` : `load_dy(min(row + ${r}, height - 1), o)`),
          b: { across: (j, q) => `unpacked(w[channel${j} * words + word${q}]) * scale${j}` },
        })}
      }
      ${
        a
          ? `
      let ranks = uniforms.aShape.x;
      let ranksQuads = ranks / 4;
      ${rankLanes === 4 ? rowStarts(tile, 'startU', 'ranksQuads') : ''}
      for (var step = 0; 4 * step < ranks; step++) {
        let j = 4 * step;
        ${productStep(tile, {
          a: (r) => (rankLanes === 4 ? `u[startU${r} + step]` : `load_u(min(row + ${r}, height - 1), j)`),
          b: { across: (i, q) => `a[min(j + ${i}, ranks - 1) * words + word${q}]` },
        })}
      }`
          : ''
      }
      ${overTile(tile, (r, q, sum) => storeFour(4, `(row + ${r})`, sum, `(column + ${4 * q})`))}`,
  });
  return [product, pulled];
}
