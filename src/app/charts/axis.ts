/** Ranges of the axes. Plain, because a range that jumps at every step is what makes a live chart tiring. */

/** Enough room for the first steps not to fill the chart, then growth in strides, not at every step. */
export function xRange(last: number): [number, number] {
  if (last <= 20) return [0, 20];
  const stride = 10 ** Math.floor(Math.log10(last));
  const part = stride / 10;
  return [0, Math.ceil((last * 1.02) / part) * part];
}

/** Bottom, middle and top; where there is something below 0, the middle is 0. */
export function thirds(low: number, high: number): [number, number, number] {
  return [low, low < 0 ? 0 : (low + high) / 2, high];
}

const NICE = [1, 1.5, 2, 3, 4, 5, 6, 8, 10];

/** From 0 (or below, where there is something below) to a round number of `unit`s above the largest value. */
export function yRange(values: readonly (number | null)[], atLeast: number, unit = 1): [number, number] {
  let low = 0;
  let high = atLeast;
  for (const value of values) {
    if (value === null) continue;
    if (value > high) high = value;
    if (value < low) low = value;
  }
  return [low < 0 ? -roundUp(-low / unit) * unit : 0, roundUp(high / unit) * unit];
}

function roundUp(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value));
  const nice = NICE.find((one) => one * power >= value * (1 - 1e-9)) ?? 10;
  return Number((nice * power).toPrecision(6));
}
