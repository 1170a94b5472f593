/**
 * Where in a run one is: a position that stands, plays, or follows the end of a run that still grows. Plain values
 * and functions of them; whoever shows it calls `tick` at every frame.
 */
export const SPEEDS = [1, 4, 'max'] as const;
export type Speed = (typeof SPEEDS)[number];

export interface PlayerState {
  /** Steps behind the moment that is shown; 0 is before the first. */
  readonly position: number;
  readonly mode: 'standing' | 'playing' | 'following';
  readonly speed: Speed;
  /** Milliseconds played beyond `position`. */
  readonly ahead: number;
}

/** What becomes of it at the end: a recorded run is over, a live one is followed from there on. */
export type End = 'standing' | 'following';

/** Two and a half steps a second: conversations change slowly enough to be noticed, and eighty steps take half a minute. */
const STEP_MS = 400;
/** At the highest speed a long run takes this long, and no step less than a frame. */
const WHOLE_RUN_MS = 4000;
const FRAME_MS = 1000 / 60;
/** A page that was hidden does not make up for it. */
const LONGEST_TICK_MS = 250;

export const atStart = (mode: PlayerState['mode']): PlayerState => ({
  position: 0,
  mode,
  speed: 1,
  ahead: 0,
});

export function stepMs(speed: Speed, last: number): number {
  return speed === 'max' ? Math.min(FRAME_MS, WHOLE_RUN_MS / Math.max(1, last)) : STEP_MS / speed;
}

/** Stands at `position`, or as near to it as a run of `last` steps goes. */
export function seek(player: PlayerState, position: number, last: number): PlayerState {
  const within = Math.min(Math.max(0, Math.round(position)), last);
  return { ...player, position: within, mode: 'standing', ahead: 0 };
}

export const follow = (player: PlayerState, last: number): PlayerState => ({
  ...player,
  position: last,
  mode: 'following',
  ahead: 0,
});

/** Plays from here, or from the beginning where here is the end; stops where it plays. */
export function togglePlay(player: PlayerState, last: number): PlayerState {
  if (player.mode === 'playing') return { ...player, mode: 'standing', ahead: 0 };
  const position = player.position >= last ? 0 : player.position;
  return { ...player, position, mode: 'playing', ahead: 0 };
}

export const atSpeed = (player: PlayerState, speed: Speed): PlayerState => ({ ...player, speed, ahead: 0 });

/** `ms` later, in a run of `last` steps. */
export function tick(player: PlayerState, ms: number, last: number, end: End): PlayerState {
  if (player.mode === 'following') return player.position === last ? player : { ...player, position: last };
  if (player.mode === 'standing') return player.position <= last ? player : seek(player, last, last);
  const each = stepMs(player.speed, last);
  const played = player.ahead + Math.min(ms, LONGEST_TICK_MS);
  const steps = Math.floor(played / each);
  const position = player.position + steps;
  if (position >= last) return { ...player, position: last, mode: end, ahead: 0 };
  return { ...player, position, ahead: played - steps * each };
}
