import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import type { OutputSpec } from '../define';
import { SPAN_FIELDS } from '../layout';
import { float32, laneTypes, lanesFor, runProgram, type Lanes } from '../webgpu-program';
import type { AttentionAttrs } from './index';

type Inputs = readonly (TensorInfo | undefined)[];

interface Head {
  readonly lanes: Lanes;
  readonly variant: string;
  readonly constants: string;
}

/** The sizes of a head are baked in: with them known, vectors of a head are registers and loops over them unroll. */
function headOf(width: number, { heads, kvHeads }: AttentionAttrs): Head {
  const d = width / heads;
  const lanes = lanesFor(d);
  return {
    lanes,
    variant: `${heads}_${kvHeads}_${d}`,
    constants: `
      ${laneTypes(lanes)}
      alias HeadVector = array<V, ${d / lanes}>;
      const D = ${d / lanes};
      const HEADS = ${heads};
      const KV_HEADS = ${kvHeads};
      const SHRINK = 1.0 / sqrt(${d}.0);
      // Below every score there is.
      const BOTTOM = -3.0e38;
      fn kvHeadOf(head : i32) -> i32 { return head * KV_HEADS / HEADS; }
      fn keyAt(slot : i32, kvHead : i32) -> i32 { return (slot * KV_HEADS + kvHead) * D; }`,
  };
}

/** Reads the head vector at element `at` of `from` into `into`, times `factor`. */
const read = (into: string, from: string, at: string, factor = '') => `
  var ${into} : HeadVector;
  for (var i = 0; i < D; i++) { ${into}[i] = ${from}[${at} + i]${factor && ` * ${factor}`}; }`;

/** `name`, the inner product of a head vector in registers and one in memory. */
const product = (name: string, vector: string, from: string, at: string) => `
  var ${name} = 0.0;
  for (var i = 0; i < D; i++) { ${name} += inner(${vector}[i], ${from}[${at} + i]); }`;

/**
 * out = sum_j p_j v_j. A thread takes one head of one token and passes once over its keys, keeping the largest
 * score so far and sums relative to it, scaled down whenever a larger one comes (the online softmax of
 * arXiv 1805.02867). Nothing of the size of the scores is stored.
 */
export function attentionWebgpu(
  backend: WebGPUBackend,
  inputs: Inputs,
  [out]: readonly OutputSpec[],
  attrs: AttentionAttrs,
): TensorInfo[] {
  const [q, k, v, spans] = inputs as [TensorInfo, TensorInfo, TensorInfo, TensorInfo];
  const { lanes, variant, constants } = headOf(q.shape[1]!, attrs);
  const [made] = runProgram(backend, {
    name: 'attention',
    variant,
    inputs: { q: [q, lanes], k: [k, lanes], v: [v, lanes], spans },
    outputs: { result: [out!, lanes] },
    threads: q.shape[0]! * attrs.heads,
    ints: { offset: attrs.offset },
    functions: () => constants,
    main: () => `
      let n = index / HEADS;
      let kvHead = kvHeadOf(index % HEADS);
      let first = spans[n * ${SPAN_FIELDS}];
      let end = first + spans[n * ${SPAN_FIELDS} + 1] + uniforms.offset;
      ${read('query', 'q', 'index * D', 'SHRINK')}
      var mixed : HeadVector;
      var top = BOTTOM;
      var sum = 0.0;
      for (var j = first; j < end; j++) {
        let at = keyAt(j, kvHead);
        ${product('score', 'query', 'k', 'at')}
        if (score > top) {
          let fade = exp(top - score);
          sum *= fade;
          for (var i = 0; i < D; i++) { mixed[i] *= fade; }
          top = score;
        }
        let p = exp(score - top);
        sum += p;
        for (var i = 0; i < D; i++) { mixed[i] += p * v[at + i]; }
      }
      for (var i = 0; i < D; i++) { result[index * D + i] = mixed[i] / sum; }`,
  });
  return [made];
}

/**
 * Four programs. With L = log sum_j exp(score_j) a probability is exp(score - L), so two numbers for each query
 * and head, L and D, are all that has to pass from one to the next:
 *
 *   statistics [N, heads * 2] = (L, D)                               a thread per query and head
 *   dq = sum_j p_j (pull_j - D) k_j / sqrt(d),  pull_j = dOut . v_j     a thread per query and head
 *   dk = sum_n p (pull - D) q_n / sqrt(d)                             a thread per slot and key head,
 *   dv = sum_n p dOut_n                                               over the queries that see the slot
 *
 * Slots gather from their queries instead of queries adding to slots: no atomics, and the order of every sum is fixed.
 */
