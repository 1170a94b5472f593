/**
 * Copies parts of the factors of a product into the order in which its tiles read them.
 *
 * A block of a right factor B [K, N] becomes panels: eight columns side by side, row after row. Columns
 * beyond the last hold anything; their products are dropped. `gap` bytes are left free after each panel.
 * Four rows of a left factor become a strip: the four numbers of each step side by side.
 */

/** float32 [K, N]. */
export const ROWS: i32 = 0;
/** float32 [N, K]. */
export const COLUMNS: i32 = 1;
/** int8 [N, K], one scale per column n. */
export const INT8_COLUMNS: i32 = 2;
/** int8 [K, N], one scale per row k. */
export const INT8_ROWS: i32 = 3;

/** Packs rows k0.. (`depth` of them) and columns n0.. (`width`) of B, which is `inner` by `columns`. */
export function packB(
  form: i32, b: usize, scale: usize, inner: usize, columns: usize,
  k0: usize, depth: usize, n0: usize, width: usize, to: usize, gap: usize,
): void {
  if (form == ROWS) packRows(b + ((k0 * columns + n0) << 2), columns << 2, depth, width, to, gap);
  else if (form == COLUMNS) packColumns(b + ((n0 * inner + k0) << 2), inner << 2, depth, width, to, gap);
  else if (form == INT8_COLUMNS) packInt8Columns(b + n0 * inner + k0, inner, scale + (n0 << 2), depth, width, to, gap);
  else packInt8Rows(b + k0 * columns + n0, columns, scale + (k0 << 2), depth, width, to, gap);
}

/** Rows of B are `ldb` bytes apart. */
export function packRows(b: usize, ldb: usize, depth: usize, width: usize, to: usize, gap: usize): void {
  for (let n: usize = 0; n < width; n += 8) {
    let from = b + (n << 2);
    if (n + 8 <= width) {
      for (let k: usize = 0; k < depth; k++) {
        v128.store(to, v128.load(from));
        v128.store(to, v128.load(from, 16), 16);
        to += 32;
        from += ldb;
      }
    } else {
      const bytes = (width - n) << 2;
      for (let k: usize = 0; k < depth; k++) {
        for (let i: usize = 0; i < bytes; i += 4) store<f32>(to + i, load<f32>(from + i));
        to += 32;
        from += ldb;
      }
    }
    to += gap;
  }
}

/** Four steps of four rows, turned round and stored `step` bytes apart. */
@inline
function transpose4(p0: usize, p1: usize, p2: usize, p3: usize, to: usize, step: usize): void {
  const r0 = v128.load(p0), r1 = v128.load(p1), r2 = v128.load(p2), r3 = v128.load(p3);
  const a = v128.shuffle<f32>(r0, r1, 0, 4, 1, 5);
  const b = v128.shuffle<f32>(r2, r3, 0, 4, 1, 5);
  const c = v128.shuffle<f32>(r0, r1, 2, 6, 3, 7);
  const d = v128.shuffle<f32>(r2, r3, 2, 6, 3, 7);
  v128.store(to, v128.shuffle<f64>(a, b, 0, 2));
  v128.store(to + step, v128.shuffle<f64>(a, b, 1, 3));
  v128.store(to + 2 * step, v128.shuffle<f64>(c, d, 0, 2));
  v128.store(to + 3 * step, v128.shuffle<f64>(c, d, 1, 3));
}

/** Columns of B are contiguous and `ldb` bytes apart. */
export function packColumns(b: usize, ldb: usize, depth: usize, width: usize, to: usize, gap: usize): void {
  for (let n: usize = 0; n < width; n += 8) {
    // Missing columns repeat the last one.
    const left = width - n - 1;
    const p0 = b + n * ldb;
    const p1 = p0 + min<usize>(1, left) * ldb, p2 = p0 + min<usize>(2, left) * ldb, p3 = p0 + min<usize>(3, left) * ldb;
    const p4 = p0 + min<usize>(4, left) * ldb, p5 = p0 + min<usize>(5, left) * ldb, p6 = p0 + min<usize>(6, left) * ldb;
    const p7 = p0 + min<usize>(7, left) * ldb;
    let k: usize = 0;
    for (; k + 4 <= depth; k += 4) {
      const at = k << 2;
      transpose4(p0 + at, p1 + at, p2 + at, p3 + at, to, 32);
      transpose4(p4 + at, p5 + at, p6 + at, p7 + at, to + 16, 32);
      to += 128;
    }
    for (; k < depth; k++) {
      const at = k << 2;
      store<f32>(to, load<f32>(p0 + at));
      store<f32>(to, load<f32>(p1 + at), 4);
      store<f32>(to, load<f32>(p2 + at), 8);
      store<f32>(to, load<f32>(p3 + at), 12);
      store<f32>(to, load<f32>(p4 + at), 16);
      store<f32>(to, load<f32>(p5 + at), 20);
      store<f32>(to, load<f32>(p6 + at), 24);
      store<f32>(to, load<f32>(p7 + at), 28);
      to += 32;
    }
    to += gap;
  }
}

