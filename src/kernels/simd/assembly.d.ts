/**
 * The exports of the AssemblyScript in `assembly/`, as JavaScript sees them. Arguments named after tensors
 * are byte addresses in the memory of the wasm backend; absent tensors are 0.
 */

/** Hands the kernels `bytes` of memory at `address`, to be used by nobody else. */
export function useScratch(address: number, bytes: number): void;

export function matMul(
  a: number, b: number, c: number, rows: number, inner: number, columns: number,
  transposeA: boolean, transposeB: boolean, alpha: number,
): void;
export function linear(
  x: number, w: number, scale: number, a: number, b: number, y: number, h: number,
  rows: number, inner: number, outer: number, rank: number, loraScale: number,
): void;
export function linearGrad(
  dy: number, w: number, scale: number, a: number, b: number, dx: number, u: number,
  rows: number, inner: number, outer: number, rank: number, loraScale: number,
): void;

/** `d`, the width of a head, is a multiple of 4. */
export function attention(
  q: number, k: number, v: number, spans: number, out: number,
  rows: number, heads: number, kvHeads: number, d: number, offset: number,
): void;
export function attentionGrad(
  q: number, k: number, v: number, spans: number, dOut: number, dq: number, dk: number, dv: number,
  rows: number, heads: number, kvHeads: number, d: number,
): void;
export function rotary(
  x: number, spans: number, y: number,
  rows: number, heads: number, d: number, base: number, offset: number, inverse: boolean,
): void;
export function cacheAppend(
  cache: number, rowsIn: number, spans: number, rows: number, width: number, offset: number,
): void;

export function rmsNorm(x: number, w: number, y: number, rows: number, width: number, epsilon: number): void;
export function rmsNormGrad(
  dy: number, x: number, w: number, dx: number, rows: number, width: number, epsilon: number,
): void;
export function rmsNormWeightGrad(
  dy: number, x: number, dw: number, rows: number, width: number, epsilon: number,
): void;
export function swiGlu(gate: number, up: number, y: number, size: number): void;
export function swiGluGrad(
  dy: number, gate: number, up: number, dGate: number, dUp: number, size: number,
): void;

export function embedInt8(
  table: number, scale: number, ids: number, y: number, rows: number, width: number, idColumns: number,
): void;
export function gatherRows(
  x: number, ids: number, y: number, rows: number, width: number, idColumns: number,
): void;
export function scatterRows(
  dy: number, ids: number, dx: number, rows: number, width: number, idColumns: number, outRows: number,
): void;

/** `scale` is 0 for a float table; u and w are 0 where they are not wanted. */
export function lmHead(
  x: number, table: number, scale: number, targets: number, out: number, u: number, w: number,
  rows: number, inner: number, vocabulary: number, temperature: number,
): void;
export function lmHeadLoss(
  x: number, table: number, targets: number, weights: number, out: number, dx: number, dTable: number,
  rows: number, inner: number, vocabulary: number, temperature: number,
): void;
export function lmHeadGrad(
  dOut: number, u: number, w: number, dx: number, rows: number, inner: number,
): void;
export function grpoLoss(
  scores: number, old: number, ref: number, advantages: number, weights: number,
  stats: number, dScores: number, rows: number,
  clipLow: number, clipHigh: number, dualClip: number,
  klCoefficient: number, klEstimator: number, entropyCoefficient: number,
): void;
export function sample(
  logits: number, keys: number, previous: number, out: number, rows: number, width: number,
  temperature: number, seed: number, counter: number, endToken: number, padToken: number,
): void;

/** `correction1` and `correction2` are 1 - beta^step. */
export function adamW(
  state: number, grad: number, next: number, norm: number, count: number,
  learningRate: number, beta1: number, beta2: number, epsilon: number, weightDecay: number, maxNorm: number,
  correction1: number, correction2: number,
): void;
export function groupAdvantage(
  scores: number, credits: number, counts: number, advantages: number, normalised: number,
  rows: number, turns: number, groupSize: number, sampleStd: boolean, epsilon: number, normalizeByStd: boolean,
): void;
