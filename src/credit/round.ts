/** 10^4, the precision to which UserRL rounds; 10^4 / 2 = 5000 = 2^3 * 625 is why ties sit on multiples of 1/32. */
const DIGITS = 4;

/**
 * Python's `round(x, 4)`: the decimal nearest to the *binary* value of x, halves to even.
 *
 * `toFixed` also works on the exact binary value but sends halves away from 0. A half can only occur where
 * x is an odd multiple of 1/32 (x * 10^4 = m * 625 / 2 with m odd), so those are treated by themselves.
 */
export function roundLikePython(x: number): number {
  const m = Math.abs(x) * 32;
  if (m % 2 !== 1) return Number(x.toFixed(DIGITS));
  const below = (m * 625 - 1) / 2;
  return (Math.sign(x) * (below % 2 === 0 ? below : below + 1)) / 10 ** DIGITS;
}
