/**
 * Rotary positions. A position's cosines and sines depend on nothing but the head width and the base, so they
 * are computed once and kept in the scratch area, position after position: d/2 cosines, then d/2 sines.
 */
import { ANGLES_BYTES, angles, work } from './memory';
import { exp64, log64, sin64 } from './math';

let tableWidth: i32 = 0;
let tableBase: f64 = 0;
/** How many positions from 0 on are in the table. */
let known: usize = 0;

/** Forgets the table: its memory is new. */
export function forgetAngles(): void {
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
export function anglesAt(position: usize, d: i32, base: f64): usize {
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
