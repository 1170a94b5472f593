import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import type { OutputSpec } from '../define';
import { END, FIRST, SEEN } from '../layout';
import { profileOf } from '../webgpu/profile';
import { float32, laneTypes, lanesFor, runProgram, unrolled, type Lanes } from '../webgpu-program';
import type { AttentionAttrs } from './index';

type Inputs = readonly (TensorInfo | undefined)[];

/** The sizes of a head are baked in: with them known, vectors of a head are registers. */
const constants = ({ heads, kvHeads, d }: AttentionAttrs, lanes: Lanes) => `
  ${laneTypes(lanes)}
  const D = ${d / lanes};
  const HEADS = ${heads};
  const KV_HEADS = ${kvHeads};
  const SHRINK = 1.0 / sqrt(${d}.0);
  // Below every score there is.
  const BOTTOM = -3.0e38;
  fn kvHeadOf(head : i32) -> i32 { return head * KV_HEADS / HEADS; }`;

const variantOf = ({ heads, kvHeads, d }: AttentionAttrs, at: number) => `${heads} ${kvHeads} ${d} by ${at}`;

/**
 * Vectors of a head as one variable an element, `name0`, `name1`, ..., and code for each element written out: arrays
 * that are indexed in loops would lie in memory on many devices.
 */
class HeadCode {
  constructor(readonly elements: number) {}

  each(code: (c: number) => string): string {
    return unrolled(this.elements, code);
  }

  /** Reads the vector at element `at` of `from`, times `factor`. */
  read(name: string, from: string, at: string, factor = ''): string {
    return this.each((c) => `let ${name}${c} = ${from}[${at} + ${c}]${factor && ` * ${factor}`};`);
  }

  zeros(name: string): string {
    return this.each((c) => `var ${name}${c} = V(0.0);`);
  }

  /** The inner product of two such vectors. */
  inner(a: string, b: string): string {
    return Array.from({ length: this.elements }, (_, c) => `inner(${a}${c}, ${b}${c})`).join(' + ');
  }

  write(to: string, at: string, value: (c: number) => string): string {
    return this.each((c) => `${to}[${at} + ${c}] = ${value(c)};`);
  }
}

/** Registers that several queries of a thread may take together, in vectors of a head. */
const MOST_ELEMENTS = 64;

/** How many neighbouring tokens a thread works out: as suits the device, but no more than fit the registers. */
const tokensPerThread = (backend: WebGPUBackend, elements: number): number =>
  Math.max(1, Math.min(profileOf(backend).queriesPerThread, Math.floor(MOST_ELEMENTS / elements)));

/** The token and the span of query `i` of this thread; a token beyond the last sees nothing. */
const spanOf = (i: number, count: number) => `
  let n${i} = block * ${count} + ${i};
  let valid${i} = n${i} < uniforms.rows;
  let place${i} = min(n${i}, uniforms.rows - 1) * uniforms.tokensShape.y;
  let first${i} = tokens[place${i} + ${FIRST}];
  let end${i} = select(first${i}, first${i} + tokens[place${i} + ${SEEN}], valid${i});`;

/** `from` and `to`, the keys that any of this thread's queries sees. */
const union = (count: number) => {
  const all = (name: string) => Array.from({ length: count }, (_, i) => `${name}${i}`);
  const fold = (f: string, names: string[]) => names.reduce((a, b) => `${f}(${a}, ${b})`);
  return `let begin = ${fold('min', all('first'))}; let to = ${fold('max', all('end'))};`;
};

/**
 * out = sum_j p_j v_j. A thread takes one head of one or several neighbouring tokens, which mostly see the same keys
 * and so share their loads, and passes once over the keys, keeping the largest score so far and sums
 * relative to it, scaled down whenever a larger one comes (the online softmax of arXiv 1805.02867).
 */
