/** How long something takes that takes about so many seconds; more digits would be a promise. */
export function durationText(seconds: number): string {
  if (seconds < 15) return 'some seconds';
  if (seconds < 50) return `about ${Math.round(seconds / 10) * 10} s`;
  const minutes = Math.max(1, Math.round(seconds / 60));
  return minutes === 1 ? 'about a minute' : `about ${minutes} minutes`;
}