export function attentionGradWebgpu(
  backend: WebGPUBackend,
  inputs: Inputs,
  [dq, dk, dv]: readonly OutputSpec[],
  attrs: AttentionAttrs,
): TensorInfo[] {
  const [q, k, v, spans, dOut] = inputs as [TensorInfo, TensorInfo, TensorInfo, TensorInfo, TensorInfo];
  const { lanes, variant, constants } = headOf(q.shape[1]!, attrs);
  const queries = q.shape[0]! * attrs.heads;
  const wide = { q: [q, lanes], k: [k, lanes], v: [v, lanes], dOut: [dOut, lanes] } as const;

  const forQuery = `
    let n = index / HEADS;
    let kvHead = kvHeadOf(index % HEADS);
    let first = spans[n * ${SPAN_FIELDS}];
    let end = first + spans[n * ${SPAN_FIELDS} + 1];
    ${read('query', 'q', 'index * D', 'SHRINK')}
    ${read('above', 'dOut', 'index * D')}`;
  const [statistics] = runProgram(backend, {
    name: 'attentionStatistics',
    variant,
    inputs: { ...wide, spans },
    outputs: { result: float32(q.shape[0]!, attrs.heads * 2) },
    threads: queries,
    functions: () => constants,
    main: () => `
      ${forQuery}
      var top = BOTTOM;
      var sum = 0.0;
      var pulled = 0.0;
      for (var j = first; j < end; j++) {
        let at = keyAt(j, kvHead);
        ${product('score', 'query', 'k', 'at')}
        ${product('pull', 'above', 'v', 'at')}
        if (score > top) {
          let fade = exp(top - score);
          sum *= fade;
          pulled *= fade;
          top = score;
        }
        let p = exp(score - top);
        sum += p;
        pulled += p * pull;
      }
      result[2 * index] = top + log(sum);
      result[2 * index + 1] = pulled / sum;`,
  });

  const [byQuery] = runProgram(backend, {
    name: 'attentionGradQ',
    variant,
    inputs: { ...wide, spans, statistics },
    outputs: { result: [dq!, lanes] },
    threads: queries,
    functions: () => constants,
    main: () => `
      ${forQuery}
      let logSum = statistics[2 * index];
      let mean = statistics[2 * index + 1];
      var gradient : HeadVector;
      for (var j = first; j < end; j++) {
        let at = keyAt(j, kvHead);
        ${product('score', 'query', 'k', 'at')}
        ${product('pull', 'above', 'v', 'at')}
        let ds = exp(score - logSum) * (pull - mean) * SHRINK;
        for (var i = 0; i < D; i++) { gradient[i] += ds * k[at + i]; }
      }
      for (var i = 0; i < D; i++) { result[index * D + i] = gradient[i]; }`,
  });

  /** Loops over the queries and heads that read this slot; `step` adds what one of them gives. */
  const overReaders = (step: string) => `
    let slot = index / KV_HEADS;
    let kvHead = index % KV_HEADS;
    ${read('key', 'k', 'index * D', 'SHRINK')}
    var gradient : HeadVector;
    for (var n = slot; n < spans[slot * ${SPAN_FIELDS} + 2]; n++) {
      for (var head = kvHead * HEADS / KV_HEADS; head < (kvHead + 1) * HEADS / KV_HEADS; head++) {
        let reader = n * HEADS + head;
        ${product('score', 'key', 'q', 'reader * D')}
        let p = exp(score - statistics[2 * reader]);
        ${step}
      }
    }
    for (var i = 0; i < D; i++) { result[index * D + i] = gradient[i]; }`;
  const slots = k.shape[0]! * attrs.kvHeads;
  const [byKey] = runProgram(backend, {
    name: 'attentionGradK',
    variant,
    inputs: { ...wide, spans, statistics },
    outputs: { result: [dk!, lanes] },
    threads: slots,
    functions: () => constants,
    main: () => `
      ${read('value', 'v', 'index * D')}
      ${overReaders(`
        ${product('pull', 'value', 'dOut', 'reader * D')}
        let ds = p * (pull - statistics[2 * reader + 1]) * SHRINK;
        for (var i = 0; i < D; i++) { gradient[i] += ds * q[reader * D + i]; }`)}`,
  });
  const [byValue] = runProgram(backend, {
    name: 'attentionGradV',
    variant,
    inputs: { q: wide.q, k: wide.k, dOut: wide.dOut, spans, statistics },
    outputs: { result: [dv!, lanes] },
    threads: slots,
    functions: () => constants,
    main: () => overReaders('for (var i = 0; i < D; i++) { gradient[i] += p * dOut[reader * D + i]; }'),
  });
  backend.disposeData(statistics.dataId);
  return [byQuery, byKey, byValue];
}
