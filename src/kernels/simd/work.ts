/**
 * How much work a call is, so that only those are shared among threads that repay it: roughly its nanoseconds on
 * one thread. A kernel that is not listed runs on one thread, as it must unless it divides its outputs
 * (assembly/share.ts).
 */
import type { SimdExports } from './threads';

/** Nanoseconds of work for which it is worth calling a thread: a few times what calling and waiting for it takes. */
export const WORTH_A_THREAD = 8_000;

type Estimate<F> = F extends (...values: infer A) => void ? (...values: A) => number : never;
type Estimates = { readonly [K in keyof SimdExports]?: Estimate<SimdExports[K]> };

/** Multiplications with addition a nanosecond. */
const PRODUCT_RATE = 20;
/** The same in attention, which also takes exponentials and, when decoding, waits for the cache. */
const ATTENTION_RATE = 6;
/** Keys that a query is taken to see: the estimate must not read the spans. */
const TYPICAL_KEYS = 64;

const products = (rows: number, inner: number, outer: number, rank: number) =>
  (rows * (inner * outer + rank * (inner + outer))) / PRODUCT_RATE;
const attended = (rows: number, heads: number, d: number) =>
  (rows * heads * d * 2 * TYPICAL_KEYS) / ATTENTION_RATE;

export const WORK: Estimates = {
  matMul: (_a, _b, _c, rows, inner, columns) => products(rows, inner, columns, 0),
  linear: (_x, _w, _s, _a, _b, _n, _r, _y, _h, rows, inner, outer, rank) =>
    products(rows, inner, outer, rank),
  linearGrad: (_g, _w, _s, _a, _b, _x, _u, rows, inner, outer, rank) => products(rows, inner, outer, rank),
  adapterGrad: (_x, _g, _h, _u, _da, _db, rows, inner, outer, rank, ranks) =>
    (rows * (ranks * inner + outer * rank)) / PRODUCT_RATE,
  heads: (_x, _q, _k, _t, _f, _c, _y, rows, heads, kvHeads, d) => rows * (heads + 2 * kvHeads) * d,
  headsGrad: (_g, _x, _q, _k, _t, _f, _d, rows, heads, kvHeads, d) => 3 * rows * (heads + 2 * kvHeads) * d,
  attention: (_q, _wq, _k, _v, _wk, _t, _f, _o, _l, rows, heads, _kv, d) => attended(rows, heads, d),
  attentionGrad: (_x, _t, _f, _o, _d, rows, heads, _kv, d) => 3 * attended(rows, heads, d),
  rmsNorm: (_x, _w, _y, rows, width) => 0.5 * rows * width,
  rmsNormGrad: (_g, _x, _w, _d, rows, width) => 0.7 * rows * width,
  swiGlu: (_x, _y, rows, width) => 1.3 * rows * width,
  swiGluGrad: (_g, _x, _d, rows, width) => 1.7 * rows * width,
  embedInt8: (_t, _s, _i, _y, rows, width) => 0.3 * rows * width,
  gatherRows: (_x, _i, _y, rows, width) => 0.2 * rows * width,
  scatterRows: (_d, _i, _x, rows, width) => 0.3 * rows * width,
  lmHead: (_x, _t, _s, _y, _o, u, w, rows, inner, vocabulary) =>
    (1 + Math.sign(u) + Math.sign(w)) * products(rows, inner, vocabulary, 0) + rows * vocabulary,
  lmHeadGrad: (_d, _u, _w, _x, rows, inner) => 0.3 * rows * inner,
  sample: (_z, _s, _f, rows, width) => 3 * rows * width,
  adamW: (_s, _g, _n, _norm, count) => 1.5 * count,
  add: (_a, _b, _y, count) => 0.3 * count,
  multiply: (_a, _b, _y, count) => 0.3 * count,
  scale: (_a, _f, _y, count) => 0.2 * count,
};
