/**
 * What lies between the stacked projection and attention: QK-norm and rotary positions, head by head. A row of `qkv`
 * is its query heads, its key heads and its value heads; the last are copied.
 */
import { anglesAt } from './angles';
import { SEEN_AT, FIRST_AT } from './layout';
import { inverseRms } from './rmsnorm';
import { copyRow } from './rows';
import { begin, end } from './share';

/** Turns the head at x, times `w` and r, by the angles: y = R (x r w). */
@inline
function turn(x: usize, w: usize, r: f32, y: usize, half: usize, cosines: usize): void {
  const sines = cosines + half;
  const r4 = f32x4.splat(r);
  let i: usize = 0;
  for (; i + 16 <= half; i += 16) {
    const c = v128.load(cosines + i);
    const s = v128.load(sines + i);
    const low = f32x4.mul(f32x4.mul(v128.load(x + i), r4), v128.load(w + i));
    const high = f32x4.mul(f32x4.mul(v128.load(x + half + i), r4), v128.load(w + half + i));
    v128.store(y + i, f32x4.sub(f32x4.mul(low, c), f32x4.mul(high, s)));
    v128.store(y + half + i, f32x4.add(f32x4.mul(high, c), f32x4.mul(low, s)));
  }
  for (; i < half; i += 4) {
    const c = load<f32>(cosines + i);
    const s = load<f32>(sines + i);
    const low = load<f32>(x + i) * r * load<f32>(w + i);
    const high = load<f32>(x + half + i) * r * load<f32>(w + half + i);
    store<f32>(y + i, low * c - high * s);
    store<f32>(y + half + i, high * c + low * s);
  }
}

/** Turns the head at dy back: dn = R^T dy. */
@inline
function turnBack(dy: usize, dn: usize, half: usize, cosines: usize): void {
  const sines = cosines + half;
  for (let i: usize = 0; i < half; i += 4) {
    const c = load<f32>(cosines + i);
    const s = load<f32>(sines + i);
    const low = load<f32>(dy + i);
    const high = load<f32>(dy + half + i);
    store<f32>(dn + i, low * c + high * s);
    store<f32>(dn + half + i, high * c - low * s);
  }
}

export function heads(
  qkv: usize, qNorm: usize, kNorm: usize, tokens: usize, fields: usize, cache: usize, y: usize,
  rows: usize, count: usize, kvCount: usize, d: usize, base: f64, epsilon: f64,
): void {
  const bytes = d << 2;
  const half = d << 1;
  const turned = count + kvCount;
  const all = turned + kvCount;
  const step = fields << 2;
  const outBytes = (cache ? count : all) * bytes;
  const first = begin(rows, 1), stop = end(rows, 1);
  let x = qkv + first * all * bytes;
  for (let n = first; n < stop; n++) {
    const token = tokens + n * step;
    const position = <usize>(load<i32>(token, SEEN_AT) - 1);
    const cosines = anglesAt(position, <i32>d, base);
    let to = y + n * outBytes;
    for (let head: usize = 0; head < all; head++) {
      if (cache && head == count) to = cache + (<usize>load<i32>(token, FIRST_AT) + position) * 2 * kvCount * bytes;
      if (head < turned) turn(x, head < count ? qNorm : kNorm, inverseRms(x, bytes, epsilon), to, half, cosines);
      else copyRow(to, x, bytes);
      x += bytes;
      to += bytes;
    }
  }
}

/** dx = r g - x r^3 mean(g x), g = (R^T dy) w. */
export function headsGrad(
  dy: usize, qkv: usize, qNorm: usize, kNorm: usize, tokens: usize, fields: usize, dx: usize,
  rows: usize, count: usize, kvCount: usize, d: usize, base: f64, epsilon: f64,
): void {
  const bytes = d << 2;
  const half = d << 1;
  const turned = count + kvCount;
  const all = turned + kvCount;
  const first = begin(rows, 1), stop = end(rows, 1);
  let shift = first * all * bytes;
  for (let n = first; n < stop; n++) {
    const cosines = anglesAt(<usize>(load<i32>(tokens + n * (fields << 2), SEEN_AT) - 1), <i32>d, base);
    for (let head: usize = 0; head < all; head++) {
      const from = dy + shift;
      const to = dx + shift;
      const x = qkv + shift;
      shift += bytes;
      if (head >= turned) {
        copyRow(to, from, bytes);
        continue;
      }
      const w = head < count ? qNorm : kNorm;
      const r = inverseRms(x, bytes, epsilon);
      turnBack(from, to, half, cosines);
      let along: f32 = 0;
      for (let i: usize = 0; i < bytes; i += 4) {
        const g = load<f32>(to + i) * load<f32>(w + i);
        store<f32>(to + i, g);
        along += g * load<f32>(x + i);
      }
      const pull = (along / <f32>d) * r * r * r;
      for (let i: usize = 0; i < bytes; i += 4) store<f32>(to + i, r * load<f32>(to + i) - load<f32>(x + i) * pull);
    }
  }
}

/** dw = sum over tokens and heads of (R^T dy) x r, for queries and for keys. */
export function headsWeightGrad(
  dy: usize, qkv: usize, tokens: usize, fields: usize, dQuery: usize, dKey: usize,
  rows: usize, count: usize, kvCount: usize, d: usize, base: f64, epsilon: f64,
): void {
  const bytes = d << 2;
  const half = d << 1;
  const turned = count + kvCount;
  memory.fill(dQuery, 0, bytes);
  memory.fill(dKey, 0, bytes);
  for (let n: usize = 0; n < rows; n++) {
    const cosines = anglesAt(<usize>(load<i32>(tokens + n * (fields << 2), SEEN_AT) - 1), <i32>d, base);
    const sines = cosines + half;
    for (let head: usize = 0; head < turned; head++) {
      const shift = (n * (turned + kvCount) + head) * bytes;
      const x = qkv + shift;
      const from = dy + shift;
      const to = head < count ? dQuery : dKey;
      const r = inverseRms(x, bytes, epsilon);
      for (let i: usize = 0; i < half; i += 4) {
        const c = load<f32>(cosines + i);
        const s = load<f32>(sines + i);
        const low = load<f32>(from + i);
        const high = load<f32>(from + half + i);
        store<f32>(to + i, load<f32>(to + i) + (low * c + high * s) * load<f32>(x + i) * r);
        store<f32>(to + half + i, load<f32>(to + half + i) + (high * c - low * s) * load<f32>(x + half + i) * r);
      }
    }
  }
}
