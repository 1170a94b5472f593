/** The stock operations of TensorFlow.js that training uses most, over flat vectors. */
import { begin, end } from './share';

/** y = a + b. */
export function add(a: usize, b: usize, y: usize, count: i32): void {
  const stop = end(<usize>count, 4) << 2;
  let i = begin(<usize>count, 4) << 2;
  for (; i + 16 <= stop; i += 16) v128.store(y + i, f32x4.add(v128.load(a + i), v128.load(b + i)));
  for (; i < stop; i += 4) store<f32>(y + i, load<f32>(a + i) + load<f32>(b + i));
}

/** y = a b. */
export function multiply(a: usize, b: usize, y: usize, count: i32): void {
  const stop = end(<usize>count, 4) << 2;
  let i = begin(<usize>count, 4) << 2;
  for (; i + 16 <= stop; i += 16) v128.store(y + i, f32x4.mul(v128.load(a + i), v128.load(b + i)));
  for (; i < stop; i += 4) store<f32>(y + i, load<f32>(a + i) * load<f32>(b + i));
}

/** y = factor a, where the factor lies in memory. */
export function scale(a: usize, factor: usize, y: usize, count: i32): void {
  const stop = end(<usize>count, 4) << 2;
  const by = v128.load32_splat(factor);
  let i = begin(<usize>count, 4) << 2;
  for (; i + 16 <= stop; i += 16) v128.store(y + i, f32x4.mul(v128.load(a + i), by));
  for (; i < stop; i += 4) store<f32>(y + i, load<f32>(a + i) * f32x4.extract_lane(by, 0));
}

/** y = the sum of all, added up in double precision. */
export function sum(x: usize, y: usize, count: i32): void {
  const bytes = <usize>count << 2;
  let low = f64x2.splat(0), high = low;
  let i: usize = 0;
  for (; i + 16 <= bytes; i += 16) {
    const four = v128.load(x + i);
    low = f64x2.add(low, f64x2.promote_low_f32x4(four));
    high = f64x2.add(high, f64x2.promote_low_f32x4(v128.shuffle<f32>(four, four, 2, 3, 0, 1)));
  }
  low = f64x2.add(low, high);
  let total = f64x2.extract_lane(low, 0) + f64x2.extract_lane(low, 1);
  for (; i < bytes; i += 4) total += <f64>load<f32>(x + i);
  store<f32>(y, <f32>total);
}

/** y = value, for floats. */
export function fill(y: usize, count: i32, value: f32): void {
  const bytes = <usize>count << 2;
  const four = f32x4.splat(value);
  let i: usize = 0;
  for (; i + 16 <= bytes; i += 16) v128.store(y + i, four);
  for (; i < bytes; i += 4) store<f32>(y + i, value);
}

/** y [width] = the sums of the columns of x [rows, width], row after row. */
export function sumRows(x: usize, y: usize, rows: i32, width: i32): void {
  const bytes = <usize>width << 2;
  for (let at: usize = 0; at < bytes; at += 4) {
    let total: f64 = 0;
    let from = x + at;
    for (let n = 0; n < rows; n++) {
      total += <f64>load<f32>(from);
      from += bytes;
    }
    store<f32>(y + at, <f32>total);
  }
}

/** Copies `rows` rows of `bytes` bytes, which lie `fromStep` bytes apart, to where they lie `toStep` bytes apart. */
export function copyRows(from: usize, fromStep: usize, to: usize, toStep: usize, rows: i32, bytes: usize): void {
  if (bytes == 4) {
    for (let n = 0; n < rows; n++) {
      store<f32>(to, load<f32>(from));
      from += fromStep;
      to += toStep;
    }
    return;
  }
  for (let n = 0; n < rows; n++) {
    memory.copy(to, from, bytes);
    from += fromStep;
    to += toStep;
  }
}