/** Eight numbers of 16 bits, times their scales. */
@inline
function storeScaled(to: usize, x: v128, left: v128, right: v128): void {
  v128.store(to, f32x4.mul(f32x4.convert_i32x4_s(i32x4.extend_low_i16x8_s(x)), left));
  v128.store(to, f32x4.mul(f32x4.convert_i32x4_s(i32x4.extend_high_i16x8_s(x)), right), 16);
}

/** Two steps of eight columns of bytes. */
@inline
function storeTwo(to: usize, x: v128, left: v128, right: v128): void {
  storeScaled(to, i16x8.extend_low_i8x16_s(x), left, right);
  storeScaled(to + 32, i16x8.extend_high_i8x16_s(x), left, right);
}

/** Eight steps: bytes of the columns 0 and 1, 2 and 3, 4 and 5, 6 and 7 alternating in the four arguments. */
@inline
function storeEight(to: usize, a: v128, b: v128, c: v128, d: v128, left: v128, right: v128): void {
  const ab = v128.shuffle<i16>(a, b, 0, 8, 1, 9, 2, 10, 3, 11);
  const cd = v128.shuffle<i16>(c, d, 0, 8, 1, 9, 2, 10, 3, 11);
  storeTwo(to, v128.shuffle<i32>(ab, cd, 0, 4, 1, 5), left, right);
  storeTwo(to + 64, v128.shuffle<i32>(ab, cd, 2, 6, 3, 7), left, right);
  const ab2 = v128.shuffle<i16>(a, b, 4, 12, 5, 13, 6, 14, 7, 15);
  const cd2 = v128.shuffle<i16>(c, d, 4, 12, 5, 13, 6, 14, 7, 15);
  storeTwo(to + 128, v128.shuffle<i32>(ab2, cd2, 0, 4, 1, 5), left, right);
  storeTwo(to + 192, v128.shuffle<i32>(ab2, cd2, 2, 6, 3, 7), left, right);
}

