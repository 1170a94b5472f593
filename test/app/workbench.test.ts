/** Stored rollouts under other rules: what changes, how it is said, and that it is what training would do. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compare } from '../../src/app/workbench/compare';
import { flagsOf } from '../../src/app/workbench/flags';
import {
  NO_WHAT_IFS,
  recorded,
  rescore,
  rulesOf,
  supposing,
  type Rules,
} from '../../src/app/workbench/rescore';
import { DEFAULT_SETTINGS, type Settings } from '../../src/runs/settings';
import type { GroupRecord } from '../../src/runs/record';
import { played } from './records';

const rules = (part: Partial<Settings> = {}, formula: 'released' | 'printed' = 'released'): Rules =>
  rulesOf({ ...DEFAULT_SETTINGS, ...part }, formula);
const GROUP = [
  [0, 0, 1],
  [0, 0, 0],
  [0.5, 0, 0],
  [0, 0.2, -0.1],
];

describe('re-scoring', () => {
  it('changes nothing under the rules that a group was trained with', () => {
    for (const part of [{}, { turnMethod: 'r2g' }, { stepPenalty: 0.1, rewardTerms: 'found:0.2' }] as const) {
      const settings = { ...DEFAULT_SETTINGS, ...part };
      const group = played(GROUP, settings);
      expect(rescore(group, rulesOf(settings))).toEqual(recorded(group));
      expect(compare(recorded(group), rescore(group, rulesOf(settings)))).toMatchObject({
        moves: 0,
        flips: 0,
        largest: 0,
      });
    }
  });

  it('starts from what the gym paid, not from what the run made of it', () => {
    const shaped = played(GROUP, { ...DEFAULT_SETTINGS, stepPenalty: 0.5 });
    expect(rescore(shaped, rules())).toEqual(recorded(played(GROUP)));
  });

  it('takes rewards that are only supposed', () => {
    const group = played(GROUP);
    const whatIf = new Map([[1, new Map([[2, 2]])]]);
    const after = rescore(group, rules(), whatIf);
    expect(after.rewards[1]).toEqual([0, 0, 2]);
    expect(after.scores).toEqual([1, 2, 0.5, 0.1]);
    expect(after.ranks).toEqual([2, 1, 3, 4]);
    // Whoever is compared with it is pushed, too: 1 of a mean of .9 instead of 1 of .4.
    expect(after.normalised[0]).toBeLessThan(recorded(group).normalised[0]!);
  });

  it('remembers what is supposed until it is taken back', () => {
    const one = supposing(NO_WHAT_IFS, [2, 1, 0], 0.5);
    const two = supposing(one, [2, 1, 3], 1);
    expect(two.get(2)?.get(1)).toEqual(
      new Map([
        [0, 0.5],
        [3, 1],
      ]),
    );
    expect(one.get(2)?.get(1)).toEqual(new Map([[0, 0.5]]));
    expect(supposing(supposing(two, [2, 1, 0], null), [2, 1, 3], null)).toEqual(NO_WHAT_IFS);
    expect(supposing(NO_WHAT_IFS, [0, 0, 0], null)).toEqual(NO_WHAT_IFS);
  });

  const reward = fc.integer({ min: -4, max: 20 }).map((n) => n / 20);
  const rows = fc.array(fc.array(reward, { minLength: 1, maxLength: 8 }), { minLength: 2, maxLength: 8 });
  const part = fc.record({
    turnMethod: fc.constantFrom('naive' as const, 'equalized' as const, 'r2g' as const, 'em' as const),
    trajectoryMethod: fc.constantFrom('sum' as const, 'mean' as const, 'r2g' as const),
    gamma: fc.integer({ min: 0, max: 10 }).map((n) => n / 10),
    std: fc.constantFrom('sample' as const, 'population' as const),
    normalizeByStd: fc.boolean(),
    stepPenalty: fc.integer({ min: 0, max: 10 }).map((n) => n / 20),
    rewardTerms: fc.constantFrom('', 'found:-0.3', 'nothing-asked once:0.2'),
  });
  const formula = fc.constantFrom('released' as const, 'printed' as const);

  it('pushes nobody where all are alike, exactly', () => {
    fc.assert(
      fc.property(
        fc.array(reward, { minLength: 1, maxLength: 8 }),
        fc.integer({ min: 2, max: 9 }),
        part,
        formula,
        (row, n, p, f) => {
          const alike = played(Array.from({ length: n }, () => row));
          const { advantages, ranks } = rescore(alike, rules(p, f));
          expect(advantages.flat().every((advantage) => advantage === 0)).toBe(true);
          expect(new Set(ranks)).toEqual(new Set([1]));
        },
      ),
    );
  });

  it('does not care in which order the rollouts come', () => {
    fc.assert(
      fc.property(rows, part, formula, fc.nat(), (some, p, f, turn) => {
        const shift = turn % some.length;
        const there = <T>(list: readonly T[]): T[] => [...list.slice(shift), ...list.slice(0, shift)];
        const one = rescore(played(some), rules(p, f));
        const other = rescore(played(there(some)), rules(p, f));
        expect(other.scores).toEqual(there(one.scores));
        expect(other.ranks).toEqual(there(one.ranks));
        there(one.advantages).forEach((row, i) =>
          row.forEach((advantage, t) =>
            expect(Math.abs(other.advantages[i]![t]! - advantage)).toBeLessThanOrEqual(
              1e-6 * Math.max(1, Math.abs(advantage)),
            ),
          ),
        );
      }),
    );
  });

  it('lowers a sum by the penalty of every turn, and leaves equally long ones where they are', () => {
    fc.assert(
      fc.property(
        rows,
        fc.integer({ min: 0, max: 20 }).map((n) => n / 20),
        (some, stepPenalty) => {
          const before = rescore(played(some), rules());
          const after = rescore(played(some), rules({ stepPenalty }));
          after.scores.forEach((score, i) =>
            expect(score).toBeCloseTo(before.scores[i]! - stepPenalty * some[i]!.length, 6),
          );
          const square = some.map((row) => Array.from({ length: 4 }, (_, t) => row[t] ?? 0));
          expect(rescore(played(square), rules({ stepPenalty })).ranks).toEqual(
            rescore(played(square), rules()).ranks,
          );
        },
      ),
    );
  });

  it('takes less than 50 ms for 64 rollouts of eight turns', () => {
    const groups = Array.from({ length: 8 }, (_, g) =>
      played(Array.from({ length: 8 }, (_, i) => Array.from({ length: 8 }, (_, t) => ((g + i * t) % 5) / 5))),
    );
    const tried = rules({
      turnMethod: 'r2g',
      trajectoryMethod: 'mean',
      stepPenalty: 0.1,
      rewardTerms: 'found:0.1',
    });
    const trial = (): number => {
      const started = performance.now();
      for (const group of groups) {
        const after = rescore(group, tried);
        compare(recorded(group), after);
        flagsOf(group, after, tried);
      }
      return performance.now() - started;
    };
    // The best of some: what else the machine does is not measured here.
    expect(Math.min(...Array.from({ length: 5 }, trial))).toBeLessThan(50);
  });
});

describe('what changes, in words', () => {
  const said = (rewards: number[][], part: Partial<Settings>, from: Partial<Settings> = {}): string => {
    const group = played(rewards, { ...DEFAULT_SETTINGS, ...from });
    return compare(recorded(group), rescore(group, rules(part))).summary;
  };
  it('is nothing, if it is nothing', () => {
    expect(said(GROUP, {})).toBe('Nothing changes in this group: same ranking, same advantages.');
  });
  it('names places and directions', () => {
    // Means .25, 1 and 0 instead of sums 1, 1 and 0: the first falls below the mean of .42.
    expect(said([[0, 0, 0, 1], [1], [0]], { trajectoryMethod: 'mean' })).toBe(
      '1 of 3 rollouts changes place; rollout 1 is now pushed down. 4 turns are pushed the other way.',
    );
  });
  it('says whom nothing pushes any more', () => {
    expect(
      said(
        [
          [1, 0],
          [0, 0],
          [0, 0],
        ],
        { turnMethod: 'r2g' },
      ),
    ).toBe('The ranking stays; rollouts 2 and 3 are no longer pushed.');
    expect(
      said(
        [
          [1, 0],
          [0, 0],
          [0, 0],
        ],
        {},
        { turnMethod: 'r2g' },
      ),
    ).toBe('The ranking stays; rollouts 2 and 3 are now pushed down.');
  });
  it('says when only the strength changes', () => {
    expect(said([[1], [0], [0]], { std: 'population' })).toMatch(
      /^The ranking stays, and so does which way each rollout is pushed; only how hard changes, by up to 0\.26/,
    );
  });
});

describe('flags', () => {
  const kinds = (group: GroupRecord, tried: Rules): string[] =>
    flagsOf(group, rescore(group, tried), tried).map(({ kind }) => kind);

  it('are raised where something unexpected happens', () => {
    const group = played(GROUP);
    expect(kinds(group, rules())).toEqual([]);
    expect(kinds(group, rules({ turnMethod: 'r2g' }))).toEqual([
      'never-pushed-down',
      // The fourth rollout: credits .096, .12 and -.1.
      'mixed-signs',
    ]);
    expect(kinds(group, rules({}, 'printed'))).toEqual(['no-signal']);
    expect(kinds(played([[0, 0, 0, 1], [1]]), rules({ trajectoryMethod: 'mean' }))).toEqual([
      'prefers-short',
    ]);
    expect(kinds(played([[1], [1]]), rules())).toEqual(['zero-variance']);
    expect(
      kinds(
        played([
          [0.5, -0.55, 0.06],
          [0, 0, 1],
          [0.5, 0, 0],
        ]),
        rules({ turnMethod: 'r2g' }),
      ),
    ).toEqual(['mixed-signs']);
  });

  it('tell when terms put a rollout first that the gym does not', () => {
    const group = played([[1, 1, 1], [0.5]]);
    expect(kinds(group, rules({ stepPenalty: 0.9, gymRewardWeight: 0.5 }))).toEqual(['games-the-gym']);
    const [flag] = flagsOf(
      group,
      rescore(group, rules({ stepPenalty: 0.9, gymRewardWeight: 0.5 })),
      rules({ stepPenalty: 0.9 }),
    );
    expect(flag!.cases).toEqual([
      {
        rollout: 1,
        message:
          'Rollout 2 comes first with 0.50 from the gym; rollout 1, which earned 3.00 there, comes 2nd.',
      },
    ]);
    // By the gym's own reward a mean may do so, too; that has a flag of its own.
    expect(kinds(group, rules({ trajectoryMethod: 'mean' }))).toEqual([]);
  });

  it('do not take sums that differ by rounding for more and less', () => {
    // 1 + 0.4 + 0.7 is less than 1 + 0.7 + 0.4, in the last bit.
    const group = played([
      [1, 0.7, 0.4, 0],
      [1, 0.4, 0.7],
    ]);
    expect(kinds(group, rules({ stepPenalty: 0.1 }))).toEqual([]);
  });
});
