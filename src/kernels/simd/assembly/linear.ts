/**
 * Matrix products: plain ones, and those of a frozen int8 weight with its low-rank adapter. Many rows are divided
 * by rows, which leaves nothing to be done twice but the packing of the right factor; few rows by columns, since packing them would cost as much as the product.
 */
import { product } from './gemm';
import { KC, work, workBytes } from './memory';
import { COLUMNS, INT8_COLUMNS, INT8_ROWS, ROWS } from './pack';
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
    transposeA, a, transposeB ? COLUMNS : ROWS, b, 0, c, rows, inner, columns, alpha, false, 0, 0, 0, 0, 0,
    divided ? 0 : begin(rows, 4), divided ? rows : end(rows, 4),
    divided ? begin(columns, 8) : 0, divided ? end(columns, 8) : columns,
  );
}

/**
 * C = A W + s H R with H = t A L: a frozen int8 matrix W and, unless `rank` is 0, its adapter, within the very tiles
 * of W, as further steps of the same product, unless it is too thick for one block. A is [rows, inner], H [rows, rank].
 */
function adapted(
  a: usize, form: i32, w: usize, scale: usize, formL: i32, l: usize, formR: i32, r: usize, c: usize, h: usize,
  rows: usize, inner: usize, columns: usize, rank: usize, t: f32, s: f32,
): void {
  const divided = byColumns(rows, columns) && (rows * rank) << 2 <= workBytes;
  const top = divided ? 0 : begin(rows, 4), bottom = divided ? rows : end(rows, 4);
  const first = divided ? begin(columns, 8) : 0, last = divided ? end(columns, 8) : columns;
  // Divided by columns, each part needs all of H, and no other has made it before: one writes it down.
  const own = divided && part > 0 ? work : h;
  if (rank) product(false, a, formL, l, 0, own, rows, inner, rank, t, false, 0, 0, 0, 0, 0, top, bottom, 0, rank);
  else if (part == 0) store<f32>(h, 0);
  const fused = rank <= KC ? rank : 0;
  product(false, a, form, w, scale, c, rows, inner, columns, 1, false, fused, own, formR, r, s, top, bottom, first, last);
  if (fused < rank) {
    product(false, own, formR, r, 0, c, rows, rank, columns, s, true, 0, 0, 0, 0, 0, top, bottom, first, last);
  }
}

/** y = x (scale W)^T + loraScale h B^T with h = x A^T. */
export function linear(
  x: usize, w: usize, scale: usize, a: usize, b: usize, y: usize, h: usize,
  rows: usize, inner: usize, outer: usize, rank: usize, loraScale: f32,
): void {
  adapted(x, INT8_COLUMNS, w, scale, COLUMNS, a, COLUMNS, b, y, h, rows, inner, outer, rank, 1, loraScale);
}

/** dx = dy (scale W) + u A with u = loraScale dy B. */
export function linearGrad(
  dy: usize, w: usize, scale: usize, a: usize, b: usize, dx: usize, u: usize,
  rows: usize, inner: usize, outer: usize, rank: usize, loraScale: f32,
): void {
  adapted(dy, INT8_ROWS, w, scale, ROWS, b, ROWS, a, dx, u, rows, outer, inner, rank, loraScale, 1);
}
