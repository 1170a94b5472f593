import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  atSpeed,
  atStart,
  follow,
  seek,
  SPEEDS,
  tick,
  togglePlay,
  type End,
  type PlayerState,
} from '../../src/app/player';

/** How long it plays from the beginning, at sixty frames a second. */
function secondsToPlay(speed: PlayerState['speed'], last: number): number {
  let player = atSpeed(togglePlay(atStart('standing'), last), speed);
  let frames = 0;
  for (; player.mode === 'playing' && frames < 1e6; frames++)
    player = tick(player, 1000 / 60, last, 'standing');
  expect(player.position).toBe(last);
  return frames / 60;
}

describe('the player', () => {
  it('plays eighty steps in half a minute, four times as fast, or at a step a frame', () => {
    expect(secondsToPlay(1, 80)).toBeCloseTo(32, 0);
    expect(secondsToPlay(4, 80)).toBeCloseTo(8, 0);
    expect(secondsToPlay('max', 80)).toBeCloseTo(80 / 60, 1);
  });

  it('plays a long run in four seconds at the highest speed', () => {
    expect(secondsToPlay('max', 10_000)).toBeCloseTo(4, 0);
  });

  it('stops where it is, goes on from there, and begins again from the end', () => {
    const playing = tick(togglePlay(atStart('standing'), 10), 200, 10, 'standing');
    const later = tick(playing, 240, 10, 'standing');
    expect(later.position).toBe(1);
    const stopped = togglePlay(later, 10);
    expect(stopped).toMatchObject({ position: 1, mode: 'standing' });
    expect(tick(stopped, 5000, 10, 'standing')).toBe(stopped);
    expect(togglePlay(stopped, 10)).toMatchObject({ position: 1, mode: 'playing' });
    expect(togglePlay(seek(stopped, 10, 10), 10)).toMatchObject({ position: 0, mode: 'playing' });
  });

  it('does not jump after a time in which the page was hidden', () => {
    const player = togglePlay(atStart('standing'), 80);
    expect(tick(player, 3_600_000, 80, 'standing').position).toBeLessThanOrEqual(1);
  });

  it('follows a run that grows until it is led elsewhere, and again from its end', () => {
    let player = atStart('following');
    player = tick(player, 16, 7, 'following');
    expect(player).toMatchObject({ position: 7, mode: 'following' });
    player = seek(player, 3, 7);
    expect(tick(player, 16, 9, 'following').position).toBe(3);
    player = atSpeed(togglePlay(player, 9), 'max');
    for (let i = 0; i < 20; i++) player = tick(player, 17, 9, 'following');
    expect(player).toMatchObject({ position: 9, mode: 'following' });
    expect(follow(seek(player, 0, 9), 9)).toMatchObject({ position: 9, mode: 'following' });
  });

  it('is never outside the run, whatever is done', () => {
    const action = fc.oneof(
      fc.record({ seek: fc.integer({ min: -50, max: 500 }) }),
      fc.record({ tick: fc.integer({ min: 0, max: 5000 }) }),
      fc.record({ speed: fc.constantFrom(...SPEEDS) }),
      fc.constant({ toggle: true }),
    );
    const ends = fc.constantFrom<End>('standing', 'following');
    fc.assert(
      fc.property(fc.array(action), fc.integer({ min: 0, max: 200 }), ends, (actions, last, end) => {
        let player = atStart(end);
        for (const one of actions) {
          if ('seek' in one) player = seek(player, one.seek, last);
          else if ('tick' in one) player = tick(player, one.tick, last, end);
          else if ('speed' in one) player = atSpeed(player, one.speed);
          else player = togglePlay(player, last);
          expect(player.position).toBeGreaterThanOrEqual(0);
          expect(player.position).toBeLessThanOrEqual(last);
          expect(Number.isInteger(player.position)).toBe(true);
        }
      }),
    );
  });
});
