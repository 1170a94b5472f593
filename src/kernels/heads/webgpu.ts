import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import type { OutputSpec } from '../define';
import { FIRST, SEEN } from '../layout';
import { constantTable, float32, runProgram } from '../webgpu-program';
import { headWidth, type HeadsAttrs } from './index';

type Inputs = readonly (TensorInfo | undefined)[];

/**
 * Cosines and sines of every position and pair, worked out in double precision: WGSL lets `sin` and `cos` be as
 * wrong as one part in two thousand, differently on each device.
 */
function angles(backend: WebGPUBackend, d: number, { base, positions }: HeadsAttrs): TensorInfo {
  return constantTable(backend, `angles ${d} ${base} ${positions}`, () => {
    const half = d / 2;
    const values = new Float32Array(positions * d);
    for (let position = 0; position < positions; position++) {
      for (let i = 0; i < half; i++) {
        const angle = position * base ** ((-2 * i) / d);
        values[position * d + i] = Math.cos(angle);
        values[position * d + half + i] = Math.sin(angle);
      }
    }
    return { shape: [positions, d], values };
  });
}

/** The sizes of a head are baked in: with them known, a head is registers and loops over it unroll. */
const constants = ({ heads, kvHeads }: HeadsAttrs, d: number) => `
  const HEADS = ${heads};
  const KV_HEADS = ${kvHeads};
  const ALL = ${heads + 2 * kvHeads};
  const D = ${d};
  const HALF = ${d / 2};
  alias HeadVector = array<f32, D>;`;

const variantOf = ({ heads, kvHeads }: HeadsAttrs, d: number) => `${heads} ${kvHeads} ${d}`;

/** Names this thread's token and head, and reads the head. */
const readHead = `
  let n = index / ALL;
  let head = index % ALL;
  let position = tokens[n * uniforms.tokensShape.y + ${SEEN}] - 1;
  let at = index * D;
  var x : HeadVector;
  for (var i = 0; i < D; i++) { x[i] = qkv[at + i]; }`;

const root = `
  var square = 0.0;
  for (var i = 0; i < D; i++) { square += x[i] * x[i]; }
  let r = inverseSqrt(square / f32(D) + uniforms.epsilon);`;

/** `dn`, the gradient of the normalised head: dy turned back. */
const turnBack = `
  var dn : HeadVector;
  for (var i = 0; i < HALF; i++) {
    let c = angles[position * D + i];
    let s = angles[position * D + HALF + i];
    dn[i] = dy[at + i] * c + dy[at + HALF + i] * s;
    dn[HALF + i] = dy[at + HALF + i] * c - dy[at + i] * s;
  }`;

/** A thread takes one head of one token. */
export function headsWebgpu(
  backend: WebGPUBackend,
  inputs: Inputs,
  [y]: readonly OutputSpec[],
  attrs: HeadsAttrs,
): TensorInfo[] {
  const [qkv, qNorm, kNorm, tokens, cache] = inputs as [
    TensorInfo,
    TensorInfo,
    TensorInfo,
    TensorInfo,
    TensorInfo?,
  ];
  const d = headWidth(qkv.shape[1]!, attrs);
  const [out] = runProgram(backend, {
    name: 'heads',
    variant: `${variantOf(attrs, d)}${cache ? ' cache' : ''}`,
    inputs: { qkv, qNorm, kNorm, tokens, angles: angles(backend, d, attrs) },
    outputs: { result: y!, ...(cache && { cache }) },
    threads: qkv.shape[0]! * (attrs.heads + 2 * attrs.kvHeads),
    floats: { epsilon: attrs.epsilon },
    functions: () => constants(attrs, d),
    main: () => `
      ${readHead}
      if (head < HEADS + KV_HEADS) {
        ${root}
        var normed : HeadVector;
        for (var i = 0; i < D; i++) { normed[i] = x[i] * r * select(kNorm[i], qNorm[i], head < HEADS); }
        for (var i = 0; i < HALF; i++) {
          let c = angles[position * D + i];
          let s = angles[position * D + HALF + i];
          x[i] = normed[i] * c - normed[HALF + i] * s;
          x[HALF + i] = normed[HALF + i] * c + normed[i] * s;
        }
      }
      ${
        cache
          ? `
      if (head >= HEADS) {
        let slot = tokens[n * uniforms.tokensShape.y + ${FIRST}] + position;
        let to = (slot * 2 * KV_HEADS + head - HEADS) * D;
        for (var i = 0; i < D; i++) { cache[to + i] = x[i]; }
        return;
      }
      let to = (n * HEADS + head) * D;`
          : 'let to = at;'
      }
      for (var i = 0; i < D; i++) { result[to + i] = x[i]; }`,
  });
  return [out];
}

