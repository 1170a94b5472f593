/**
 * What the kernels over rows of logits have in common. All is done to base 2, which saves a multiplication:
 * with t_v = (z_v - max z) log2(e) / T, whose difference is exact where it matters,
 *   p_v = 2^t_v / S,  S = sum 2^t_v,  log p_v = ln(2) t_v - log S,  H = log S - ln(2) sum 2^t_v t_v / S.
 */
import { exp2, exp2One, log64, max4, sum4 } from './math';

/** The greatest logit of the row. */
export let top: f32 = 0;
export let logSum: f32 = 0;
/** Of the logits last added up: sum 2^t_v and sum 2^t_v t_v. */
export let sum: f32 = 0;
export let weighted: f32 = 0;

/** Far below any exponent that is not 0, yet finite, so that 0 times it is 0. */
export const FLOOR: f32 = -1e30;

/** log2(e) / T, by which the functions below want their logits multiplied. */
@inline
export function rateOf(temperature: f64): f32 {
  return <f32>(1.4426950408889634 / temperature);
}

@inline
export function shifted4(z: v128, top4: v128, rate: v128): v128 {
  return f32x4.pmax(f32x4.mul(f32x4.sub(z, top4), rate), f32x4.splat(FLOOR));
}

/** log p_v of the logit z_v, after `readRow`. */
@inline
export function logProb(z: f32, temperature: f64): f32 {
  return max<f32>(<f32>(<f64>(z - top) / temperature), FLOOR) - logSum;
}

export function greatest(z: usize, width: usize): f32 {
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
  return best;
}

/** Sets `sum` and `weighted`, leaving 2^t_v at `e` and 2^t_v t_v at `et` where those are not 0. `e` may be z. */
export function addUp(z: usize, width: usize, above: f32, rate: f32, e: usize, et: usize): void {
  const bytes = width << 2;
  const top4 = f32x4.splat(above);
  const rate4 = f32x4.splat(rate);
  let sums = f32x4.splat(0);
  let products = f32x4.splat(0);
  let i: usize = 0;
  for (; i + 16 <= bytes; i += 16) {
    const t = shifted4(v128.load(z + i), top4, rate4);
    const value = exp2(t);
    const product = f32x4.mul(value, t);
    if (e) v128.store(e + i, value);
    if (et) v128.store(et + i, product);
    sums = f32x4.add(sums, value);
    products = f32x4.add(products, product);
  }
  sum = sum4(sums);
  weighted = sum4(products);
  for (; i < bytes; i += 4) {
    const t = max<f32>((load<f32>(z + i) - above) * rate, FLOOR);
    const value = exp2One(t);
    if (e) store<f32>(e + i, value);
    if (et) store<f32>(et + i, value * t);
    sum += value;
    weighted += value * t;
  }
}

/** Finds top and log S of a row. */
export function readRow(z: usize, width: usize, rate: f32): void {
  top = greatest(z, width);
  addUp(z, width, top, rate, 0, 0);
  logSum = <f32>log64(sum);
}
