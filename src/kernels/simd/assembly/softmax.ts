/**
 * What the kernels over rows of logits have in common. With t_v = (z_v - max z) / T, which is exact where it
 * matters:  log p_v = t_v - log S,  S = sum exp(t_v),  H = log S - sum exp(t_v) t_v / S.
 */
import { exp1, exp4, log64, madd, max4, sum4 } from './math';

/** The greatest logit of the row. */
export let top: f32 = 0;
export let logSum: f32 = 0;
export let entropy: f32 = 0;

/** Far below anything exp can tell from 0, yet finite, so that 0 times it is 0. */
const FLOOR: f32 = -1e30;

@inline
export function shifted4(z: v128, top4: v128, rate: v128): v128 {
  return f32x4.pmax(f32x4.mul(f32x4.sub(z, top4), rate), f32x4.splat(FLOOR));
}

@inline
export function shifted1(z: f32, rate: f32): f32 {
  return max<f32>((z - top) * rate, FLOOR);
}

export function findTop(z: usize, width: usize): void {
  const bytes = width << 2;
  let i: usize = 0;
  let best: f32 = -Infinity;
  if (width >= 4) {
    let tops = v128.load(z);
    for (i = 16; i + 16 <= bytes; i += 16) tops = f32x4.pmax(tops, v128.load(z + i));
    best = max4(tops);
  }
  for (; i < bytes; i += 4) best = max<f32>(best, load<f32>(z + i));
  top = best;
}

/** Finds top, log S and H of a row, leaving exp(t_v) at `e` where that is not 0; `rate` is 1 / T. */
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
    const value = exp4(t);
    if (e) v128.store(e + i, value);
    sums = f32x4.add(sums, value);
    products = madd(products, value, t);
  }
  let sum = sum4(sums);
  let product = sum4(products);
  for (; i < bytes; i += 4) {
    const t = shifted1(load<f32>(z + i), rate);
    const value = exp1(t);
    if (e) store<f32>(e + i, value);
    sum += value;
    product += value * t;
  }
  logSum = <f32>log64(sum);
  entropy = logSum - product / sum;
}

/**
 * d[v] (holding exp(t_v)) becomes  hit [v = target] - p_v (all + byEntropy (log p_v + H)):
 * the gradient of anything that depends on the row through one log-probability and the entropy.
 */
export function rowGradient(
  d: usize, z: usize, width: usize, rate: f32, target: usize, hit: f32, all: f32, byEntropy: f32,
): void {
  const bytes = width << 2;
  const scale = exp1(-logSum);
  const shift = entropy - logSum;
  const top4 = f32x4.splat(top), rate4 = f32x4.splat(rate), scale4 = f32x4.splat(scale);
  const shift4 = f32x4.splat(shift), all4 = f32x4.splat(-all), entropy4 = f32x4.splat(-byEntropy);
  let i: usize = 0;
  if (byEntropy == 0) {
    const factor = f32x4.mul(scale4, all4);
    for (; i + 16 <= bytes; i += 16) v128.store(d + i, f32x4.mul(v128.load(d + i), factor));
  } else {
    for (; i + 16 <= bytes; i += 16) {
      const p = f32x4.mul(v128.load(d + i), scale4);
      const t = shifted4(v128.load(z + i), top4, rate4);
      v128.store(d + i, f32x4.mul(p, madd(all4, entropy4, f32x4.add(t, shift4))));
    }
  }
  for (; i < bytes; i += 4) {
    const p = load<f32>(d + i) * scale;
    store<f32>(d + i, -p * (all + byEntropy * (shifted1(load<f32>(z + i), rate) + shift)));
  }
  const at = d + (target << 2);
  store<f32>(at, load<f32>(at) + hit);
}
