import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import type { OutputSpec } from '../define';
import { END, FIRST, SEEN } from '../layout';
import { profileOf } from '../webgpu/profile';
import { float32, laneTypes, lanesFor, runProgram, unrolled, type Lanes } from '../webgpu-program';
import type { AttentionAttrs } from './index';

type Inputs = readonly (TensorInfo | undefined)[];

/** The sizes of a head are baked in: with them known, vectors of a head are registers and loops over them unroll. */
const constants = ({ heads, kvHeads, d }: AttentionAttrs, lanes: Lanes) => `
  ${laneTypes(lanes)}
  alias HeadVector = array<V, ${d / lanes}>;
  const D = ${d / lanes};
  const HEADS = ${heads};
  const KV_HEADS = ${kvHeads};
  const SHRINK = 1.0 / sqrt(${d}.0);
  // Below every score there is.
  const BOTTOM = -3.0e38;
  fn kvHeadOf(head : i32) -> i32 { return head * KV_HEADS / HEADS; }`;

const variantOf = ({ heads, kvHeads, d }: AttentionAttrs, at: number) => `${heads} ${kvHeads} ${d} by ${at}`;

/** Reads the head vector at element `at` of `from` into `into`, times `factor`. */
const read = (into: string, from: string, at: string, factor = '') => `
  var ${into} : HeadVector;
  for (var i = 0; i < D; i++) { ${into}[i] = ${from}[${at} + i]${factor && ` * ${factor}`}; }`;

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
  [out, logSum]: readonly OutputSpec[],
  attrs: AttentionAttrs,
): TensorInfo[] {
  const [q, kv, tokens] = inputs as [TensorInfo, TensorInfo, TensorInfo];
  const lanes = lanesFor(attrs.d, q.shape[1]!, kv.shape[1]!);
  const rows = q.shape[0]!;
  // Rows of a cache have nothing in common.
  const count = q.dataId === kv.dataId ? profileOf(backend).queriesPerThread : 1;
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
        ${read(`query${i}`, 'q', `min(n${i}, uniforms.rows - 1) * queryStride + head * D`, 'SHRINK')}
        var mixed${i} : HeadVector;
        var top${i} = BOTTOM;
        var sum${i} = 0.0;`,
      )}
      ${union(count)}
      for (var j = begin; j < to; j++) {
        let keyAt = j * stride + uniforms.keys + shift;
        let valueAt = j * stride + uniforms.values + shift;
        ${each((i) => `var score${i} = 0.0;`)}
        for (var c = 0; c < D; c++) {
          let key = kv[keyAt + c];
          ${each((i) => `score${i} += inner(query${i}[c], key);`)}
        }
        ${each(
          (i) => `
          let seen${i} = j >= first${i} && j < end${i};
          let higher${i} = select(top${i}, max(top${i}, score${i}), seen${i});
          let fade${i} = exp(top${i} - higher${i});
          let p${i} = select(0.0, exp(score${i} - higher${i}), seen${i});
          sum${i} = sum${i} * fade${i} + p${i};
          top${i} = higher${i};`,
        )}
        for (var c = 0; c < D; c++) {
          let value = kv[valueAt + c];
          ${each((i) => `mixed${i}[c] = mixed${i}[c] * fade${i} + p${i} * value;`)}
        }
      }
      ${each(
        (i) => `
        if (valid${i}) {
          for (var c = 0; c < D; c++) { result[(n${i} * HEADS + head) * D + c] = mixed${i}[c] / sum${i}; }
          logSum[n${i} * HEADS + head] = top${i} + log(sum${i});
        }`,
      )}`,
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
  const count = profileOf(backend).queriesPerThread;
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
        ${read(`query${i}`, 'qkv', `token${i} * stride + head * D`, 'SHRINK')}
        ${read(`pulled${i}`, 'dOut', `reader${i} * D`)}
        var mean${i} = 0.0;
        for (var c = 0; c < D; c++) { mean${i} += inner(pulled${i}[c], above[reader${i} * D + c]); }
        let log${i} = logSum[reader${i}];
        var gradient${i} : HeadVector;`,
      )}
      ${union(count)}
      for (var j = begin; j < to; j++) {
        let keyAt = j * stride + uniforms.keys + shift;
        let valueAt = j * stride + uniforms.values + shift;
        ${each((i) => `var score${i} = 0.0; var pull${i} = 0.0;`)}
        for (var c = 0; c < D; c++) {
          let key = qkv[keyAt + c];
          let value = qkv[valueAt + c];
          ${each((i) => `score${i} += inner(query${i}[c], key); pull${i} += inner(pulled${i}[c], value);`)}
        }
        ${each(
          (i) => `
          let seen${i} = j >= first${i} && j < end${i};
          let ds${i} = select(0.0, exp(min(score${i} - log${i}, 0.0)) * (pull${i} - mean${i}) * SHRINK, seen${i});`,
        )}
        for (var c = 0; c < D; c++) {
          let key = qkv[keyAt + c];
          ${each((i) => `gradient${i}[c] += ds${i} * key;`)}
        }
      }
      ${each(
        (i) => `
        if (valid${i}) {
          for (var c = 0; c < D; c++) { result[n${i} * stride + head * D + c] = gradient${i}[c]; }
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
        ${read(`key${i}`, 'qkv', `place${i} * stride + uniforms.keys + kvHead * D`, 'SHRINK')}
        ${read(`value${i}`, 'qkv', `place${i} * stride + uniforms.values + kvHead * D`)}
        var dKey${i} : HeadVector;
        var dValue${i} : HeadVector;`,
      )}
      let to = ${Array.from({ length: count }, (_, i) => `end${i}`).reduce((a, b) => `max(${a}, ${b})`)};
      for (var n = slot0; n < to; n++) {
        for (var head = kvHead * HEADS / KV_HEADS; head < (kvHead + 1) * HEADS / KV_HEADS; head++) {
          let reader = n * HEADS + head;
          let queryAt = n * stride + head * D;
          ${each((i) => `var score${i} = 0.0; var pull${i} = 0.0;`)}
          for (var c = 0; c < D; c++) {
            let query = qkv[queryAt + c];
            let pulled = dOut[reader * D + c];
            ${each((i) => `score${i} += inner(key${i}[c], query); pull${i} += inner(value${i}[c], pulled);`)}
          }
          let log = logSum[reader];
          let mean = means[reader];
          ${each(
            (i) => `
            let p${i} = select(0.0, exp(min(score${i} - log, 0.0)), n >= slot${i} && n < end${i});
            let ds${i} = p${i} * (pull${i} - mean) * SHRINK;`,
          )}
          for (var c = 0; c < D; c++) {
            let query = qkv[queryAt + c];
            let pulled = dOut[reader * D + c];
            ${each((i) => `dKey${i}[c] += ds${i} * query; dValue${i}[c] += p${i} * pulled;`)}
          }
        }
      }
      ${each(
        (i) => `
        if (valid${i}) {
          let to${i} = slot${i} * stride + kvHead * D;
          for (var c = 0; c < D; c++) {
            result[to${i} + uniforms.keys + c] = dKey${i}[c];
            result[to${i} + uniforms.values + c] = dValue${i}[c];
          }
        }`,
      )}`,
  });
  backend.disposeData(means.dataId);
  return [gradient];
}