export function attentionWebgpu(
  backend: WebGPUBackend,
  inputs: Inputs,
  specs: readonly OutputSpec[],
  attrs: AttentionAttrs,
): TensorInfo[] {
  const [q, kv, tokens] = inputs as [TensorInfo, TensorInfo, TensorInfo];
  if (q.dataId !== kv.dataId) return attendCached(backend, q, kv, tokens, specs, attrs);
  const [out, logSum] = specs;
  const lanes = lanesFor(attrs.d, q.shape[1]!);
  const rows = q.shape[0]!;
  const head = new HeadCode(attrs.d / lanes);
  const count = tokensPerThread(backend, head.elements);
  const each = (code: (i: number) => string) => unrolled(count, code);
  return runProgram(backend, {
    name: 'attention',
    variant: variantOf(attrs, count),
    inputs: { q: [q, lanes], kv: [kv, lanes], tokens },
    outputs: { result: [out!, lanes], logSum: logSum! },
    threads: Math.ceil(rows / count) * attrs.heads,
    ints: { rows, keys: attrs.keys / lanes, values: attrs.values / lanes },
    functions: () => constants(attrs, lanes),
    main: () => `
      let block = index / HEADS;
      let head = index % HEADS;
      let queryStride = uniforms.qShape.y / ${lanes};
      let stride = uniforms.kvShape.y / ${lanes};
      let shift = kvHeadOf(head) * D;
      ${each(
        (i) => `
        ${spanOf(i, count)}
        let queryAt${i} = min(n${i}, uniforms.rows - 1) * queryStride + head * D;
        ${head.read(`query${i}_`, 'q', `queryAt${i}`, 'SHRINK')}
        ${head.zeros(`mixed${i}_`)}
        var top${i} = BOTTOM;
        var sum${i} = 0.0;`,
      )}
      ${union(count)}
      for (var j = begin; j < to; j++) {
        let keyAt = j * stride + uniforms.keys + shift;
        let valueAt = j * stride + uniforms.values + shift;
        ${head.read('key', 'kv', 'keyAt')}
        ${head.read('value', 'kv', 'valueAt')}
        ${each(
          (i) => `
          let score${i} = ${head.inner(`query${i}_`, 'key')};
          let seen${i} = j >= first${i} && j < end${i};
          let higher${i} = select(top${i}, max(top${i}, score${i}), seen${i});
          let fade${i} = exp(top${i} - higher${i});
          let p${i} = select(0.0, exp(min(score${i} - higher${i}, 0.0)), seen${i});
          sum${i} = sum${i} * fade${i} + p${i};
          top${i} = higher${i};
          ${head.each((c) => `mixed${i}_${c} = mixed${i}_${c} * fade${i} + p${i} * value${c};`)}`,
        )}
      }
      ${each(
        (i) => `
        if (valid${i}) {
          ${head.write('result', `(n${i} * HEADS + head) * D`, (c) => `mixed${i}_${c} / sum${i}`)}
          logSum[n${i} * HEADS + head] = top${i} + log(sum${i});
        }`,
      )}`,
  });
}

/**
 * The same over a cache, where rows have nothing in common: the lanes of a row take every so many keys, each with a
 * running softmax of its own, which are put together at the end.
 */
