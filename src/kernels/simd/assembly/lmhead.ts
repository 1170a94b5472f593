/**
 * The output layer and the softmax over it, a block of logits at a time: `high` rows by `wide` words of the
 * vocabulary. Sums over the vocabulary are carried from block to block; whenever a greater logit comes, what
 * has been summed so far is moved to it (Milakov and Gimelshein 2018, arXiv 1805.02867).
 *
 * Rows do not depend on each other and are divided among threads, except where the gradient of the table is
 * summed over them.
 */
import { product } from './gemm';
import { exp2One, LN2, log64 } from './math';
import { work, workBytes } from './memory';
import { COLUMNS, INT8_COLUMNS, INT8_ROWS, ROWS } from './pack';
import { begin, end } from './share';
import { addUp, FLOOR, greatest, rateOf, sum, weighted } from './softmax';

/** Rows of a block: enough to repay the packing of the table, few enough for the block to stay in the cache. */
const HIGH: usize = 256;
/** Words of a block where the whole vocabulary is not taken at once. */
const WIDE: usize = 512;

/** What is carried from block to block of a row: the greatest logit, sum 2^t, sum 2^t t, the target's logit. */
const CARRIED_BYTES: usize = 16;

/** z [high, width] = x W^T for the words v0.. of the table, whose rows have `inner` numbers. */
function logits(
  x: usize, table: usize, scale: usize, v0: usize, z: usize, high: usize, inner: usize, width: usize,
): void {
  const size: usize = scale ? 1 : 4;
  const form = scale ? INT8_COLUMNS : COLUMNS;
  const scales = scale ? scale + (v0 << 2) : 0;
  product(
    false, x, inner << 2, form, table + v0 * inner * size, scales, z, width << 2, inner, width, 1, false,
    0, 0, 0, 0, 0, 0, 0, high, 0, width,
  );
}

/** y [high, inner] (+)= e W for the words v0.. of the table. */
function pull(
  e: usize, table: usize, scale: usize, v0: usize, y: usize, high: usize, width: usize, inner: usize, add: bool,
): void {
  const size: usize = scale ? 1 : 4;
  const form = scale ? INT8_ROWS : ROWS;
  const scales = scale ? scale + (v0 << 2) : 0;
  product(
    false, e, width << 2, form, table + v0 * inner * size, scales, y, inner << 2, width, inner, 1, add,
    0, 0, 0, 0, 0, 0, 0, high, 0, inner,
  );
}

/** w = fade (w + shift u) and u = fade u: sums over 2^t t and 2^t when all t grow by `shift` = log2(fade). */
function move(u: usize, w: usize, inner: usize, fade: f32, shift: f32): void {
  for (let i: usize = 0; i < inner << 2; i += 4) {
    const value = load<f32>(u + i);
    store<f32>(u + i, fade * value);
    if (w) store<f32>(w + i, fade * (load<f32>(w + i) + shift * value));
  }
}

/** Adds one row of a block to what is carried. Leaves 2^t at z if `keep`, and 2^t t at `et` where that is not 0. */
function fold(
  z: usize, et: usize, v0: usize, width: usize, rate: f32, target: usize, carried: usize, keep: bool,
  u: usize, w: usize, inner: usize,
): void {
  if (target - v0 < width) store<f32>(carried, load<f32>(z + ((target - v0) << 2)), 12);
  const before = load<f32>(carried);
  const best = greatest(z, width);
  const top = v0 == 0 ? best : max<f32>(before, best);
  addUp(z, width, top, rate, keep ? z : 0, et);
  let total = sum, product = weighted;
  if (v0 > 0) {
    const shift = max<f32>((before - top) * rate, FLOOR);
    const fade = exp2One(shift);
    const earlier = load<f32>(carried, 4);
    total += fade * earlier;
    product += fade * (load<f32>(carried, 8) + shift * earlier);
    if (u && shift < 0) move(u, w, inner, fade, shift);
  }
  store<f32>(carried, top);
  store<f32>(carried, total, 4);
  store<f32>(carried, product, 8);
}

