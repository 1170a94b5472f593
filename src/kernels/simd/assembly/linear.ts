/**
 * Matrix products: plain ones, and those of a frozen int8 weight with its low-rank adapters. Many rows are divided
 * by rows, which leaves nothing to be done twice but the packing of the right factor; few rows by columns, since
 * packing them would cost as much as the product.
 */
import { product } from './gemm';
import { FIXED_BYTES, KC, work, workBytes } from './memory';
import { COLUMNS, INT8_COLUMNS, INT8_ROWS, ROWS } from './pack';
import { rmsNormRows } from './rmsnorm';
import { copyRow } from './rows';
import { begin, end, part, parts } from './share';

/** Rows a part should have for a division by rows. */
const ENOUGH_ROWS: usize = 64;

@inline
function byColumns(rows: usize, columns: usize): bool {
  return parts > 1 && rows < ENOUGH_ROWS * parts && columns >= 8 * parts;
}

/** C [rows, columns] = alpha op(A) op(B). */
export function matMul(
  a: usize, b: usize, c: usize, rows: usize, inner: usize, columns: usize, transposeA: bool, transposeB: bool, alpha: f32,
): void {
  const divided = byColumns(rows, columns);
  product(
    transposeA, a, transposeA ? rows << 2 : inner << 2, transposeB ? COLUMNS : ROWS, b, 0, c, columns << 2,
    inner, columns, alpha, false, 0, 0, 0, 0, 0, 0,
    divided ? 0 : begin(rows, 4), divided ? rows : end(rows, 4),
    divided ? begin(columns, 8) : 0, divided ? end(columns, 8) : columns,
  );
}

/** The first and the last channel of adapter g. */
@inline
function groupStart(g: usize, second: usize, third: usize): usize {
  return g == 0 ? 0 : g == 1 ? second : third;
}
@inline
function groupEnd(g: usize, second: usize, third: usize, outer: usize): usize {
  return g == 0 ? second : g == 1 ? third : outer;
}

/** Bytes of scratch memory that `linear` wants. */
export function linearScratch(rows: usize, inner: usize, ranks: usize, normed: bool): usize {
  return ((rows * ((normed ? inner : 0) + ranks)) << 2) + FIXED_BYTES;
}

/** y = n (scale W)^T + loraScale h_g B^T + residual with h = n A^T, where n is x or its RMSNorm. */
export function linear(
  x: usize, w: usize, scale: usize, a: usize, b: usize, norm: usize, residual: usize, y: usize, h: usize,
  rows: usize, inner: usize, outer: usize, rank: usize, ranks: usize, loraScale: f32,
  second: usize, third: usize, epsilon: f64,
): void {
  const divided = byColumns(rows, outer);
  const top: usize = divided ? 0 : begin(rows, 4), bottom = divided ? rows : end(rows, 4);
  const first: usize = divided ? begin(outer, 8) : 0, last = divided ? end(outer, 8) : outer;
  const lda = inner << 2;
  const ldc = outer << 2;
  let spare = work;
  if (norm) {
    rmsNormRows(x + top * lda, norm, spare, bottom - top, inner, epsilon);
    // As if the rows before `top` lay before it.
    x = spare - top * lda;
    spare += (bottom - top) * lda;
  }
  // Divided by columns, each part needs all of h, and no other has made it before: one writes it down.
  const own = divided && part > 0 ? spare : h;
  if (rank) product(false, x, lda, COLUMNS, a, 0, own, ranks << 2, inner, ranks, 1, false, 0, 0, 0, 0, 0, 0, top, bottom, 0, ranks);
  else if (part == 0) store<f32>(h, 0);
  if (residual) {
    const bytes = (last - first) << 2;
    for (let n = top; n < bottom; n++) copyRow(y + n * ldc + (first << 2), residual + n * ldc + (first << 2), bytes);
  }
  // The adapters go within the very tiles of the weight, as further steps of the same product, unless too thick for one block.
  const fused = rank <= KC ? rank : 0;
  for (let g: usize = 0; g < 3; g++) {
    const from = max<usize>(first, groupStart(g, second, third));
    const to = min<usize>(last, groupEnd(g, second, third, outer));
    if (from >= to) continue;
    const mine = own + ((g * rank) << 2);
    product(
      false, x, lda, INT8_COLUMNS, w, scale, y, ldc, inner, outer, 1, residual != 0,
      fused, mine, ranks << 2, COLUMNS, b, loraScale, top, bottom, from, to,
    );
    if (fused < rank) {
      product(
        false, mine, ranks << 2, COLUMNS, b, 0, y, ldc, rank, outer, loraScale, true,
        0, 0, 0, 0, 0, 0, top, bottom, from, to,
      );
    }
  }
}

/** dn = dy (scale W) + u A with u_g = loraScale dy_g B_g. */
export function linearGrad(
  dy: usize, w: usize, scale: usize, a: usize, b: usize, dx: usize, u: usize,
  rows: usize, inner: usize, outer: usize, rank: usize, ranks: usize, loraScale: f32, second: usize, third: usize,
): void {
  const divided = byColumns(rows, inner) && (rows * ranks) << 2 <= workBytes;
  const top: usize = divided ? 0 : begin(rows, 4), bottom = divided ? rows : end(rows, 4);
  const first: usize = divided ? begin(inner, 8) : 0, last = divided ? end(inner, 8) : inner;
  const lda = outer << 2;
  const own = divided && part > 0 ? work : u;
  if (rank) {
    for (let g: usize = 0; g * rank < ranks; g++) {
      const from = groupStart(g, second, third);
      product(
        false, dy + (from << 2), lda, ROWS, b + ((from * rank) << 2), 0, own + ((g * rank) << 2), ranks << 2,
        groupEnd(g, second, third, outer) - from, rank, loraScale, false, 0, 0, 0, 0, 0, 0, top, bottom, 0, rank,
      );
    }
  } else if (part == 0) store<f32>(u, 0);
  const fused = ranks <= KC ? ranks : 0;
  product(
    false, dy, lda, INT8_ROWS, w, scale, dx, inner << 2, outer, inner, 1, false,
    fused, own, ranks << 2, ROWS, a, 1, top, bottom, first, last,
  );
  if (fused < ranks) {
    product(
      false, own, ranks << 2, ROWS, a, 0, dx, inner << 2, ranks, inner, 1, true,
      0, 0, 0, 0, 0, 0, top, bottom, first, last,
    );
  }
}

/** dA = u^T x and dB_g = loraScale dy_g^T h_g. */
export function adapterGrad(
  x: usize, dy: usize, h: usize, u: usize, da: usize, db: usize,
  rows: usize, inner: usize, outer: usize, rank: usize, ranks: usize, loraScale: f32, second: usize, third: usize,
): void {
  product(
    true, u, ranks << 2, ROWS, x, 0, da, inner << 2, rows, inner, 1, false,
    0, 0, 0, 0, 0, 0, 0, ranks, begin(inner, 8), end(inner, 8),
  );
  const top = begin(outer, 4), bottom = end(outer, 4);
  for (let g: usize = 0; g * rank < ranks; g++) {
    const from = max<usize>(top, groupStart(g, second, third));
    const to = min<usize>(bottom, groupEnd(g, second, third, outer));
    if (from >= to) continue;
    // As if B had the width of h, of whose columns only those of this adapter are made.
    const shift = (g * rank) << 2;
    product(
      true, dy, outer << 2, ROWS, h, 0, db - shift, rank << 2, rows, ranks, loraScale, false,
      0, 0, 0, 0, 0, 0, from, to, g * rank, (g + 1) * rank,
    );
  }
}
