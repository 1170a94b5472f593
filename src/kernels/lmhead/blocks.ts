/**
 * The WebGPU programs that the head is made of. Each works on a block of `rows` tokens from token `first` on; the
 * block of logits, and that of their slopes, are made once and written over by every block.
 */
import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import type { OutputSpec } from '../define';
import {
  float32,
  lanesFor,
  rowLoader,
  runProgram,
  storeFour,
  unrolled,
  type Lanes,
  type Program,
} from '../webgpu-program';

/** Logits of a block: 8 MiB. */
export const BLOCK_LOGITS = 1 << 21;
/** Logits that one thread reads on its way to the sums of a row. */
const SEGMENT = 1024;
/** So many threads keep a GPU busy; below, sums over the vocabulary are cut into parts. */
const ENOUGH_THREADS = 8192;
const SHORTEST_PART = 256;
/** Tokens, or words, in the tile of a thread; it is as wide. */
const TILE = 4;

export interface Block {
  readonly first: number;
  readonly rows: number;
}

export interface Head {
  readonly x: TensorInfo;
  readonly table: TensorInfo;
  readonly scale?: TensorInfo | undefined;
  readonly targets: TensorInfo;
  readonly vocabulary: number;
  readonly inner: number;
  /** Rows of the largest block. */
  readonly height: number;
  readonly blocks: readonly Block[];
}

export function headOf(
  x: TensorInfo,
  table: TensorInfo,
  scale: TensorInfo | undefined,
  targets: TensorInfo,
): Head {
  const [rows, inner] = x.shape as [number, number];
  const vocabulary = table.shape[0]!;
  const height = Math.min(rows, Math.max(1, Math.floor(BLOCK_LOGITS / vocabulary)));
  const blocks = Array.from({ length: Math.ceil(rows / height) }, (_, b) => ({
    first: b * height,
    rows: Math.min(height, rows - b * height),
  }));
  return { x, table, scale, targets, vocabulary, inner, height, blocks };
}

/** `words(v, i)`: four neighbouring numbers of W_v from i on. Beyond the last word its products are not used. */
const wordLoader = ({ scale, inner }: Head): string =>
  scale
    ? `
  fn words(v : i32, i : i32) -> vec4<f32> {
    let row = min(v, uniforms.tableShape.x - 1);
    let word = table[row * uniforms.tableShape.y + i / 4];
    return vec4<f32>((vec4<i32>(word) << vec4<u32>(24u, 16u, 8u, 0u)) >> vec4<u32>(24u)) * scale[row];
  }`
    : `${rowLoader('table', lanesFor(inner))}
  fn words(v : i32, i : i32) -> vec4<f32> { return load_table(v, i); }`;

const tableInputs = ({ table, scale, inner }: Head): Program['inputs'] =>
  scale ? { table, scale } : { table: [table, lanesFor(inner)] as const };
const form = ({ scale }: Head) => (scale ? 'int8' : 'float');

/** z = x W^T / T of a block, [height, V]; written into `into` where that is there. */
export function logitsOf(
  backend: WebGPUBackend,
  head: Head,
  { first, rows }: Block,
  temperature: number,
  into: TensorInfo | undefined,
): TensorInfo {
  const { x, vocabulary, inner, height } = head;
  const lanes = lanesFor(vocabulary);
  return runProgram(backend, {
    name: 'lmHeadLogits',
    variant: form(head),
    inputs: { x: [x, lanesFor(inner)], ...tableInputs(head) },
    output: into ?? float32(height, vocabulary),
    outputLanes: lanes,
    threads: Math.ceil(rows / TILE) * Math.ceil(vocabulary / TILE),
    floats: { temperature },
    ints: { first, rows },
    functions: () => rowLoader('x', lanesFor(inner)) + wordLoader(head),
    main: () => `
      let height = uniforms.rows;
      let width = uniforms.tableShape.x;
      let across = (width + 3) / 4;
      let column = index % across * 4;
      let row = index / across * ${TILE};
      ${unrolled(TILE, (r) => `var tile${r} = vec4<f32>(0.0);`)}
      for (var i = 0; i < uniforms.xShape.y; i += 4) {
        let panel = mat4x4<f32>(words(column, i), words(column + 1, i), words(column + 2, i), words(column + 3, i));
        ${unrolled(TILE, (r) => `tile${r} += load_x(uniforms.first + row + ${r}, i) * panel;`)}
      }
      ${unrolled(TILE, (r) => storeFour(lanes, `(row + ${r})`, `tile${r} / uniforms.temperature`))}`,
  });
}

