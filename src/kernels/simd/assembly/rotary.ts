/**
 * Rotary positions. A position's cosines and sines depend on nothing but the head width and the base, so they
 * are computed once and kept in the scratch area, position after position: d/2 cosines, then d/2 sines.
 */
import { ANGLES_BYTES, angles, work } from './memory';
import { exp64, log64, sin64 } from './math';
import { begin, end } from './share';

let tableWidth: i32 = 0;
let tableBase: f64 = 0;
/** How many positions from 0 on are in the table. */
let known: usize = 0;

/** Forgets the table: its memory is new. */
export function resetRotary(): void {
  known = 0;
}

function fill(to: usize, position: usize, d: i32, base: f64): void {
  const half = <usize>d << 1;
  const rate = (-2 * log64(base)) / <f64>d;
  for (let i: usize = 0; i < half; i += 4) {
    const angle = <f64>position * exp64(<f64>(i >> 2) * rate);
    store<f32>(to + i, <f32>sin64(angle, 1));
    store<f32>(to + half + i, <f32>sin64(angle, 0));
  }
}

/** Address of the cosines of a position; the sines follow. */
function anglesAt(position: usize, d: i32, base: f64): usize {
  const bytes = <usize>d << 2;
  if (tableWidth != d || tableBase != base) {
    tableWidth = d;
    tableBase = base;
    known = 0;
  }
  if ((position + 1) * bytes > ANGLES_BYTES) {
    fill(work, position, d, base);
    return work;
  }
  for (; known <= position; known++) fill(angles + known * bytes, known, d, base);
  return angles + position * bytes;
}

export function rotary(
  x: usize, spans: usize, y: usize, rows: i32, heads: i32, d: i32, base: f64, offset: i32, inverse: bool,
): void {
  const half = <usize>d << 1;
  const sign: f32 = inverse ? -1 : 1;
  const sign4 = f32x4.splat(sign);
  const first = begin(<usize>rows, 1), stop = end(<usize>rows, 1);
  const width = <usize>heads * (<usize>d << 2);
  spans += first * 12;
  x += first * width;
  y += first * width;
  for (let n = first; n < stop; n++) {
    const cosines = anglesAt(<usize>(load<i32>(spans, 4) - 1 + offset), d, base);
    const sines = cosines + half;
    for (let h = 0; h < heads; h++) {
      let i: usize = 0;
      for (; i + 16 <= half; i += 16) {
        const c = v128.load(cosines + i);
        const s = f32x4.mul(v128.load(sines + i), sign4);
        const low = v128.load(x + i);
        const high = v128.load(x + half + i);
        v128.store(y + i, f32x4.sub(f32x4.mul(low, c), f32x4.mul(high, s)));
        v128.store(y + half + i, f32x4.add(f32x4.mul(high, c), f32x4.mul(low, s)));
      }
      for (; i < half; i += 4) {
        const c = load<f32>(cosines + i);
        const s = load<f32>(sines + i) * sign;
        const low = load<f32>(x + i);
        const high = load<f32>(x + half + i);
        store<f32>(y + i, low * c - high * s);
        store<f32>(y + half + i, high * c + low * s);
      }
      x += half << 1;
      y += half << 1;
    }
    spans += 12;
  }
}
