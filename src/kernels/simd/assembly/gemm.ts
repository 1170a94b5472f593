/**
 * The product every matrix kernel is made of: C (+)= alpha A B.
 *
 * B is copied, a block at a time, into panels eight columns wide that lie in the order in which they are
 * read, whatever form it had, and A into strips of four rows; then tiles of 4 x 8 outputs are computed in
 * registers, a strip against a panel. The blocks are KC deep and NC wide, so that they stay in the
 * second-level cache while a strip and a panel stay in the first.
 */
import { KC, NC, panelA, panelsB, tileArea } from './memory';
import { madd } from './math';
import { packB, packSteps, packStrip, ROWS } from './pack';

@inline
function finishRow(c: usize, alpha: v128, accumulate: bool, left: v128, right: v128): void {
  left = f32x4.mul(left, alpha);
  right = f32x4.mul(right, alpha);
  if (accumulate) {
    left = f32x4.add(left, v128.load(c));
    right = f32x4.add(right, v128.load(c, 16));
  }
  v128.store(c, left);
  v128.store(c, right, 16);
}

/** One tile; row i of A is `inner` consecutive numbers at ai, row k of B eight numbers at b + k * ldb bytes. */
export function tile(
  inner: usize, a0: usize, a1: usize, a2: usize, a3: usize, b: usize, ldb: usize,
  c: usize, ldc: usize, alpha: f32, accumulate: bool,
): void {
  let s00 = f32x4.splat(0), s01 = f32x4.splat(0), s10 = f32x4.splat(0), s11 = f32x4.splat(0);
  let s20 = f32x4.splat(0), s21 = f32x4.splat(0), s30 = f32x4.splat(0), s31 = f32x4.splat(0);
  let x: v128, left: v128, right: v128;
  const end = a0 + (inner << 2);
  while (a0 < end) {
    left = v128.load(b); right = v128.load(b, 16);
    x = v128.load32_splat(a0); s00 = madd(s00, x, left); s01 = madd(s01, x, right);
    x = v128.load32_splat(a1); s10 = madd(s10, x, left); s11 = madd(s11, x, right);
    x = v128.load32_splat(a2); s20 = madd(s20, x, left); s21 = madd(s21, x, right);
    x = v128.load32_splat(a3); s30 = madd(s30, x, left); s31 = madd(s31, x, right);
    a0 += 4; a1 += 4; a2 += 4; a3 += 4; b += ldb;
  }
  const factor = f32x4.splat(alpha);
  finishRow(c, factor, accumulate, s00, s01); c += ldc;
  finishRow(c, factor, accumulate, s10, s11); c += ldc;
  finishRow(c, factor, accumulate, s20, s21); c += ldc;
  finishRow(c, factor, accumulate, s30, s31);
}

/** One tile of a transposed left factor: step k of the four rows is four consecutive numbers at a + k * lda. */
export function tileT(
  inner: usize, a: usize, lda: usize, b: usize, ldb: usize, c: usize, ldc: usize, alpha: f32, accumulate: bool,
): void {
  let s00 = f32x4.splat(0), s01 = f32x4.splat(0), s10 = f32x4.splat(0), s11 = f32x4.splat(0);
  let s20 = f32x4.splat(0), s21 = f32x4.splat(0), s30 = f32x4.splat(0), s31 = f32x4.splat(0);
  let x: v128, left: v128, right: v128;
  for (let k: usize = 0; k < inner; k++) {
    left = v128.load(b); right = v128.load(b, 16);
    x = v128.load32_splat(a); s00 = madd(s00, x, left); s01 = madd(s01, x, right);
    x = v128.load32_splat(a, 4); s10 = madd(s10, x, left); s11 = madd(s11, x, right);
    x = v128.load32_splat(a, 8); s20 = madd(s20, x, left); s21 = madd(s21, x, right);
    x = v128.load32_splat(a, 12); s30 = madd(s30, x, left); s31 = madd(s31, x, right);
    a += lda; b += ldb;
  }
  const factor = f32x4.splat(alpha);
  finishRow(c, factor, accumulate, s00, s01); c += ldc;
  finishRow(c, factor, accumulate, s10, s11); c += ldc;
  finishRow(c, factor, accumulate, s20, s21); c += ldc;
  finishRow(c, factor, accumulate, s30, s31);
}

