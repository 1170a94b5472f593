import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { groupAdvantages, groupScores, normaliseGroup } from '../../src/credit/advantages';
import { shapeTurnRewards } from '../../src/credit/shape';
import type { CreditOptions } from '../../src/credit/advantages';

const reward = fc.integer({ min: 0, max: 20 }).map((n) => n / 20);
const rollout = fc
  .array(fc.tuple(reward, fc.integer({ min: 1, max: 12 })), { minLength: 1, maxLength: 8 })
  .map((turns) => ({ turnRewards: turns.map(([r]) => r), turnTokens: turns.map(([, n]) => n) }));
const group = fc.array(rollout, { minLength: 2, maxLength: 9 });
const options: fc.Arbitrary<CreditOptions> = fc.record({
  turnMethod: fc.constantFrom('naive', 'equalized', 'r2g', 'em'),
  trajectoryMethod: fc.constantFrom('sum', 'mean', 'r2g'),
  gamma: fc.integer({ min: 0, max: 100 }).map((percent) => percent / 100),
  k: fc.double({ min: 0.1, max: 10, noNaN: true }),
  std: fc.constantFrom('sample', 'population'),
  normalizeByStd: fc.boolean(),
  round: fc.boolean(),
});

describe('group advantages, for any group', () => {
  it('are exactly 0 when the rollouts earn the same', () => {
    fc.assert(
      fc.property(rollout, fc.integer({ min: 2, max: 16 }), options, (one, n, o) => {
        const all = groupAdvantages(
          Array.from({ length: n }, () => one),
          o,
        ).flat();
        expect(all.every((a) => a === 0)).toBe(true);
      }),
    );
  });
  it('average to F over the tokens that have credit', () => {
    fc.assert(
      fc.property(group, options, (rollouts, o) => {
        const { normalised } = normaliseGroup(groupScores(rollouts, o), o);
        groupAdvantages(rollouts, o).forEach((advantages, i) => {
          const { turnRewards, turnTokens } = rollouts[i]!;
          const credits = shapeTurnRewards(turnRewards, o.turnMethod!, o);
          let sum = 0;
          let tokens = 0;
          credits.forEach((c, t) => {
            if (c === 0) return expect(advantages[t]).toBe(0);
            sum += advantages[t]! * turnTokens[t]!;
            tokens += turnTokens[t]!;
          });
          const f = normalised[i]!;
          if (tokens > 0) expect(Math.abs(sum / tokens - f)).toBeLessThan(1e-9 * Math.max(1, Math.abs(f)));
        });
      }),
    );
  });
  it('are F on every turn when equalized', () => {
    fc.assert(
      fc.property(group, options, (rollouts, o) => {
        const equalized: CreditOptions = { ...o, turnMethod: 'equalized' };
        const { normalised } = normaliseGroup(groupScores(rollouts, equalized), equalized);
        groupAdvantages(rollouts, equalized).forEach((advantages, i) => {
          for (const a of advantages) expect(a).toBeCloseTo(normalised[i]!, 9);
        });
      }),
    );
  });
  it('do not change when all rewards are scaled (without epsilon and exponential mapping)', () => {
    fc.assert(
      fc.property(group, options, fc.constantFrom(0.25, 2, 8), (rollouts, o, factor) => {
        fc.pre(o.turnMethod !== 'em');
        const free: CreditOptions = { ...o, epsilon: 0, normalizeByStd: true, round: false };
        const scaled = rollouts.map((r) => ({ ...r, turnRewards: r.turnRewards.map((x) => x * factor) }));
        const a = groupAdvantages(rollouts, free).flat();
        groupAdvantages(scaled, free)
          .flat()
          .forEach((x, i) => expect(Math.abs(x - a[i]!)).toBeLessThan(1e-6 * Math.max(1, Math.abs(x))));
      }),
    );
  });
  it('sum to 0 over the rollouts when every turn has one token and F is spread evenly', () => {
    fc.assert(
      fc.property(group, (rollouts) => {
        const sum = groupAdvantages(rollouts).reduce((s, row) => s + (row[0] ?? 0), 0);
        expect(sum).toBeCloseTo(0, 6);
      }),
    );
  });
});

describe('reward-to-go', () => {
  it('obeys G_t = r_t + gamma G_(t+1)', () => {
    fc.assert(
      fc.property(fc.array(reward), fc.double({ min: 0, max: 1, noNaN: true }), (rewards, gamma) => {
        const g = shapeTurnRewards(rewards, 'r2g', { gamma });
        rewards.forEach((r, t) => expect(g[t]).toBeCloseTo(r + gamma * (g[t + 1] ?? 0), 12));
      }),
    );
  });
});