/** Writes (logp, H) of a row whose last block has been folded. */
function finishScores(carried: usize, out: usize, temperature: f64): void {
  const total = load<f32>(carried, 4);
  const logSum = <f32>log64(total);
  const distance = <f32>(<f64>(load<f32>(carried, 12) - load<f32>(carried)) / temperature);
  store<f32>(out, max<f32>(distance, FLOOR) - logSum);
  store<f32>(out, logSum - LN2 * (load<f32>(carried, 8) / total), 4);
}

/** Turns the sums in u and w into the gradients of the row's log-probability and entropy. */
function finishGradient(
  carried: usize, table: usize, scale: usize, target: usize, u: usize, w: usize, inner: usize, temperature: f64,
): void {
  const total = load<f32>(carried, 4);
  const inverse = <f32>(1 / temperature);
  const share = inverse / total;
  // log p_v + H = ln 2 (t_v - mean of t).
  const mean = load<f32>(carried, 8) / total;
  const row = table + target * inner * (scale ? 1 : 4);
  const factor = scale ? load<f32>(scale + (target << 2)) : 1;
  for (let i: usize = 0; i < inner; i++) {
    const at = i << 2;
    const pulled = load<f32>(u + at);
    const own = scale ? <f32>load<i8>(row + i) * factor : load<f32>(row + at);
    store<f32>(u + at, own * inverse - share * pulled);
    if (w) store<f32>(w + at, -share * LN2 * (load<f32>(w + at) - mean * pulled));
  }
}

/**
 * out [rows, 2] = (logp, H); u and w [rows, inner], their gradients by x, where not 0. `scale` is 0 for a float table.
 */
export function lmHead(
  x: usize, table: usize, scale: usize, targets: usize, out: usize, u: usize, w: usize,
  rows: i32, inner: i32, vocabulary: i32, temperature: f64,
): void {
  const rate = rateOf(temperature);
  const carried = work;
  const z = work + HIGH * CARRIED_BYTES;
  const et = z + HIGH * WIDE * 4;
  const row = <usize>inner << 2;
  const stop = end(<usize>rows, 4);
  for (let first = begin(<usize>rows, 4); first < stop; first += HIGH) {
    const high = min<usize>(HIGH, stop - first);
    const from = first * row;
    for (let v0: usize = 0; v0 < <usize>vocabulary; v0 += WIDE) {
      const width = min<usize>(WIDE, vocabulary - v0);
      const bytes = width << 2;
      logits(x + from, table, scale, v0, z, high, inner, width);
      for (let n: usize = 0; n < high; n++) {
        const at = (first + n) * row;
        fold(
          z + n * bytes, w ? et + n * bytes : 0, v0, width, rate, load<i32>(targets + ((first + n) << 2)),
          carried + n * CARRIED_BYTES, u != 0, u ? u + at : 0, w ? w + at : 0, inner,
        );
      }
      if (u) pull(z, table, scale, v0, u + from, high, width, inner, v0 > 0);
      if (w) pull(et, table, scale, v0, w + from, high, width, inner, v0 > 0);
    }
    for (let n: usize = 0; n < high; n++) {
      const at = (first + n) * row;
      const target = load<i32>(targets + ((first + n) << 2));
      finishScores(carried + n * CARRIED_BYTES, out + ((first + n) << 3), temperature);
      if (u) finishGradient(carried + n * CARRIED_BYTES, table, scale, target, u + at, w ? w + at : 0, inner, temperature);
    }
  }
}