function attendCached(
  backend: WebGPUBackend,
  q: TensorInfo,
  kv: TensorInfo,
  tokens: TensorInfo,
  [out, logSum]: readonly OutputSpec[],
  attrs: AttentionAttrs,
): TensorInfo[] {
  const lanes = lanesFor(attrs.d, q.shape[1]!, kv.shape[1]!);
  const head = new HeadCode(attrs.d / lanes);
  const total = lanes === 4 ? 'totalOf4' : 'totalOf';
  return runProgram(backend, {
    name: 'attendCached',
    variant: variantOf(attrs, 1),
    inputs: { q: [q, lanes], kv: [kv, lanes], tokens },
    outputs: { result: [out!, lanes], logSum: logSum! },
    rows: q.shape[0]! * attrs.heads,
    ints: { keys: attrs.keys / lanes, values: attrs.values / lanes },
    functions: () => constants(attrs, lanes),
    main: () => `
      let n = index / HEADS;
      let head = index % HEADS;
      let stride = uniforms.kvShape.y / ${lanes};
      let shift = kvHeadOf(head) * D;
      let place = n * uniforms.tokensShape.y;
      let first = tokens[place + ${FIRST}];
      let end = first + tokens[place + ${SEEN}];
      let queryAt = n * (uniforms.qShape.y / ${lanes}) + head * D;
      ${head.read('query', 'q', 'queryAt', 'SHRINK')}
      ${head.zeros('mixed')}
      var top = BOTTOM;
      var sum = 0.0;
      for (var j = first + LANE; j < end; j += LANES) {
        let keyAt = j * stride + uniforms.keys + shift;
        let valueAt = j * stride + uniforms.values + shift;
        ${head.read('key', 'kv', 'keyAt')}
        let score = ${head.inner('query', 'key')};
        let higher = max(top, score);
        let fade = exp(top - higher);
        let p = exp(score - higher);
        sum = sum * fade + p;
        top = higher;
        ${head.each((c) => `mixed${c} = mixed${c} * fade + p * kv[valueAt + ${c}];`)}
      }
      let highest = largestOf(top);
      let fade = exp(top - highest);
      let whole = totalOf(sum * fade);
      ${head.each(
        (c) => `
        let value${c} = ${total}(mixed${c} * fade) / whole;
        if (LANE == 0) { result[index * D + ${c}] = value${c}; }`,
      )}
      if (LANE == 0) { logSum[index] = highest + log(whole); }`,
  });
}

/**
 * Two programs. The first takes a head of one or several tokens: D = dOut . out, left for the second, and
 * dq = sum_j p_j (dOut . v_j - D) k_j / sqrt(d). The second takes a key head of one or several slots and passes over
 * the tokens that see them: slots gather from their queries instead of queries adding to slots, so there
 * are no atomics, and the order of every sum is fixed.
 */
