/**
 * The WebGPU programs that the head is made of. Each works on a block of `rows` tokens from token `first` on; the
 * block of logits, and that of their slopes, are made once and written over by every block.
 */
import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import type { OutputSpec } from '../define';
import { overTile, productStep, tileFor, tilePlace, tilesIn, tileVariables } from '../webgpu/product';
import { profileOf } from '../webgpu/profile';
import { float32, runProgram, storeFour, unrolled, type Program } from '../webgpu-program';

/** Logits of a block: 8 MiB. */
export const BLOCK_LOGITS = 1 << 21;
/** Logits read together on the way to the sums of a row. */
const SEGMENT = 1024;
/** Words in a part of a sum over the vocabulary, at least. */
const SHORTEST_PART = 256;
/** And at most: longer sums, taken in one go, lose too many digits. */
const LONGEST_PART = 8192;

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

/** Four numbers of W_v from 4 `step` on: an expression in the address `start` of the row, in words, and the row itself. */
const wordAt = ({ scale }: Head, start: string, row: string, step: string): string =>
  scale ? `unpacked(table[${start} + ${step}]) * scale[${row}]` : `table[${start} + ${step}]`;

const UNPACK = `
  fn unpacked(word : i32) -> vec4<f32> {
    return vec4<f32>((vec4<i32>(word) << vec4<u32>(24u, 16u, 8u, 0u)) >> vec4<u32>(24u));
  }`;

const tableInputs = ({ table, scale }: Head): Program['inputs'] =>
  scale ? { table, scale } : { table: [table, 4] as const };
const form = ({ scale }: Head) => (scale ? 'int8' : 'float');
/** Four numbers of the table are one element of it, packed or not; so many elements a row has. */
const STRIDE = 'uniforms.inner / 4';

/** Room for a block of logits: its rows are a multiple of four wide, what is beyond the vocabulary means nothing. */
const blockOf = ({ height, vocabulary }: Head): OutputSpec => float32(height, 4 * Math.ceil(vocabulary / 4));

