/** Rows looked up, given back and stored: the embedding table, gathering, scattering. */

import { begin, end } from './share';

@inline
export function copyRow(to: usize, from: usize, bytes: usize): void {
  let i: usize = 0;
  for (; i + 16 <= bytes; i += 16) v128.store(to + i, v128.load(from + i));
  for (; i < bytes; i += 4) store<f32>(to + i, load<f32>(from + i));
}

/** y[n] = scale[id] * table[id]; the width is a multiple of 4. */
export function embedInt8(
  table: usize, scale: usize, ids: usize, y: usize, rows: i32, width: i32, idColumns: i32,
): void {
  const first = begin(<usize>rows, 1), stop = end(<usize>rows, 1);
  ids += first * (<usize>idColumns << 2);
  y += first * (<usize>width << 2);
  for (let n = first; n < stop; n++) {
    const id = <usize>load<i32>(ids);
    const factor = v128.load32_splat(scale + (id << 2));
    let from = table + id * <usize>width;
    const last = from + <usize>width;
    for (; from < last; from += 4) {
      const x = i32x4.extend_low_i16x8_s(i16x8.extend_low_i8x16_s(v128.load32_zero(from)));
      v128.store(y, f32x4.mul(f32x4.convert_i32x4_s(x), factor));
      y += 16;
    }
    ids += <usize>idColumns << 2;
  }
}

/** y[n] = x[id]. */
export function gatherRows(x: usize, ids: usize, y: usize, rows: i32, width: i32, idColumns: i32): void {
  const bytes = <usize>width << 2;
  const first = begin(<usize>rows, 1), stop = end(<usize>rows, 1);
  ids += first * (<usize>idColumns << 2);
  y += first * bytes;
  for (let n = first; n < stop; n++) {
    copyRow(y, x + <usize>load<i32>(ids) * bytes, bytes);
    y += bytes;
    ids += <usize>idColumns << 2;
  }
}

/** dx [outRows, width] = 0, then dx[id] += dy[n] in the order of n. Divided by the rows of dx. */
export function scatterRows(
  dy: usize, ids: usize, dx: usize, rows: i32, width: i32, idColumns: i32, outRows: i32,
): void {
  const bytes = <usize>width << 2;
  const first = begin(<usize>outRows, 1), stop = end(<usize>outRows, 1);
  memory.fill(dx + first * bytes, 0, (stop - first) * bytes);
  for (let n = 0; n < rows; n++) {
    const id = <usize>load<i32>(ids);
    if (id >= first && id < stop) {
      const to = dx + id * bytes;
      let i: usize = 0;
      for (; i + 16 <= bytes; i += 16) v128.store(to + i, f32x4.add(v128.load(to + i), v128.load(dy + i)));
      for (; i < bytes; i += 4) store<f32>(to + i, load<f32>(to + i) + load<f32>(dy + i));
    }
    dy += bytes;
    ids += <usize>idColumns << 2;
  }
}