export function attentionGradWebgpu(
  backend: WebGPUBackend,
  inputs: Inputs,
  [dQkv]: readonly OutputSpec[],
  attrs: AttentionAttrs,
): TensorInfo[] {
  const [qkv, tokens, out, logSum, dOut] = inputs as [
    TensorInfo,
    TensorInfo,
    TensorInfo,
    TensorInfo,
    TensorInfo,
  ];
  const lanes = lanesFor(attrs.d, qkv.shape[1]!);
  const rows = qkv.shape[0]!;
  const head = new HeadCode(attrs.d / lanes);
  const count = tokensPerThread(backend, head.elements);
  const each = (code: (i: number) => string) => unrolled(count, code);
  const ints = { rows, keys: attrs.keys / lanes, values: attrs.values / lanes };
  const blocks = Math.ceil(rows / count);
  const [gradient, means] = runProgram(backend, {
    name: 'attentionGradQueries',
    variant: variantOf(attrs, count),
    inputs: { qkv: [qkv, lanes], tokens, above: [out, lanes], logSum, dOut: [dOut, lanes] },
    outputs: { result: [dQkv!, lanes], means: float32(rows, attrs.heads) },
    threads: blocks * attrs.heads,
    ints,
    functions: () => constants(attrs, lanes),
    main: () => `
      let block = index / HEADS;
      let head = index % HEADS;
      let stride = uniforms.qkvShape.y / ${lanes};
      let shift = kvHeadOf(head) * D;
      ${each(
        (i) => `
        ${spanOf(i, count)}
        let token${i} = min(n${i}, uniforms.rows - 1);
        let reader${i} = token${i} * HEADS + head;
        let queryAt${i} = token${i} * stride + head * D;
        let aboveAt${i} = reader${i} * D;
        ${head.read(`query${i}_`, 'qkv', `queryAt${i}`, 'SHRINK')}
        ${head.read(`pulled${i}_`, 'dOut', `aboveAt${i}`)}
        ${head.read(`out${i}_`, 'above', `aboveAt${i}`)}
        let mean${i} = ${head.inner(`pulled${i}_`, `out${i}_`)};
        let log${i} = logSum[reader${i}];
        ${head.zeros(`gradient${i}_`)}`,
      )}
      ${union(count)}
      for (var j = begin; j < to; j++) {
        let keyAt = j * stride + uniforms.keys + shift;
        let valueAt = j * stride + uniforms.values + shift;
        ${head.read('key', 'qkv', 'keyAt')}
        ${head.read('value', 'qkv', 'valueAt')}
        ${each(
          (i) => `
          let score${i} = ${head.inner(`query${i}_`, 'key')};
          let pull${i} = ${head.inner(`pulled${i}_`, 'value')};
          let seen${i} = j >= first${i} && j < end${i};
          let ds${i} = select(0.0, exp(min(score${i} - log${i}, 0.0)) * (pull${i} - mean${i}) * SHRINK, seen${i});
          ${head.each((c) => `gradient${i}_${c} += ds${i} * key${c};`)}`,
        )}
      }
      ${each(
        (i) => `
        if (valid${i}) {
          ${head.write('result', `n${i} * stride + head * D`, (c) => `gradient${i}_${c}`)}
          means[reader${i}] = mean${i};
        }`,
      )}`,
  }) as [TensorInfo, TensorInfo];

  runProgram(backend, {
    name: 'attentionGradKeys',
    variant: variantOf(attrs, count),
    inputs: { qkv: [qkv, lanes], tokens, logSum, means, dOut: [dOut, lanes] },
    outputs: { result: [gradient, lanes] },
    threads: blocks * attrs.kvHeads,
    ints,
    functions: () => constants(attrs, lanes),
    main: () => `
      let block = index / KV_HEADS;
      let kvHead = index % KV_HEADS;
      let stride = uniforms.qkvShape.y / ${lanes};
      ${each(
        (i) => `
        let slot${i} = block * ${count} + ${i};
        let valid${i} = slot${i} < uniforms.rows;
        let place${i} = min(slot${i}, uniforms.rows - 1);
        let end${i} = select(0, tokens[place${i} * uniforms.tokensShape.y + ${END}], valid${i});
        let keyAt${i} = place${i} * stride + uniforms.keys + kvHead * D;
        let valueAt${i} = place${i} * stride + uniforms.values + kvHead * D;
        ${head.read(`key${i}_`, 'qkv', `keyAt${i}`, 'SHRINK')}
        ${head.read(`value${i}_`, 'qkv', `valueAt${i}`)}
        ${head.zeros(`dKey${i}_`)}
        ${head.zeros(`dValue${i}_`)}`,
      )}
      let to = ${Array.from({ length: count }, (_, i) => `end${i}`).reduce((a, b) => `max(${a}, ${b})`)};
      let firstHead = kvHead * HEADS / KV_HEADS;
      let lastHead = (kvHead + 1) * HEADS / KV_HEADS;
      for (var n = slot0; n < to; n++) {
        for (var head = firstHead; head < lastHead; head++) {
          let reader = n * HEADS + head;
          let queryAt = n * stride + head * D;
          let aboveAt = reader * D;
          ${head.read('query', 'qkv', 'queryAt')}
          ${head.read('pulled', 'dOut', 'aboveAt')}
          let log = logSum[reader];
          let mean = means[reader];
          ${each(
            (i) => `
            let score${i} = ${head.inner(`key${i}_`, 'query')};
            let pull${i} = ${head.inner(`value${i}_`, 'pulled')};
            let p${i} = select(0.0, exp(min(score${i} - log, 0.0)), n >= slot${i} && n < end${i});
            let ds${i} = p${i} * (pull${i} - mean) * SHRINK;
            ${head.each((c) => `dKey${i}_${c} += ds${i} * query${c}; dValue${i}_${c} += p${i} * pulled${c};`)}`,
          )}
        }
      }
      ${each(
        (i) => `
        if (valid${i}) {
          ${head.write('result', `slot${i} * stride + kvHead * D + uniforms.keys`, (c) => `dKey${i}_${c}`)}
          ${head.write('result', `slot${i} * stride + kvHead * D + uniforms.values`, (c) => `dValue${i}_${c}`)}
        }`,
      )}`,
  });
  backend.disposeData(means.dataId);
  return [gradient];
}
