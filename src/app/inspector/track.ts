/** Places on small scales, in per cent of their width. */

/** The ratio's track: from 0 to as far beyond the upper bound as it takes to show everything. */
export function ratioTrack(ratios: readonly number[], low: number, high: number) {
  const end = Math.max(2, 1.15 * high, ...ratios.map((ratio) => 1.05 * ratio));
  const at = (ratio: number): number => (Math.min(end, Math.max(0, ratio)) / end) * 100;
  return { end, at, low: at(low), high: at(high), one: at(1) };
}

export interface SparkPoint {
  readonly step: number;
  readonly probability: number;
  /** From the left and from the bottom, per cent. */
  readonly x: number;
  readonly y: number;
}

/** A probability over training. The scale ends at the next of 1, 2, 5 times a power of ten. */
export function sparkline(
  steps: readonly number[],
  history: readonly number[],
): { readonly points: readonly SparkPoint[]; readonly top: number } {
  const top = roundUp(Math.max(1e-4, ...history));
  const last = Math.max(1, steps.at(-1) ?? 1);
  return {
    top,
    points: steps.map((step, i) => ({
      step,
      probability: history[i] ?? 0,
      x: (step / last) * 100,
      y: ((history[i] ?? 0) / top) * 100,
    })),
  };
}

function roundUp(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value));
  const factor = [1, 2, 5, 10].find((one) => one * power >= value * (1 - 1e-9)) ?? 10;
  return Math.min(1, factor * power);
}