@inline
function lowBytes(a: v128, b: v128): v128 {
  return v128.shuffle<i8>(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
}

@inline
function highBytes(a: v128, b: v128): v128 {
  return v128.shuffle<i8>(a, b, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
}

/** Columns of int8 are contiguous and `ldb` bytes apart; the transposition is done on bytes, sixteen steps at once. */
function packInt8Columns(b: usize, ldb: usize, scale: usize, depth: usize, width: usize, to: usize, gap: usize): void {
  for (let n: usize = 0; n < width; n += 8) {
    const last = width - n - 1;
    const p0 = b + n * ldb;
    const p1 = p0 + min<usize>(1, last) * ldb, p2 = p0 + min<usize>(2, last) * ldb, p3 = p0 + min<usize>(3, last) * ldb;
    const p4 = p0 + min<usize>(4, last) * ldb, p5 = p0 + min<usize>(5, last) * ldb, p6 = p0 + min<usize>(6, last) * ldb;
    const p7 = p0 + min<usize>(7, last) * ldb;
    const s = scale + (n << 2);
    let left = f32x4.splat(load<f32>(s)), right = left;
    if (last >= 7) {
      left = v128.load(s);
      right = v128.load(s, 16);
    } else {
      if (last >= 1) left = f32x4.replace_lane(left, 1, load<f32>(s, 4));
      if (last >= 2) left = f32x4.replace_lane(left, 2, load<f32>(s, 8));
      if (last >= 3) left = f32x4.replace_lane(left, 3, load<f32>(s, 12));
      if (last >= 4) right = f32x4.replace_lane(right, 0, load<f32>(s, 16));
      if (last >= 5) right = f32x4.replace_lane(right, 1, load<f32>(s, 20));
      if (last >= 6) right = f32x4.replace_lane(right, 2, load<f32>(s, 24));
    }
    let k: usize = 0;
    for (; k + 16 <= depth; k += 16) {
      const r0 = v128.load(p0 + k), r1 = v128.load(p1 + k), r2 = v128.load(p2 + k), r3 = v128.load(p3 + k);
      const r4 = v128.load(p4 + k), r5 = v128.load(p5 + k), r6 = v128.load(p6 + k), r7 = v128.load(p7 + k);
      storeEight(to, lowBytes(r0, r1), lowBytes(r2, r3), lowBytes(r4, r5), lowBytes(r6, r7), left, right);
      storeEight(to + 256, highBytes(r0, r1), highBytes(r2, r3), highBytes(r4, r5), highBytes(r6, r7), left, right);
      to += 512;
    }
    for (; k < depth; k++) {
      let x = i16x8.splat(load<i8>(p0 + k));
      x = i16x8.replace_lane(x, 1, load<i8>(p1 + k));
      x = i16x8.replace_lane(x, 2, load<i8>(p2 + k));
      x = i16x8.replace_lane(x, 3, load<i8>(p3 + k));
      x = i16x8.replace_lane(x, 4, load<i8>(p4 + k));
      x = i16x8.replace_lane(x, 5, load<i8>(p5 + k));
      x = i16x8.replace_lane(x, 6, load<i8>(p6 + k));
      x = i16x8.replace_lane(x, 7, load<i8>(p7 + k));
      storeScaled(to, x, left, right);
      to += 32;
    }
    to += gap;
  }
}

/** Rows of int8 are `ldb` bytes apart. */
function packInt8Rows(b: usize, ldb: usize, scale: usize, depth: usize, width: usize, to: usize, gap: usize): void {
  for (let n: usize = 0; n < width; n += 8) {
    let from = b + n;
    for (let k: usize = 0; k < depth; k++) {
      if (n + 8 <= width) {
        const factor = v128.load32_splat(scale + (k << 2));
        storeScaled(to, v128.load8x8_s(from), factor, factor);
      } else {
        const factor = load<f32>(scale + (k << 2));
        for (let i: usize = 0; i < width - n; i++) store<f32>(to + (i << 2), <f32>load<i8>(from + i) * factor);
      }
      to += 32;
      from += ldb;
    }
    to += gap;
  }
}

/** A strip of `rows` <= 4 rows that are contiguous and `lda` bytes apart, times alpha. Missing rows repeat the last. */
export function packStrip(a: usize, lda: usize, rows: usize, depth: usize, alpha: f32, to: usize): void {
  const p1 = rows > 1 ? a + lda : a;
  const p2 = rows > 2 ? p1 + lda : p1;
  const p3 = rows > 3 ? p2 + lda : p2;
  const start = to;
  let k: usize = 0;
  for (; k + 4 <= depth; k += 4) {
    const at = k << 2;
    transpose4(a + at, p1 + at, p2 + at, p3 + at, to, 16);
    to += 64;
  }
  for (; k < depth; k++) {
    const at = k << 2;
    store<f32>(to, load<f32>(a + at));
    store<f32>(to, load<f32>(p1 + at), 4);
    store<f32>(to, load<f32>(p2 + at), 8);
    store<f32>(to, load<f32>(p3 + at), 12);
    to += 16;
  }
  if (alpha == 1) return;
  const factor = f32x4.splat(alpha);
  for (let at = start; at < to; at += 16) v128.store(at, f32x4.mul(v128.load(at), factor));
}

/** A strip of `rows` <= 4 columns of a transposed left factor whose steps are `lda` bytes apart, zeros in missing rows. */
export function packSteps(a: usize, lda: usize, rows: usize, depth: usize, to: usize): void {
  for (let k: usize = 0; k < depth; k++) {
    if (rows >= 4) {
      v128.store(to, v128.load(a));
    } else {
      v128.store(to, i32x4.splat(0));
      for (let i: usize = 0; i < rows << 2; i += 4) store<f32>(to + i, load<f32>(a + i));
    }
    to += 16;
    a += lda;
  }
}
