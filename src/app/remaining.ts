/** How much longer something takes that has come so far in so many milliseconds. */

/** Below this share nothing can be said yet. */
const ENOUGH = 0.05;

/** Seconds left at the pace so far; `null` while that is not known. */
export function secondsLeft(elapsedMs: number, done: number, total: number): number | null {
  if (total <= 0 || done / total < ENOUGH) return null;
  return ((elapsedMs / done) * (total - done)) / 1000;
}

/** "about 40 s left"; nobody is served by more digits than that. */
export function leftText(seconds: number | null): string {
  if (seconds === null) return '';
  if (seconds < 10) return 'a few seconds left';
  if (seconds < 90) return `about ${Math.round(seconds / 10) * 10} s left`;
  return `about ${Math.round(seconds / 60)} min left`;
}