export function headsGradWebgpu(
  backend: WebGPUBackend,
  inputs: Inputs,
  [dx]: readonly OutputSpec[],
  attrs: HeadsAttrs,
): TensorInfo[] {
  const [dy, qkv, qNorm, kNorm, tokens] = inputs as [
    TensorInfo,
    TensorInfo,
    TensorInfo,
    TensorInfo,
    TensorInfo,
  ];
  const d = headWidth(qkv.shape[1]!, attrs);
  const [out] = runProgram(backend, {
    name: 'headsGrad',
    variant: variantOf(attrs, d),
    inputs: { dy, qkv, qNorm, kNorm, tokens, angles: angles(backend, d, attrs) },
    outputs: { result: dx! },
    threads: qkv.shape[0]! * (attrs.heads + 2 * attrs.kvHeads),
    floats: { epsilon: attrs.epsilon },
    functions: () => constants(attrs, d),
    main: () => `
      ${readHead}
      if (head >= HEADS + KV_HEADS) {
        for (var i = 0; i < D; i++) { result[at + i] = dy[at + i]; }
        return;
      }
      ${root}
      ${turnBack}
      var along = 0.0;
      for (var i = 0; i < D; i++) {
        dn[i] *= select(kNorm[i], qNorm[i], head < HEADS);
        along += dn[i] * x[i];
      }
      let pull = along / f32(D) * r * r * r;
      for (var i = 0; i < D; i++) { result[at + i] = r * dn[i] - x[i] * pull; }`,
  });
  return [out];
}

/** Tokens that one thread of the weight gradient adds up. */
const TOKENS_PER_PART = 32;

/** dw = sum dn x r: sums over blocks of tokens, a thread per block and kind of head, then the sum of the blocks. */
export function headsWeightGradWebgpu(
  backend: WebGPUBackend,
  inputs: Inputs,
  [dQuery, dKey]: readonly OutputSpec[],
  attrs: HeadsAttrs,
): TensorInfo[] {
  const [dy, qkv, tokens] = inputs as [TensorInfo, TensorInfo, TensorInfo];
  const d = headWidth(qkv.shape[1]!, attrs);
  const parts = Math.ceil(qkv.shape[0]! / TOKENS_PER_PART);
  const [sums] = runProgram(backend, {
    name: 'headsWeightGrad',
    variant: variantOf(attrs, d),
    inputs: { dy, qkv, tokens, angles: angles(backend, d, attrs) },
    outputs: { result: float32(2 * parts, d) },
    threads: 2 * parts,
    floats: { epsilon: attrs.epsilon },
    functions: () => constants(attrs, d),
    main: () => `
      let block = index / 2 * ${TOKENS_PER_PART};
      let keys = index % 2 == 1;
      var sum : HeadVector;
      for (var n = block; n < min(block + ${TOKENS_PER_PART}, uniforms.qkvShape.x); n++) {
        let position = tokens[n * uniforms.tokensShape.y + ${SEEN}] - 1;
        for (var head = select(0, HEADS, keys); head < select(HEADS, HEADS + KV_HEADS, keys); head++) {
          let at = (n * ALL + head) * D;
          var x : HeadVector;
          for (var i = 0; i < D; i++) { x[i] = qkv[at + i]; }
          ${root}
          ${turnBack}
          for (var i = 0; i < D; i++) { sum[i] += dn[i] * x[i] * r; }
        }
      }
      for (var i = 0; i < D; i++) { result[index * D + i] = sum[i]; }`,
  });
  const made = runProgram(backend, {
    name: 'headsWeightGradSum',
    inputs: { sums },
    outputs: { dQuery: dQuery!, dKey: dKey! },
    threads: d,
    ints: { parts },
    main: () => `
      var query = 0.0;
      var key = 0.0;
      for (var part = 0; part < uniforms.parts; part++) {
        query += sums[2 * part * uniforms.threads + index];
        key += sums[(2 * part + 1) * uniforms.threads + index];
      }
      dQuery[index] = query;
      dKey[index] = key;`,
  });
  backend.disposeData(sums.dataId);
  return made;
}
