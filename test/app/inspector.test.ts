/** The inspector's words and formulas: that they can be typeset and say what the terms say. */
import { describe, expect, it } from 'vitest';
import { creditLines, lossLines, verdict, type DerivationLine } from '../../src/app/inspector/derivation';
import { lookOf, Looker, type Look, type Place } from '../../src/app/inspector/looker.svelte';
import { creditTerms, lossTerms } from '../../src/app/inspector/terms';
import { num } from '../../src/app/inspector/tex';
import { shownToken, spokenToken, strongestPush, tint } from '../../src/app/inspector/tokens';
import { markup } from '../../src/app/kit/typeset';
import { ratioTrack, sparkline } from '../../src/app/inspector/track';
import type { Inspection, TokenInspection } from '../../src/runs/inspection';
import type { GroupRecord } from '../../src/runs/record';
import { DEFAULT_SETTINGS, SETTINGS, type Settings } from '../../src/runs/settings';
import { group, rollout, turn } from './records';

const tokens = [{ text: 'how', logProb: -1 }];
const given: GroupRecord = {
  ...group([1.1, 0]),
  rollouts: [
    rollout(1.1, { turns: [0.4, 0, 0.7].map((reward) => turn({ reward, tokens })) }),
    rollout(0, { turns: [turn({ tokens })] }),
  ],
};
const token = (part: Partial<TokenInspection> = {}): TokenInspection => ({
  text: 'how',
  old: -1,
  update: -1,
  now: -0.9,
  reference: -1.2,
  updateEntropy: 1.5,
  nowEntropy: 1.4,
  alternatives: [],
  history: [],
  ...part,
});

const values = <K extends keyof typeof SETTINGS>(key: K): Settings[K][] =>
  (SETTINGS[key] as unknown as { options: readonly { value: Settings[K] }[] }).options.map(
    ({ value }) => value,
  );

/** Each way in which a rule can be set, and numbers that are awkward. */
const VARIANTS: Settings[] = [
  ...values('turnMethod').map((turnMethod) => ({ ...DEFAULT_SETTINGS, turnMethod })),
  ...values('trajectoryMethod').map((trajectoryMethod) => ({ ...DEFAULT_SETTINGS, trajectoryMethod })),
  ...values('klEstimator').map((klEstimator) => ({ ...DEFAULT_SETTINGS, klEstimator })),
  { ...DEFAULT_SETTINGS, normalizeByStd: false, dualClip: 0, klCoefficient: 0 },
  { ...DEFAULT_SETTINGS, klCoefficient: 0, entropyCoefficient: 0.01 },
  { ...DEFAULT_SETTINGS, entropyCoefficient: 0.01 },
];
const TOKENS = [
  token(),
  token({ update: -3 }),
  token({ update: -0.2 }),
  token({ old: -9, update: -0.1, reference: -20 }),
];

describe('the derivation', () => {
  it('can be typeset whatever the rules and the numbers are', () => {
    const seen = new Set<string>();
    const take = (lines: readonly DerivationLine[]) =>
      lines.forEach(({ rule, numbers }) => seen.add(rule).add(numbers));
    for (const settings of VARIANTS) {
      for (const [r, t] of [
        [0, 0],
        [0, 1],
        [1, 0],
      ] as const)
        take(creditLines(creditTerms(given, r, t, settings), settings));
      for (const one of TOKENS)
        for (const advantage of [1, -2])
          take(lossLines(lossTerms(one, advantage, { weight: 1 / 37, settings }, 'update'), settings));
    }
    expect(seen.size).toBeGreaterThan(100);
    for (const tex of seen) {
      expect(markup(tex)).toContain('<math');
      expect(tex).not.toMatch(/NaN|undefined|Infinity/);
    }
  });

  it('puts the numbers of this very token in', () => {
    const settings = { ...DEFAULT_SETTINGS, turnMethod: 'r2g' as const, trajectoryMethod: 'r2g' as const };
    const numbers = creditLines(creditTerms(given, 0, 0, settings), settings).map((line) => line.numbers);
    expect(numbers[1]).toBe('= 0.4 + 0.8^{2} \\cdot 0.7 = \\htmlClass{term-credit}{0.848}');
    const terms = lossTerms(token(), 2, { weight: 1 / 40, settings }, 'now');
    const lines = lossLines(terms, settings);
    expect(lines[0]!.numbers).toBe(
      `= e^{-0.9000 - (-1.0000)} = \\htmlClass{term-ratio}{${Math.exp(0.1).toFixed(4)}}`,
    );
    expect(lines.at(-2)!.numbers).toContain('\\frac{1}{40}');
    expect(lines.at(-2)!.numbers).toSatisfy((tex: string) => tex.endsWith(`= ${num(terms.contribution)}`));
    expect(lines.at(-1)!.numbers).toSatisfy((tex: string) => tex.endsWith(`= ${num(terms.gradient)}`));
  });

  it('shows what reward terms made of what the gym paid', () => {
    const settings = { ...DEFAULT_SETTINGS, gymRewardWeight: 0.5, stepPenalty: 0.1 };
    const turns = [
      turn({ reward: 0.4, trainingReward: 0.4, tokens }),
      turn({ reward: 0.4, trainingReward: -0.1, tokens }),
    ];
    const paid = { ...given, rollouts: [rollout(0.8, { turns }), given.rollouts[1]!] };
    const line = (t: number) => creditLines(creditTerms(paid, 0, t, settings), settings)[0]!;
    expect(line(0).numbers).toBe('= \\htmlClass{term-reward}{0.4}');
    expect(line(1).numbers).toBe('= 0.5 \\cdot 0.4 - 0.1 - 0.2 = \\htmlClass{term-reward}{-0.1}');
    expect(markup(line(1).rule)).toContain('<math');
  });

  it('leaves out what the settings switch off', () => {
    const names = (settings: Settings) =>
      lossLines(lossTerms(token(), 1, { weight: 1, settings }, 'update'), settings).map(({ role }) => role);
    expect(names(DEFAULT_SETTINGS)).toContain('kl');
    expect(names({ ...DEFAULT_SETTINGS, klCoefficient: 0 })).not.toContain('kl');
  });

  it('says where a token is going, and why not', () => {
    const said = (part: Partial<TokenInspection>, advantage: number) =>
      verdict(
        lossTerms(
          token(part),
          advantage,
          { weight: 1, settings: { ...DEFAULT_SETTINGS, klCoefficient: 0 } },
          'update',
        ),
      );
    expect(said({}, 1)).toMatch(/likelier/);
    expect(said({}, -1)).toMatch(/less likely/);
    expect(said({}, 0)).toMatch(/no advantage/);
    expect(said({ update: -0.5 }, 1)).toMatch(/upper bound/);
    expect(said({ update: -1.5 }, -1)).toMatch(/lower bound/);
    expect(said({ update: 1 }, -1)).toMatch(/dual clip/);
  });

  it.each([
    [0, '0'],
    [1234.56, '1235'],
    [-0.0001234, '-1.234 \\cdot 10^{-4}'],
    [0.5, '0.5'],
    [2.5e7, '2.5 \\cdot 10^{7}'],
  ])('writes %d as %s', (value, tex) => expect(num(value)).toBe(tex));
});

