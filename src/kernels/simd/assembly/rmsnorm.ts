/** RMSNorm and its gradients, a row at a time. */
import { madd, sum4 } from './math';
import { begin, end } from './share';

/** 1 / sqrt(mean(x^2) + eps) of a row of `bytes` / 4 numbers. */
@inline
export function inverseRms(x: usize, bytes: usize, epsilon: f64): f32 {
  let squares = f32x4.splat(0);
  let i: usize = 0;
  for (; i + 16 <= bytes; i += 16) {
    const value = v128.load(x + i);
    squares = madd(squares, value, value);
  }
  let sum = sum4(squares);
  for (; i < bytes; i += 4) sum += load<f32>(x + i) * load<f32>(x + i);
  return <f32>(1 / sqrt(<f64>sum / <f64>(bytes >> 2) + epsilon));
}

/** y = x r w. */
export function rmsNorm(x: usize, w: usize, y: usize, rows: i32, width: i32, epsilon: f64): void {
  const first = begin(<usize>rows, 1);
  const shift = (first * <usize>width) << 2;
  rmsNormRows(x + shift, w, y + shift, end(<usize>rows, 1) - first, <usize>width, epsilon);
}

/** The same of these rows, whatever the part. */
export function rmsNormRows(x: usize, w: usize, y: usize, rows: usize, width: usize, epsilon: f64): void {
  const bytes = width << 2;
  for (const stop = x + rows * bytes; x < stop; x += bytes) {
    const r = inverseRms(x, bytes, epsilon);
    const r4 = f32x4.splat(r);
    let i: usize = 0;
    for (; i + 16 <= bytes; i += 16) {
      v128.store(y + i, f32x4.mul(f32x4.mul(v128.load(x + i), r4), v128.load(w + i)));
    }
    for (; i < bytes; i += 4) store<f32>(y + i, load<f32>(x + i) * r * load<f32>(w + i));
    y += bytes;
  }
}

/** dx = r g - x r^3 mean(g x) with g = dy w. */
export function rmsNormGrad(dy: usize, x: usize, w: usize, dx: usize, rows: i32, width: i32, epsilon: f64): void {
  const bytes = <usize>width << 2;
  const first = begin(<usize>rows, 1), stop = end(<usize>rows, 1);
  dy += first * bytes;
  x += first * bytes;
  dx += first * bytes;
  for (let n = first; n < stop; n++) {
    const r = inverseRms(x, bytes, epsilon);
    let dots = f32x4.splat(0);
    let i: usize = 0;
    for (; i + 16 <= bytes; i += 16) {
      dots = madd(dots, f32x4.mul(v128.load(dy + i), v128.load(w + i)), v128.load(x + i));
    }
    let dot = sum4(dots);
    for (; i < bytes; i += 4) dot += load<f32>(dy + i) * load<f32>(w + i) * load<f32>(x + i);
    const pull = (dot / <f32>width) * r * r * r;
    const r4 = f32x4.splat(r);
    const pull4 = f32x4.splat(pull);
    for (i = 0; i + 16 <= bytes; i += 16) {
      const g = f32x4.mul(v128.load(dy + i), v128.load(w + i));
      v128.store(dx + i, f32x4.sub(f32x4.mul(g, r4), f32x4.mul(v128.load(x + i), pull4)));
    }
    for (; i < bytes; i += 4) {
      store<f32>(dx + i, load<f32>(dy + i) * load<f32>(w + i) * r - load<f32>(x + i) * pull);
    }
    dy += bytes;
    x += bytes;
    dx += bytes;
  }
}

/** dw = sum over rows of dy x r. */
export function rmsNormWeightGrad(dy: usize, x: usize, dw: usize, rows: i32, width: i32, epsilon: f64): void {
  const bytes = <usize>width << 2;
  memory.fill(dw, 0, bytes);
  for (let n = 0; n < rows; n++) {
    const r = inverseRms(x, bytes, epsilon);
    const r4 = f32x4.splat(r);
    let i: usize = 0;
    for (; i + 16 <= bytes; i += 16) {
      v128.store(dw + i, madd(v128.load(dw + i), f32x4.mul(v128.load(dy + i), v128.load(x + i)), r4));
    }
    for (; i < bytes; i += 4) store<f32>(dw + i, load<f32>(dw + i) + load<f32>(dy + i) * load<f32>(x + i) * r);
    dy += bytes;
    x += bytes;
  }
}
