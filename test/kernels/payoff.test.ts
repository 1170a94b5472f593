import { expect, it } from 'vitest';
import { Payoff } from '../../src/kernels/simd/payoff';

/** Calls of four parts, of a millisecond each, of which the caller computes `own` and then waits. */
function calls(payoff: Payoff, from: number, count: number, own: number, waited: number): number {
  let now = from;
  for (let i = 0; i < count; i++) {
    now += own + waited;
    payoff.note(now, own, 4, own, waited);
  }
  return now;
}

it('goes on sharing while that is faster than one thread alone', () => {
  const payoff = new Payoff();
  // Two parts, and at worst almost as long again for the other two.
  for (const waited of [0, 1, 1.9]) {
    const now = calls(payoff, 0, 1000, 2, waited);
    expect(payoff.worthwhile(now)).toBe(true);
  }
});

it('stops for a while where waiting takes longer than computing would, then tries again', () => {
  const payoff = new Payoff();
  const now = calls(payoff, 0, 32, 2, 3);
  expect(payoff.worthwhile(now)).toBe(false);
  expect(payoff.worthwhile(now + 1000)).toBe(true);
  expect(payoff.worthwhile(calls(payoff, now + 1000, 3, 2, 9))).toBe(true);
  expect(payoff.worthwhile(calls(payoff, now + 1033, 30, 2, 9))).toBe(false);
});

it('forgives a single long wait among good calls', () => {
  const payoff = new Payoff();
  let now = calls(payoff, 0, 15, 2, 0);
  now = calls(payoff, now, 1, 2, 20);
  expect(payoff.worthwhile(calls(payoff, now, 100, 2, 0))).toBe(true);
});