describe('the strip', () => {
  it('tints by advantage times change, the strongest fully', () => {
    const turns = [[token(), token({ now: -1.05 })], [token({ now: -2 })]];
    const most = strongestPush(turns, [2, 0.1]);
    expect(most).toBeCloseTo(0.2, 9);
    expect(tint(turns[0]![0]!, 2, most)).toMatchObject({ side: 'with' });
    expect(tint(turns[0]![1]!, 2, most).side).toBe('against');
    expect(tint(turns[0]![1]!, -2, most).side).toBe('with');
    expect(tint(token({ now: -1.0001 }), 2, most)).toEqual({ side: 'none', strength: 0 });
    expect(tint(token(), 2, 0)).toEqual({ side: 'none', strength: 0 });
  });

  it('shows signs of the protocol as such, and says everything to who cannot see it', () => {
    expect(shownToken('<action>')).toEqual({ text: 'action', sign: true, tight: false });
    expect(shownToken('?').tight).toBe(true);
    expect(spokenToken('<end>', token(), 'with')).toMatch(
      /^end, 36\.8\s% before, 40\.7\s% now, moved the way/,
    );
    expect(spokenToken('how', undefined, 'none')).toBe('how');
  });
});

describe('small scales', () => {
  it('hold the bounds and every ratio', () => {
    for (const ratio of [0.01, 1, 1.3, 17]) {
      const track = ratioTrack([ratio], 0.8, 1.2);
      for (const at of [track.at(ratio), track.low, track.high, track.one]) {
        expect(at).toBeGreaterThanOrEqual(0);
        expect(at).toBeLessThanOrEqual(100);
      }
      expect(track.low).toBeLessThan(track.one);
    }
  });

  it('hold a probability that is small, and one that is 1', () => {
    expect(sparkline([0, 4], [0.012, 0.013]).top).toBeCloseTo(0.02, 9);
    expect(sparkline([0], [1])).toMatchObject({ top: 1, points: [{ x: 0, y: 100 }] });
    expect(sparkline([0, 4], [0, 0]).points.map(({ y }) => y)).toEqual([0, 0]);
  });
});

describe('the looker', () => {
  const place = (rollout: number): Place => ({ step: 1, group: 0, rollout });
  const there = (rollout: number): Look => ({ kind: 'there', inspection: { rollout } as Inspection });

  it('keeps the answer about what is on show, and asks for the same place once', async () => {
    const looker = new Looker();
    const asked: number[] = [];
    const source = ({ rollout }: Place) => {
      asked.push(rollout);
      return Promise.resolve(there(rollout));
    };
    const first = looker.at(place(1), source);
    expect(looker.look).toEqual({ kind: 'asking' });
    const second = looker.at(place(2), source);
    await Promise.all([first, second, looker.at(place(2), source)]);
    expect(looker.look).toEqual(there(2));
    expect(asked).toEqual([1, 2]);
    const late = looker.at(place(3), source);
    looker.clear();
    await late;
    expect(looker.look).toBeNull();
    await looker.at(place(3), undefined);
    expect(looker.look).toMatchObject({
      kind: 'absent',
      why: expect.stringMatching(/Train it yourself/) as string,
    });
  });

  it('says what an answer without an inspection means', () => {
    expect(lookOf({ kind: 'completed', value: null })).toMatchObject({
      why: expect.stringMatching(/last few steps/) as string,
    });
    expect(lookOf({ kind: 'aborted' }).kind).toBe('absent');
    expect(lookOf({ kind: 'failed', failure: { code: 'internal', message: 'broken' } })).toEqual({
      kind: 'absent',
      why: 'broken',
    });
  });
});
