/** How much longer something takes that has come so far in so many milliseconds. */

/** Below this share nothing can be said yet. */
const ENOUGH = 0.05;

/** Seconds left at the pace so far; `null` while that is not known. */
export function secondsLeft(elapsedMs: number, done: number, total: number): number | null {
  if (total <= 0 || done / total < ENOUGH) return null;
  return ((elapsedMs / done) * (total - done)) / 1000;
}

/** "about 40 s left"; nothing while it is not known. */
export const leftText = (seconds: number | null): string =>
  seconds === null ? '' : `${roughly(seconds)} left`;

/** "about 40 s"; nobody is served by more digits than that. */
export function roughly(seconds: number): string {
  if (seconds < 10) return 'a few seconds';
  if (seconds < 90) return `about ${Math.round(seconds / 10) * 10} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 100 ? `about ${minutes} min` : `about ${Math.round(minutes / 60)} h`;
}
