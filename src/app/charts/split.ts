/** A curve cut at the moment that is shown: up to there it is drawn bold, what comes after is only hinted at. */
type Column = (number | null)[];

/** Steps; raw and smoothed values up to the position; raw and smoothed values after it. */
export type SplitCurve = [number[], Column, Column, Column, Column];

/** `position` null: all of it is up to here. */
export function splitAt(
  [steps, raw, smooth]: readonly [number[], Column, Column],
  position: number | null,
): SplitCurve {
  const end = position === null ? -1 : steps.findIndex((step) => step > position);
  if (end < 0) {
    const none: Column = steps.map(() => null);
    return [steps, raw, smooth, none, none];
  }
  const before = (values: Column): Column => values.map((value, i) => (i < end ? value : null));
  // One point belongs to both lines, or there would be a gap between them.
  const after = (values: Column, from: number): Column =>
    values.map((value, i) => (i >= from ? value : null));
  return [steps, before(raw), before(smooth), after(raw, end), after(smooth, end - 1)];
}
