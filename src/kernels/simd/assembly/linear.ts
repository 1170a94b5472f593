/** Matrix products: plain ones, and those of a frozen int8 weight with its low-rank adapter. */
import { product } from './gemm';
import { KC } from './memory';
import { COLUMNS, INT8_COLUMNS, INT8_ROWS, ROWS } from './pack';

function plain(
  transposeA: bool, a: usize, form: i32, b: usize, c: usize,
  rows: usize, inner: usize, columns: usize, alpha: f32, accumulate: bool,
): void {
  product(transposeA, a, form, b, 0, c, rows, inner, columns, alpha, accumulate, 0, 0, 0, 0, 0);
}

/** C [rows, columns] = alpha op(A) op(B). */
export function matMul(
  a: usize, b: usize, c: usize, rows: i32, inner: i32, columns: i32, transposeA: bool, transposeB: bool, alpha: f32,
): void {
  plain(transposeA, a, transposeB ? COLUMNS : ROWS, b, c, rows, inner, columns, alpha, false);
}

/** y = x (scale W)^T + loraScale h B^T with h = x A^T. */
export function linear(
  x: usize, w: usize, scale: usize, a: usize, b: usize, y: usize, h: usize,
  rows: i32, inner: i32, outer: i32, rank: i32, loraScale: f32,
): void {
  if (rank) plain(false, x, COLUMNS, a, h, rows, inner, rank, 1, false);
  else store<f32>(h, 0);
  // The adapter is added within the tiles, as further steps of the same product, unless it is too thick for one block.
  const fused = <usize>rank <= KC ? rank : 0;
  product(false, x, INT8_COLUMNS, w, scale, y, rows, inner, outer, 1, false, fused, h, COLUMNS, b, loraScale);
  if (fused < rank) plain(false, h, COLUMNS, b, y, rows, rank, outer, loraScale, true);
}

/** dx = dy (scale W) + u A with u = loraScale dy B. */
export function linearGrad(
  dy: usize, w: usize, scale: usize, a: usize, b: usize, dx: usize, u: usize,
  rows: i32, inner: i32, outer: i32, rank: i32, loraScale: f32,
): void {
  if (rank) plain(false, dy, ROWS, b, u, rows, outer, rank, loraScale, false);
  else store<f32>(u, 0);
  const fused = <usize>rank <= KC ? rank : 0;
  product(false, dy, INT8_ROWS, w, scale, dx, rows, outer, inner, 1, false, fused, u, ROWS, a, 1);
  if (fused < rank) plain(false, u, ROWS, a, dx, rows, rank, inner, 1, true);
}
