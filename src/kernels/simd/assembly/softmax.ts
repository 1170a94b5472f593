/**
 * What the kernels over rows of logits have in common. All is done to base 2, which saves a multiplication:
 * with t_v = (z_v - max z) log2(e) / T, whose difference is exact where it matters,
 *   p_v = 2^t_v / S,  S = sum 2^t_v,  log p_v = ln(2) t_v - log S,  H = log S - ln(2) sum 2^t_v t_v / S.
 */
import { exp2, exp2One, LN2, LOG2E, log64, madd, max4, sum4 } from './math';

/** The greatest logit of the row. */
export let top: f32 = 0;
export let logSum: f32 = 0;
export let entropy: f32 = 0;
let scale: f32 = 0;

/** Far below any exponent that is not 0, yet finite, so that 0 times it is 0. */
const FLOOR: f32 = -1e30;

/** log2(e) / T, by which the functions below want their logits multiplied. */
@inline
export function rateOf(temperature: f64): f32 {
  return <f32>(1.4426950408889634 / temperature);
}

@inline
export function shifted4(z: v128, top4: v128, rate: v128): v128 {
  return f32x4.pmax(f32x4.mul(f32x4.sub(z, top4), rate), f32x4.splat(FLOOR));
}

@inline
function shiftedOne(z: f32, rate: f32): f32 {
  return max<f32>((z - top) * rate, FLOOR);
}

/** log p_v of the logit z_v, after `readRow`. */
@inline
export function logProb(z: f32, temperature: f64): f32 {
  return max<f32>(<f32>(<f64>(z - top) / temperature), FLOOR) - logSum;
}

function findTop(z: usize, width: usize): void {
  const bytes = width << 2;
  let i: usize = 0;
  let best: f32 = -Infinity;
  if (width >= 8) {
    let even = v128.load(z), odd = v128.load(z, 16);
    for (i = 32; i + 32 <= bytes; i += 32) {
      even = f32x4.pmax(even, v128.load(z + i));
      odd = f32x4.pmax(odd, v128.load(z + i, 16));
    }
    best = max4(f32x4.max(even, odd));
  }
  for (; i < bytes; i += 4) best = max<f32>(best, load<f32>(z + i));
  top = best;
}

/** Finds top, log S and H of a row, leaving 2^t_v at `e` where that is not 0. */
export function readRow(z: usize, width: usize, rate: f32, e: usize): void {
  findTop(z, width);
  const bytes = width << 2;
  const top4 = f32x4.splat(top);
  const rate4 = f32x4.splat(rate);
  let sums = f32x4.splat(0);
  let products = f32x4.splat(0);
  let i: usize = 0;
  for (; i + 16 <= bytes; i += 16) {
    const t = shifted4(v128.load(z + i), top4, rate4);
    const value = exp2(t);
    if (e) v128.store(e + i, value);
    sums = f32x4.add(sums, value);
    products = madd(products, value, t);
  }
  let sum = sum4(sums);
  let product = sum4(products);
  for (; i < bytes; i += 4) {
    const t = shiftedOne(load<f32>(z + i), rate);
    const value = exp2One(t);
    if (e) store<f32>(e + i, value);
    sum += value;
    product += value * t;
  }
  scale = 1 / sum;
  logSum = <f32>log64(sum);
  entropy = logSum - LN2 * (product * scale);
}

/**
 * d[v], holding 2^t_v since `readRow`, becomes  [v = target] byLogP - p_v (byLogP + byEntropy (log p_v + H)):
 * the gradient of what depends on the row through one log-probability and the entropy.
 */
export function rowGradient(
  d: usize, z: usize, width: usize, rate: f32, target: usize, byLogP: f32, byEntropy: f32,
): void {
  const bytes = width << 2;
  // p_v (a + b t_v), with the base of t_v and the constant part of log p_v + H put into a and b.
  const a = -byLogP - byEntropy * (entropy - logSum);
  const b = -byEntropy * LN2;
  const top4 = f32x4.splat(top), rate4 = f32x4.splat(rate), scale4 = f32x4.splat(scale);
  const a4 = f32x4.splat(a), b4 = f32x4.splat(b);
  let i: usize = 0;
  if (byEntropy == 0) {
    const factor = f32x4.mul(scale4, a4);
    for (; i + 16 <= bytes; i += 16) v128.store(d + i, f32x4.mul(v128.load(d + i), factor));
  } else {
    for (; i + 16 <= bytes; i += 16) {
      const p = f32x4.mul(v128.load(d + i), scale4);
      v128.store(d + i, f32x4.mul(p, madd(a4, b4, shifted4(v128.load(z + i), top4, rate4))));
    }
  }
  for (; i < bytes; i += 4) {
    store<f32>(d + i, load<f32>(d + i) * scale * (a + b * shiftedOne(load<f32>(z + i), rate)));
  }
  const at = d + (target << 2);
  store<f32>(at, load<f32>(at) + byLogP);
}