/**
 * Sums over a row: (top, sum e^(z - top), sum e^(z - top) (z - top)). `merged` puts two such triples together by
 * moving both to the greater top.
 */
const SUMS = `
  fn moved(s : vec3<f32>, top : f32) -> vec3<f32> {
    let shift = s.x - top;
    let fade = exp(shift);
    return vec3<f32>(top, fade * s.y, fade * (s.z + shift * s.y));
  }
  fn merged(a : vec3<f32>, b : vec3<f32>) -> vec3<f32> {
    let top = max(a.x, b.x);
    let left = moved(a, top);
    let right = moved(b, top);
    return vec3<f32>(top, left.y + right.y, left.z + right.z);
  }`;

const READ_SEGMENT = `
  fn readSegment(start : i32, end : i32) -> vec3<f32> {
    var s = vec3<f32>(z[start], 1.0, 0.0);
    for (var at = start + 1; at < end; at++) {
      let value = z[at];
      if (value > s.x) { s = moved(s, value); }
      let e = exp(value - s.x);
      s.y += e;
      s.z += e * (value - s.x);
    }
    return s;
  }`;

/** (top, log of the sum, entropy, logp) of each row of a block, written into `statistics` [N, 4]. */
export function readRows(
  backend: WebGPUBackend,
  head: Head,
  { first, rows }: Block,
  z: TensorInfo,
  statistics: TensorInfo | undefined,
): TensorInfo {
  const { targets, vocabulary, height } = head;
  const segments = Math.ceil(vocabulary / SEGMENT);
  const pieces =
    segments > 1
      ? runProgram(backend, {
          name: 'lmHeadSegments',
          inputs: { z },
          output: float32(height, segments, 3),
          threads: rows * segments,
          ints: { segments },
          functions: () => SUMS + READ_SEGMENT,
          main: () => `
            let width = uniforms.zShape.y;
            let start = index % uniforms.segments * ${SEGMENT};
            let row = index / uniforms.segments * width;
            let s = readSegment(row + start, row + min(start + ${SEGMENT}, width));
            result[3 * index] = s.x;
            result[3 * index + 1] = s.y;
            result[3 * index + 2] = s.z;`,
        })
      : undefined;
  const out = runProgram(backend, {
    name: 'lmHeadStatistics',
    variant: pieces ? 'merging' : 'reading',
    inputs: { z, targets, ...(pieces && { pieces }) },
    output: statistics ?? float32(head.x.shape[0]!, 4),
    threads: rows,
    ints: { first, segments },
    functions: () => SUMS + (pieces ? '' : READ_SEGMENT),
    main: () => `
      let width = uniforms.zShape.y;
      ${
        pieces
          ? `
      let start = index * uniforms.segments * 3;
      var s = vec3<f32>(pieces[start], pieces[start + 1], pieces[start + 2]);
      for (var at = start + 3; at < start + uniforms.segments * 3; at += 3) {
        s = merged(s, vec3<f32>(pieces[at], pieces[at + 1], pieces[at + 2]));
      }`
          : 'let s = readSegment(index * width, (index + 1) * width);'
      }
      let logSum = log(s.y);
      let to = 4 * (uniforms.first + index);
      result[to] = s.x;
      result[to + 1] = logSum;
      result[to + 2] = logSum - s.z / s.y;
      result[to + 3] = z[index * width + targets[uniforms.first + index]] - s.x - logSum;`,
  });
  if (pieces) backend.disposeData(pieces.dataId);
  return out;
}

/** What a slope is the derivative of: log-probability, entropy, or minus the weighted log-probability. */
export type SlopeOf = 'logProb' | 'entropy' | 'loss';

const SLOPES: Readonly<Record<SlopeOf, string>> = {
  logProb: 'select(0.0, 1.0, column == targets[n]) - p',
  entropy: '-p * (logp + statistics[4 * n + 2])',
  loss: 'weights[n] * (p - select(0.0, 1.0, column == targets[n]))',
};

