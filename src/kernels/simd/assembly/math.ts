/**
 * Exponential, logarithm and angles. The standard library's keep lookup tables in a data segment, which this
 * module must not have, and know no SIMD. Those on v128 follow Cephes' single-precision functions (about
 * 1e-7 relative); those on f64 are for the few numbers a row needs once.
 */

export const LOG2E: f32 = 1.44269504088896341;
export const LN2: f32 = 0.693147180559945309;

/** sum + x y; rounded once where the build has relaxed SIMD and the processor an instruction for it, else twice. */
@inline
export function madd(sum: v128, x: v128, y: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return f32x4.relaxed_madd(x, y, sum);
  return f32x4.add(sum, f32x4.mul(x, y));
}

/** The sum of four lanes. */
@inline
export function sum4(x: v128): f32 {
  const pair = f32x4.add(x, v128.shuffle<f32>(x, x, 2, 3, 0, 1));
  return f32x4.extract_lane(pair, 0) + f32x4.extract_lane(pair, 1);
}

/** The greatest of four lanes. */
@inline
export function max4(x: v128): f32 {
  const pair = f32x4.max(x, v128.shuffle<f32>(x, x, 2, 3, 0, 1));
  return max<f32>(f32x4.extract_lane(pair, 0), f32x4.extract_lane(pair, 1));
}

/** 2^n p where `shifted` is 1.5 * 2^23 + n: a number so large has its integer part in its lowest bits. */
@inline
function timesPower(p: v128, shifted: v128): v128 {
  return f32x4.mul(p, i32x4.add(i32x4.shl(shifted, 23), f32x4.splat(1.0)));
}

/** 2^f for |f| <= 1/2, within 2e-7. */
@inline
function exp2Fraction(f: v128): v128 {
  let y = madd(f32x4.splat(9.671512641876281e-3), f, f32x4.splat(1.3264727166556536e-3));
  y = madd(f32x4.splat(5.550733743353903e-2), y, f);
  y = madd(f32x4.splat(2.402224208522652e-1), y, f);
  y = madd(f32x4.splat(6.931469775990927e-1), y, f);
  return madd(f32x4.splat(1.0), y, f);
}

/** 2^y for y <= 0, exactly 0 from y = -127 on; NaN stays NaN. The rounding of y itself is the greater error. */
@inline
export function exp2(y: v128): v128 {
  const magic = f32x4.splat(12582912.0);
  const bounded = f32x4.pmax(y, f32x4.splat(-127.0));
  const shifted = f32x4.add(bounded, magic);
  return timesPower(exp2Fraction(f32x4.sub(bounded, f32x4.sub(shifted, magic))), shifted);
}

/** exp(x) within 3e-7. Below -88 it is 0, above 88 it stays at exp(88); NaN stays NaN. */
@inline
export function exp4(x: v128): v128 {
  const magic = f32x4.splat(12582912.0);
  const bounded = f32x4.pmax(f32x4.pmin(x, f32x4.splat(88.0)), f32x4.splat(-88.03));
  const shifted = madd(magic, bounded, f32x4.splat(1.44269504088896341));
  const n = f32x4.sub(shifted, magic);
  // ln 2 in two parts, the first so short that its product with n is exact.
  const r = f32x4.sub(
    f32x4.sub(bounded, f32x4.mul(n, f32x4.splat(0.693359375))),
    f32x4.mul(n, f32x4.splat(-2.12194440e-4)),
  );
  return timesPower(exp2Fraction(f32x4.mul(r, f32x4.splat(1.44269504088896341))), shifted);
}

/** 2^y of a single number, with the very same result as in a lane. */
@inline
export function exp2One(y: f32): f32 {
  return f32x4.extract_lane(exp2(f32x4.splat(y)), 0);
}