/** One tile of packed factors: four numbers of A and eight of B a step. Fastest, since only two addresses move. */
export function tilePacked(
  inner: usize, a: usize, b: usize, c: usize, ldc: usize, alpha: f32, accumulate: bool,
): void {
  let s00 = f32x4.splat(0), s01 = f32x4.splat(0), s10 = f32x4.splat(0), s11 = f32x4.splat(0);
  let s20 = f32x4.splat(0), s21 = f32x4.splat(0), s30 = f32x4.splat(0), s31 = f32x4.splat(0);
  let x: v128, left: v128, right: v128;
  // Not unrolled: V8 then keeps all the sums in registers, and a third more is done a second.
  const end = a + (inner << 4);
  while (a < end) {
    left = v128.load(b); right = v128.load(b, 16);
    x = v128.load32_splat(a); s00 = madd(s00, x, left); s01 = madd(s01, x, right);
    x = v128.load32_splat(a, 4); s10 = madd(s10, x, left); s11 = madd(s11, x, right);
    x = v128.load32_splat(a, 8); s20 = madd(s20, x, left); s21 = madd(s21, x, right);
    x = v128.load32_splat(a, 12); s30 = madd(s30, x, left); s31 = madd(s31, x, right);
    a += 16; b += 32;
  }
  const factor = f32x4.splat(alpha);
  finishRow(c, factor, accumulate, s00, s01); c += ldc;
  finishRow(c, factor, accumulate, s10, s11); c += ldc;
  finishRow(c, factor, accumulate, s20, s21); c += ldc;
  finishRow(c, factor, accumulate, s30, s31);
}

/** Puts the `rows` x `columns` corner of the spare tile into C. */
function mergeEdge(rows: usize, columns: usize, c: usize, ldc: usize, accumulate: bool): void {
  for (let i: usize = 0; i < rows; i++) {
    const from = tileArea + i * 32;
    const to = c + i * ldc;
    for (let j: usize = 0; j < columns << 2; j += 4) {
      const value = load<f32>(from + j);
      store<f32>(to + j, accumulate ? load<f32>(to + j) + value : value);
    }
  }
}

/** `tile` where the output has perhaps fewer than 4 rows or 8 columns. A's rows are `lda` bytes apart. */
export function tileAt(
  rows: usize, columns: usize, inner: usize, a: usize, lda: usize, b: usize, ldb: usize,
  c: usize, ldc: usize, alpha: f32, accumulate: bool,
): void {
  if (rows >= 4 && columns >= 8) {
    const a2 = a + 2 * lda;
    tile(inner, a, a + lda, a2, a2 + lda, b, ldb, c, ldc, alpha, accumulate);
    return;
  }
  // Missing rows repeat the last one; their results are dropped.
  const a1 = rows > 1 ? a + lda : a;
  const a2 = rows > 2 ? a1 + lda : a1;
  const a3 = rows > 3 ? a2 + lda : a2;
  tile(inner, a, a1, a2, a3, b, ldb, tileArea, 32, alpha, false);
  mergeEdge(min<usize>(rows, 4), min<usize>(columns, 8), c, ldc, accumulate);
}

/** `tileT` likewise. Four numbers are read at every step even where fewer rows are wanted. */
export function tileTAt(
  rows: usize, columns: usize, inner: usize, a: usize, lda: usize, b: usize, ldb: usize,
  c: usize, ldc: usize, alpha: f32, accumulate: bool,
): void {
  if (rows >= 4 && columns >= 8) {
    tileT(inner, a, lda, b, ldb, c, ldc, alpha, accumulate);
    return;
  }
  tileT(inner, a, lda, b, ldb, tileArea, 32, alpha, false);
  mergeEdge(min<usize>(rows, 4), min<usize>(columns, 8), c, ldc, accumulate);
}

/** `tilePacked` likewise. */
@inline
function tilePackedAt(
  rows: usize, columns: usize, inner: usize, a: usize, b: usize, c: usize, ldc: usize, alpha: f32, accumulate: bool,
): void {
  if (rows >= 4 && columns >= 8) {
    tilePacked(inner, a, b, c, ldc, alpha, accumulate);
    return;
  }
  tilePacked(inner, a, b, tileArea, 32, alpha, false);
  mergeEdge(min<usize>(rows, 4), min<usize>(columns, 8), c, ldc, accumulate);
}