/** d of something by the undivided logits of a block, [height, V], a thread per logit. */
export function slopesOf(
  backend: WebGPUBackend,
  head: Head,
  { first, rows }: Block,
  of: SlopeOf,
  z: TensorInfo,
  statistics: TensorInfo,
  weights: TensorInfo | undefined,
  temperature: number,
  into: TensorInfo | undefined,
): TensorInfo {
  const { targets, vocabulary, height } = head;
  return runProgram(backend, {
    name: 'lmHeadSlopes',
    variant: of,
    inputs: {
      z,
      statistics,
      ...(of !== 'entropy' && { targets }),
      ...(of === 'loss' && { weights: weights! }),
    },
    output: into ?? float32(height, vocabulary),
    threads: rows * vocabulary,
    floats: { temperature },
    ints: { first },
    main: () => `
      let width = uniforms.zShape.y;
      let n = uniforms.first + index / width;
      let column = index % width;
      let logp = z[index] - statistics[4 * n] - statistics[4 * n + 1];
      let p = exp(logp);
      result[index] = (${SLOPES[of]}) / uniforms.temperature;`,
  });
}

const addressed = (lanes: Lanes) => (lanes === 4 ? 'vec4<f32>' : 'f32');

/** d W of a block, written into the rows of `y` [N, D] that belong to it. The sum over the vocabulary may be cut. */
export function pullBack(
  backend: WebGPUBackend,
  head: Head,
  { first, rows }: Block,
  slopes: TensorInfo,
  y: TensorInfo | OutputSpec,
): TensorInfo {
  const { vocabulary, inner, height } = head;
  const tiles = Math.ceil(rows / TILE) * Math.ceil(inner / TILE);
  const wanted = Math.min(Math.ceil(ENOUGH_THREADS / tiles), Math.ceil(vocabulary / SHORTEST_PART));
  const span = TILE * Math.ceil(vocabulary / wanted / TILE);
  const parts = Math.ceil(vocabulary / span);
  const lanes = lanesFor(inner);
  const slopeLanes = lanesFor(vocabulary);
  const pulled = runProgram(backend, {
    name: 'lmHeadPull',
    variant: form(head),
    inputs: { slopes: [slopes, slopeLanes], ...tableInputs(head) },
    output: parts > 1 ? float32(parts, height, inner) : y,
    outputLanes: lanes,
    threads: tiles * parts,
    ints: { first: parts > 1 ? 0 : first, rows, inner, span },
    functions: () => rowLoader('slopes', slopeLanes) + wordLoader(head),
    main: () => `
      let width = uniforms.inner;
      let across = (width + 3) / 4;
      let down = (uniforms.rows + ${TILE - 1}) / ${TILE};
      let column = index % across * 4;
      let row = index / across % down * ${TILE};
      let part = index / across / down;
      let end = min((part + 1) * uniforms.span, uniforms.tableShape.x);
      ${unrolled(TILE, (r) => `var tile${r} = vec4<f32>(0.0);`)}
      for (var v = part * uniforms.span; v < end; v += 4) {
        let panel = mat4x4<f32>(words(v, column), words(v + 1, column), words(v + 2, column), words(v + 3, column));
        ${unrolled(TILE, (r) => `tile${r} += panel * load_slopes(row + ${r}, v);`)}
      }
      let base = uniforms.first + part * uniforms.rows;
      let height = base + uniforms.rows;
      ${unrolled(TILE, (r) => storeFour(lanes, `(base + row + ${r})`, `tile${r}`))}`,
  });
  if (parts === 1) return pulled;
  const out = runProgram(backend, {
    name: 'lmHeadParts',
    inputs: { pulled: [pulled, lanes] },
    output: y,
    outputLanes: lanes,
    threads: (rows * inner) / lanes,
    ints: { start: (first * inner) / lanes, parts },
    main: () => `
      var sum = ${addressed(lanes)}(0.0);
      for (var part = 0; part < uniforms.parts; part++) { sum += pulled[part * uniforms.threads + index]; }
      result[uniforms.start + index] = sum;`,
  });
  backend.disposeData(pulled.dataId);
  return out;
}

/** scores [N, 2] = (logp, H) from the statistics of all rows. */
export function scoresOf(backend: WebGPUBackend, statistics: TensorInfo, output: OutputSpec): TensorInfo {
  return runProgram(backend, {
    name: 'lmHeadScores',
    inputs: { statistics },
    output,
    threads: output.shape[0]!,
    main: () => `
      result[2 * index] = statistics[4 * index + 3];
      result[2 * index + 1] = statistics[4 * index + 2];`,
  });
}
