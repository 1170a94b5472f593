/**
 * The exports of the AssemblyScript in `assembly/`, as JavaScript sees them. Arguments named after tensors
 * are byte addresses in the memory of the backend; absent tensors are 0.
 */

/** Hands the kernels of this thread `bytes` of memory at `address`, to be used by nobody else. */
export function useScratch(address: number, bytes: number): void;
/** Says which part, of how many, the calls to come are to compute. */
export function setShare(index: number, count: number): void;

export function matMul(
  a: number, b: number, c: number, rows: number, inner: number, columns: number,
  transposeA: boolean, transposeB: boolean, alpha: number,
): void;
/** Bytes of scratch memory that `linear` wants. */
export function linearScratch(rows: number, inner: number, ranks: number, normed: boolean): number;
export function linear(
  x: number, w: number, scale: number, a: number, b: number, norm: number, residual: number, y: number, h: number,
  rows: number, inner: number, outer: number, rank: number, ranks: number, loraScale: number,
  second: number, third: number, epsilon: number,
): void;
export function linearGrad(
  dy: number, w: number, scale: number, a: number, b: number, dx: number, u: number,
  rows: number, inner: number, outer: number, rank: number, ranks: number, loraScale: number,
  second: number, third: number,
): void;
export function adapterGrad(
  x: number, dy: number, h: number, u: number, da: number, db: number,
  rows: number, inner: number, outer: number, rank: number, ranks: number, loraScale: number,
  second: number, third: number,
): void;

/** `fields` is how many numbers a row of `tokens` has; `d`, the width of a head, is a multiple of 4. */
export function heads(
  qkv: number, qNorm: number, kNorm: number, tokens: number, fields: number, cache: number, y: number,
  rows: number, heads: number, kvHeads: number, d: number, base: number, epsilon: number,
): void;
export function headsGrad(
  dy: number, qkv: number, qNorm: number, kNorm: number, tokens: number, fields: number, dx: number,
  rows: number, heads: number, kvHeads: number, d: number, base: number, epsilon: number,
): void;
export function headsWeightGrad(
  dy: number, qkv: number, tokens: number, fields: number, dQuery: number, dKey: number,
  rows: number, heads: number, kvHeads: number, d: number, base: number, epsilon: number,
): void;
/** Widths are those of rows of `q`, and of the rows in which keys and values lie. */
export function attention(
  q: number, qWidth: number, k: number, v: number, kvWidth: number, tokens: number, fields: number,
  out: number, logSum: number, rows: number, heads: number, kvHeads: number, d: number,
): void;
/** Bytes of scratch memory with which `attention` is at its best. */
export function attentionScratch(tokens: number, fields: number, rows: number, d: number): number;
/** Bytes of scratch memory without which `attentionGrad` divides its work otherwise, or traps. */
export function attentionGradScratch(tokens: number, fields: number, rows: number, d: number): number;
export function attentionGrad(
  qkv: number, tokens: number, fields: number, dOut: number, dQkv: number,
  rows: number, heads: number, kvHeads: number, d: number,
): void;

export function rmsNorm(x: number, w: number, y: number, rows: number, width: number, epsilon: number): void;
export function rmsNormGrad(
  dy: number, x: number, w: number, dx: number, rows: number, width: number, epsilon: number,
): void;
export function rmsNormWeightGrad(
  dy: number, x: number, dw: number, rows: number, width: number, epsilon: number,
): void;
export function swiGlu(gateUp: number, y: number, rows: number, width: number): void;
export function swiGluGrad(dy: number, gateUp: number, dGateUp: number, rows: number, width: number): void;

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
  logits: number, state: number, fields: number, rows: number, width: number,
  temperature: number, seed: number, endToken: number, padToken: number,
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

/** Stock operations over `count` floats; the factor of `scale` lies in memory. */
export function add(a: number, b: number, y: number, count: number): void;
export function multiply(a: number, b: number, y: number, count: number): void;
export function scale(a: number, factor: number, y: number, count: number): void;
export function sum(x: number, y: number, count: number): void;
export function fill(y: number, count: number, value: number): void;
export function sumRows(x: number, y: number, rows: number, width: number): void;
export function copyRows(
  from: number, fromStep: number, to: number, toStep: number, rows: number, bytes: number,
): void;