/** z, holding 2^t, becomes dz_v = weight / T (p_v - [v = target]). */
function slopes(z: usize, width: usize, carried: usize, weight: f32, temperature: f64, target: usize): void {
  const factor = <f32>(<f64>weight / temperature);
  const share = factor / load<f32>(carried, 4);
  const share4 = f32x4.splat(share);
  let i: usize = 0;
  for (; i + 16 <= width << 2; i += 16) v128.store(z + i, f32x4.mul(v128.load(z + i), share4));
  for (; i < width << 2; i += 4) store<f32>(z + i, load<f32>(z + i) * share);
  if (target < width) store<f32>(z + (target << 2), load<f32>(z + (target << 2)) - factor);
}

/**
 * out [rows, 2] = (logp, H), and the gradients of -sum weights logp by x and by the float table.
 *
 * The whole vocabulary is one block where at least a few rows of it fit, and is read once; else the logits
 * are made again when their sums are known.
 */
export function lmHeadLoss(
  x: usize, table: usize, targets: usize, weights: usize, out: usize, dx: usize, dTable: usize,
  rows: i32, inner: i32, vocabulary: i32, temperature: f64,
): void {
  const rate = rateOf(temperature);
  const carried = work;
  const z = work + HIGH * CARRIED_BYTES;
  const room = (workBytes - HIGH * CARRIED_BYTES) >> 2;
  const whole = <usize>vocabulary <= room / 16;
  const wide = whole ? <usize>vocabulary : WIDE;
  const most = min<usize>(HIGH, room / wide);
  for (let first: usize = 0; first < <usize>rows; first += most) {
    const high = min<usize>(most, rows - first);
    const from = first * (<usize>inner << 2);
    for (let v0: usize = 0; v0 < <usize>vocabulary; v0 += wide) {
      const width = min<usize>(wide, vocabulary - v0);
      logits(x + from, table, 0, v0, z, high, inner, width);
      for (let n: usize = 0; n < high; n++) {
        const target = load<i32>(targets + ((first + n) << 2));
        fold(z + n * (width << 2), 0, v0, width, rate, target, carried + n * CARRIED_BYTES, whole, 0, 0, inner);
      }
    }
    for (let n: usize = 0; n < high; n++) {
      finishScores(carried + n * CARRIED_BYTES, out + ((first + n) << 3), temperature);
    }
    for (let v0: usize = 0; v0 < <usize>vocabulary; v0 += wide) {
      const width = min<usize>(wide, vocabulary - v0);
      if (!whole) logits(x + from, table, 0, v0, z, high, inner, width);
      for (let n: usize = 0; n < high; n++) {
        const row = z + n * (width << 2);
        const state = carried + n * CARRIED_BYTES;
        if (!whole) addUp(row, width, load<f32>(state), rate, row, 0);
        const target = load<i32>(targets + ((first + n) << 2));
        slopes(row, width, state, load<f32>(weights + ((first + n) << 2)), temperature, target - v0);
      }
      pull(z, table, 0, v0, dx + from, high, width, inner, v0 > 0);
      const to = dTable + v0 * (<usize>inner << 2);
      product(
        true, z, width << 2, ROWS, x + from, 0, to, <usize>inner << 2, high, inner, 1, first > 0,
        0, 0, 0, 0, 0, 0, 0, width, 0, inner,
      );
    }
  }
}

/** dx [rows, inner] = dout[0] u + dout[1] w, with w left out where it is 0. */
export function lmHeadGrad(dOut: usize, u: usize, w: usize, dx: usize, rows: i32, inner: i32): void {
  const bytes = <usize>inner << 2;
  const stop = end(<usize>rows, 1);
  for (let n = begin(<usize>rows, 1); n < stop; n++) {
    const byLogP = f32x4.splat(load<f32>(dOut + (n << 3)));
    const byEntropy = f32x4.splat(load<f32>(dOut + (n << 3), 4));
    const from = n * bytes;
    for (let i = from; i < from + bytes; i += 16) {
      let value = f32x4.mul(byLogP, v128.load(u + i));
      if (w) value = f32x4.add(value, f32x4.mul(byEntropy, v128.load(w + i)));
      v128.store(dx + i, value);
    }
  }
}