/**
 * C [M, N] (+)= alpha A B, and in the same tiles also + alpha2 A2 B2 where `rank` is not 0 (alpha is then 1).
 *
 * A is [M, K], or [K, M] if `transposeA`; its rows are `lda` bytes apart, those of C `ldc`, those of A2 `lda2`. `form`
 * says how B lies in memory (see pack.ts), `columns` being the length of its rows where they run across. A2 is
 * [M, rank], rank at most KC, and B2 of the form `form2`: its rows are put below those of B, its columns beside A's.
 *
 * Only the outputs of the rows from `top` to before `bottom` and the columns from `first` to before `last` are
 * computed. Every output is the sum of the same products in the same order whatever the range, the packing and the
 * tile: the outputs may be cut as one likes.
 */
export function product(
  transposeA: bool, a: usize, lda: usize, form: i32, b: usize, scale: usize, c: usize, ldc: usize,
  inner: usize, columns: usize, alpha: f32, accumulate: bool,
  rank: usize, a2: usize, lda2: usize, form2: i32, b2: usize, alpha2: f32,
  top: usize, bottom: usize, first: usize, last: usize,
): void {
  // A few rows do not repay the copying of a right factor that can be read in place.
  const direct = form == ROWS && bottom - top <= 16 && rank == 0;
  const ldb = direct ? columns << 2 : 32;
  for (let n0 = first; n0 < last; n0 += NC) {
    const width = min<usize>(NC, last - n0);
    // Nor do one or two panels repay that of the left one.
    const packLeft = !direct && (width > 16 || rank > 0);
    for (let k0: usize = 0; k0 < inner; k0 += KC) {
      const depth = min<usize>(KC, inner - k0);
      const extra = k0 + depth == inner ? rank : 0;
      const panelBytes = (depth + extra) << 5;
      if (direct) {
        // Only a last panel narrower than eight must be padded.
        const whole = width & ~7;
        if (whole < width) packB(form, b, scale, inner, columns, k0, depth, n0 + whole, width - whole, panelsB, 0);
      } else {
        packB(form, b, scale, inner, columns, k0, depth, n0, width, panelsB, extra << 5);
        if (extra) packB(form2, b2, 0, rank, columns, 0, rank, n0, width, panelsB + (depth << 5), depth << 5);
      }
      const add = accumulate || k0 > 0;
      for (let m = top; m < bottom; m += 4) {
        const height = min<usize>(4, bottom - m);
        const left = transposeA ? a + k0 * lda + (m << 2) : a + m * lda + (k0 << 2);
        const to = c + m * ldc + (n0 << 2);
        if (packLeft || (transposeA && height < 4)) {
          if (transposeA) packSteps(left, lda, height, depth, panelA);
          else packStrip(left, lda, height, depth, 1, panelA);
        }
        if (packLeft) {
          if (extra) packStrip(a2 + m * lda2, lda2, height, rank, alpha2, panelA + (depth << 4));
          let panel = panelsB;
          for (let n: usize = 0; n < width; n += 8) {
            tilePackedAt(height, width - n, depth + extra, panelA, panel, to + (n << 2), ldc, alpha, add);
            panel += panelBytes;
          }
        } else {
          for (let n: usize = 0; n < width; n += 8) {
            const wide = width - n;
            const inPlace = direct && wide >= 8;
            const panel = inPlace ? b + k0 * ldb + ((n0 + n) << 2) : direct ? panelsB : panelsB + ((n * depth) << 2);
            const next = inPlace ? ldb : 32;
            if (!transposeA) tileAt(height, wide, depth, left, lda, panel, next, to + (n << 2), ldc, alpha, add);
            else if (height < 4) tileTAt(height, wide, depth, panelA, 16, panel, next, to + (n << 2), ldc, alpha, add);
            else tileTAt(height, wide, depth, left, lda, panel, next, to + (n << 2), ldc, alpha, add);
          }
        }
      }
    }
  }
}