/** z = x W^T / T of a block; written into `into` where that is there. */
export function logitsOf(
  backend: WebGPUBackend,
  head: Head,
  { first, rows }: Block,
  temperature: number,
  into: TensorInfo | undefined,
): TensorInfo {
  const { x, vocabulary, inner } = head;
  const tile = tileFor(profileOf(backend), rows, vocabulary);
  const [z] = runProgram(backend, {
    name: 'lmHeadLogits',
    variant: `${form(head)} ${tile.rows}x${tile.columns}`,
    inputs: { x: [x, 4], ...tableInputs(head) },
    outputs: { result: [into ?? blockOf(head), 4] },
    threads: tilesIn(tile, rows, vocabulary),
    floats: { temperature },
    ints: { first, rows, inner, vocabulary },
    functions: () => UNPACK,
    main: () => `
      let height = uniforms.rows;
      let width = uniforms.resultShape.y;
      ${tilePlace(tile, 'height', 'uniforms.vocabulary')}
      let stride = ${STRIDE};
      ${unrolled(tile.rows, (r) => `let startX${r} = (uniforms.first + min(row + ${r}, height - 1)) * stride;`)}
      ${unrolled(tile.columns, (c) => `let word${c} = min(column + ${c}, uniforms.vocabulary - 1); let start${c} = word${c} * stride;`)}
      ${tileVariables(tile)}
      for (var step = 0; step < stride; step++) {
        ${productStep(tile, {
          a: (r) => `x[startX${r} + step]`,
          b: { along: (c) => wordAt(head, `start${c}`, `word${c}`, 'step') },
        })}
      }
      ${overTile(tile, (r, q, sum) => storeFour(4, `(row + ${r})`, `${sum} / uniforms.temperature`, `(column + ${4 * q})`))}`,
  });
  return z;
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

/** The sums of a row, its lanes reading every so many logits. */
const READ_ROW = `
  fn readRow(start : i32, end : i32) -> vec3<f32> {
    // A lane without a logit of its own reads the first, of weight 0.
    var s = vec3<f32>(z[min(start + LANE, end - 1)], select(0.0, 1.0, start + LANE < end), 0.0);
    for (var at = start + LANE + LANES; at < end; at += LANES) {
      let value = z[at];
      if (value > s.x) { s = moved(s, value); }
      let e = exp(value - s.x);
      s.y += e;
      s.z += e * (value - s.x);
    }
    let top = largestOf(s.x);
    let own = moved(s, top);
    return vec3<f32>(top, totalOf(own.y), totalOf(own.z));
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
          outputs: { result: float32(height * segments, 3) },
          rows: rows * segments,
          ints: { segments, vocabulary },
          functions: () => SUMS + READ_ROW,
          main: () => `
            let width = uniforms.zShape.y;
            let start = index % uniforms.segments * ${SEGMENT};
            let row = index / uniforms.segments * width;
            let s = readRow(row + start, row + min(start + ${SEGMENT}, uniforms.vocabulary));
            if (LANE == 0) {
              result[3 * index] = s.x;
              result[3 * index + 1] = s.y;
              result[3 * index + 2] = s.z;
            }`,
        })[0]
      : undefined;
  const [out] = runProgram(backend, {
    name: 'lmHeadStatistics',
    variant: pieces ? 'merging' : 'reading',
    inputs: { z, targets, ...(pieces && { pieces }) },
    outputs: { result: statistics ?? float32(head.x.shape[0]!, 4) },
    ...(pieces ? { threads: rows } : { rows }),
    ints: { first, segments, vocabulary },
    functions: () => SUMS + (pieces ? '' : READ_ROW),
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
          : 'let s = readRow(index * width, index * width + uniforms.vocabulary); if (LANE > 0) { return; }'
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

/** One where the column is the target. */
const HIT = 'select(vec4<f32>(0.0), vec4<f32>(1.0), columns == vec4<i32>(targets[n]))';

const SLOPES: Readonly<Record<SlopeOf, string>> = {
  logProb: `${HIT} - p`,
  entropy: '-p * (logp + s.z)',
  loss: `weights[n] * (p - ${HIT})`,
};

/** d of something by the undivided logits of a block, a thread per four of them; 0 beyond the vocabulary. */
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
  const { targets, vocabulary } = head;
  const [slopes] = runProgram(backend, {
    name: 'lmHeadSlopes',
    variant: of,
    inputs: {
      z: [z, 4],
      statistics: [statistics, 4],
      ...(of !== 'entropy' && { targets }),
      ...(of === 'loss' && { weights: weights! }),
    },
    outputs: { result: [into ?? blockOf(head), 4] },
    threads: (rows * z.shape[1]!) / 4,
    floats: { temperature },
    ints: { first, vocabulary },
    main: () => `
      let width = uniforms.zShape.y / 4;
      let row = index / width;
      let n = uniforms.first + row;
      let columns = vec4<i32>((index - row * width) * 4) + vec4<i32>(0, 1, 2, 3);
      let s = statistics[n];
      let logp = z[index] - s.x - s.y;
      let p = exp(logp);
      let slope = (${SLOPES[of]}) / uniforms.temperature;
      result[index] = select(vec4<f32>(0.0), slope, columns < vec4<i32>(uniforms.vocabulary));`,
  });
  return slopes;
}

/** d W of a block, written into the rows of `y` [N, D] that belong to it. The sum over the vocabulary may be cut. */
export function pullBack(
  backend: WebGPUBackend,
  head: Head,
  { first, rows }: Block,
  slopes: TensorInfo,
  y: TensorInfo | OutputSpec,
): TensorInfo {
  const { vocabulary, inner } = head;
  const profile = profileOf(backend);
  const tiles = tilesIn({ rows: 4, columns: 4 }, rows, inner);
  const wanted = Math.max(
    Math.min(Math.ceil(profile.enoughThreads / tiles), Math.ceil(vocabulary / SHORTEST_PART)),
    Math.ceil(vocabulary / LONGEST_PART),
  );
  const span = 4 * Math.ceil(vocabulary / wanted / 4);
  const parts = Math.ceil(vocabulary / span);
  const tile = tileFor(profile, rows, inner, { parts });
  const [pulled] = runProgram(backend, {
    name: 'lmHeadPull',
    variant: `${form(head)} ${tile.rows}x${tile.columns}`,
    inputs: { slopes: [slopes, 4], ...tableInputs(head) },
    outputs: { result: [parts > 1 ? float32(parts * rows, inner) : y, 4] },
    threads: tilesIn(tile, rows, inner) * parts,
    ints: { first: parts > 1 ? 0 : first, rows, inner, vocabulary, span },
    functions: () => UNPACK,
    main: () => `
      let width = uniforms.inner;
      ${tilePlace(tile, 'uniforms.rows', 'width')}
      let stride = ${STRIDE};
      let end = min((part + 1) * uniforms.span, uniforms.vocabulary);
      ${unrolled(tile.rows, (r) => `let start${r} = min(row + ${r}, uniforms.rows - 1) * (uniforms.slopesShape.y / 4);`)}
      ${unrolled(tile.columns / 4, (q) => `let place${q} = min(column / 4 + ${q}, stride - 1);`)}
      ${tileVariables(tile)}
      var step = part * uniforms.span / 4;
      for (var v = part * uniforms.span; v < end; v += 4) {
        ${unrolled(4, (j) => `let word${j} = min(v + ${j}, uniforms.vocabulary - 1);`)}
        ${productStep(tile, {
          // Beyond the last word slopes are zero.
          a: (r) => `slopes[start${r} + step]`,
          b: { across: (j, q) => wordAt(head, `word${j} * stride`, `word${j}`, `place${q}`) },
        })}
        step++;
      }
      let base = uniforms.first + part * uniforms.rows;
      let height = base + uniforms.rows;
      ${overTile(tile, (r, q, sum) => storeFour(4, `(base + row + ${r})`, sum, `(column + ${4 * q})`))}`,
  });
  if (parts === 1) return pulled;
  const [out] = runProgram(backend, {
    name: 'lmHeadParts',
    inputs: { pulled: [pulled, 4] },
    outputs: { result: [y, 4] },
    threads: (rows * inner) / 4,
    ints: { start: (first * inner) / 4, parts },
    main: () => `
      var sum = vec4<f32>(0.0);
      for (var part = 0; part < uniforms.parts; part++) { sum += pulled[part * uniforms.threads + index]; }
      result[uniforms.start + index] = sum;`,
  });
  backend.disposeData(pulled.dataId);
  return out;
}

/** scores [N, 2] = (logp, H) from the statistics of all rows. */
export function scoresOf(backend: WebGPUBackend, statistics: TensorInfo, output: OutputSpec): TensorInfo {
  const [scores] = runProgram(backend, {
    name: 'lmHeadScores',
    inputs: { statistics },
    outputs: { result: output },
    threads: output.shape[0]!,
    main: () => `
      result[2 * index] = statistics[4 * index + 3];
      result[2 * index + 1] = statistics[4 * index + 2];`,
  });
  return scores;
}