/** log(2^e (1 + f)) for f between sqrt(1/2) - 1 and sqrt(2) - 1. */
@inline
function logOf(e: v128, f: v128): v128 {
  const z = f32x4.mul(f, f);
  let y = madd(f32x4.splat(-1.1514610310e-1), f, f32x4.splat(7.0376836292e-2));
  y = madd(f32x4.splat(1.1676998740e-1), y, f);
  y = madd(f32x4.splat(-1.2420140846e-1), y, f);
  y = madd(f32x4.splat(1.4249322787e-1), y, f);
  y = madd(f32x4.splat(-1.6668057665e-1), y, f);
  y = madd(f32x4.splat(2.0000714765e-1), y, f);
  y = madd(f32x4.splat(-2.4999993993e-1), y, f);
  y = madd(f32x4.splat(3.3333331174e-1), y, f);
  y = f32x4.mul(f32x4.mul(y, f), z);
  y = madd(y, e, f32x4.splat(-2.12194440e-4));
  y = f32x4.sub(y, f32x4.mul(z, f32x4.splat(0.5)));
  return madd(f32x4.add(f, y), e, f32x4.splat(0.693359375));
}

/** The exponent e (as integers) of x = 2^e m with m between sqrt(1/2) and sqrt(2). */
@inline
function exponentOf(x: v128): v128 {
  return i32x4.shr_s(i32x4.sub(x, i32x4.splat(0x3f3504f3)), 23);
}

/**
 * -log(u) for u = (bits + 1/2) / 2^24 with 24-bit integers. u has one bit more than a float; near 1, where it
 * would matter, the logarithm is taken from the exact 1 - u.
 */
@inline
export function negativeLogUniform(bits: v128): v128 {
  const odd = i32x4.add(i32x4.shl(bits, 1), i32x4.splat(1));
  const unit = f32x4.splat(2.98023223876953125e-8);
  const u = f32x4.mul(f32x4.convert_i32x4_s(odd), unit);
  const rest = f32x4.mul(f32x4.convert_i32x4_s(i32x4.sub(i32x4.splat(0x2000000), odd)), unit);
  const nearOne = f32x4.ge(u, f32x4.splat(0.7071068));
  const e = v128.andnot(exponentOf(u), nearOne);
  const m = i32x4.sub(u, i32x4.shl(e, 23));
  const f = v128.bitselect(f32x4.neg(rest), f32x4.sub(m, f32x4.splat(1.0)), nearOne);
  return f32x4.neg(logOf(f32x4.convert_i32x4_s(e), f));
}

export function exp64(x: f64): f64 {
  if (x != x) return x;
  if (x > 709) return Infinity;
  if (x < -708) return 0;
  const n = nearest(x * 1.4426950408889634);
  const r = x - n * 6.93147180369123816490e-1 - n * 1.90821492927058770002e-10;
  let y: f64 = 1;
  for (let i: f64 = 13; i > 0; i--) y = 1 + (y * r) / i;
  return y * reinterpret<f64>((<i64>n + 1023) << 52);
}

/** log(x) of a positive normal number; minus infinity at 0. */
export function log64(x: f64): f64 {
  if (!(x > 0)) return x == 0 ? -Infinity : NaN;
  if (x == Infinity) return x;
  const bits = reinterpret<i64>(x);
  const e = (bits - 0x3fe6a09e667f3bcd) >> 52;
  const m = reinterpret<f64>(bits - (e << 52));
  const s = (m - 1) / (m + 1);
  const z = s * s;
  let y: f64 = 0;
  for (let i: f64 = 21; i > 0; i -= 2) y = y * z + 1 / i;
  return 2 * s * y + <f64>e * 0.6931471805599453;
}

/** sin(x), or cos(x) where `quarter` is 1: a sine a quarter turn further on. */
export function sin64(x: f64, quarter: i64): f64 {
  const turns = nearest(x * 0.6366197723675814);
  const r = x - turns * 1.57079632673412561417 - turns * 6.07710050650619224932e-11;
  const z = r * r;
  const quadrant = <i64>turns + quarter;
  let y: f64 = 1;
  if (quadrant & 1) {
    for (let i: f64 = 16; i > 0; i -= 2) y = 1 - (y * z) / (i * (i - 1));
  } else {
    for (let i: f64 = 17; i > 1; i -= 2) y = 1 - (y * z) / (i * (i - 1));
    y *= r;
  }
  return quadrant & 2 ? -y : y;
}
