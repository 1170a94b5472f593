import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MOST_TERMS, parseRewardTerms, rewardRule, rewardTermsText } from '../../src/runs/reward-terms';
import { DEFAULT_SETTINGS } from '../../src/runs/settings';
import { decodeHash, encodeSettings } from '../../src/runs/url';
import { parseSettings } from '../../src/runs/validate';
import { anyTerms } from '../support/terms';

const terms = (input: unknown) => {
  const parsed = parseRewardTerms(input);
  if (!parsed.ok) throw new Error(parsed.problems.join('; '));
  return parsed.terms;
};
const problems = (input: unknown) => {
  const parsed = parseRewardTerms(input);
  return parsed.ok ? [] : parsed.problems;
};

describe('reward terms as text', () => {
  it('are read as they are written', () => {
    expect(terms('repeated:-0.2, nothing-asked:0.1')).toEqual([
      { event: 'repeated', weight: -0.2 },
      { event: 'nothing-asked', weight: 0.1 },
    ]);
    expect(terms(' Found ( flight seat, by the window ) once : \u22120.5 ,')).toEqual([
      { event: 'found', subject: 'flight seat, by the window', once: true, weight: -0.5 },
    ]);
    expect(terms('')).toEqual([]);
  });
  it('may be a list of objects', () => {
    expect(terms([{ event: 'found', weight: 1, once: true }])).toEqual([
      { event: 'found', weight: 1, once: true },
    ]);
  });
  it('are written so that they are read back the same', () => {
    fc.assert(
      fc.property(anyTerms, (some) => {
        expect(terms(rewardTermsText(some))).toEqual(some);
        expect(terms(some)).toEqual(some);
      }),
    );
  });
  it('are taken or refused, never thrown over', () => {
    fc.assert(fc.property(fc.oneof(fc.string(), fc.jsonValue()), (input) => void parseRewardTerms(input)));
  });
  it.each([
    ['repeatd:-0.2', /no gym has an event called "repeatd"; did you mean repeated\?/],
    ['repeated', /"repeated" cannot be read; write a term as event:weight/],
    ['repeated:', /cannot be read/],
    ['repeated:much', /cannot be read/],
    ['repeated:11', /between -10 and 10, but got 11/],
    ['repeated:1,repeated:2', /repeated is given twice/],
    ['repeated():1', /cannot be read/],
    ['found:alert(1)', /cannot be read/],
    [[{ event: 'found' }], /event, weight, subject and once|weight/],
    [[{ event: 'found', weight: '1' }], /a weight must be a number/],
    [[{ event: 'found', weight: Number.NaN }], /a weight must be a number/],
    [[{ event: 'found', weight: 1, subject: 'a)b' }], /without brackets/],
    [[{ event: 'found', weight: 1, code: 'x' }], /event, weight, subject and once/],
    [[{ event: '__proto__', weight: 1 }], /no gym has an event called "__proto__"/],
    [7, /a text such as/],
    [null, /a text such as/],
  ])('refuses %j', (input, problem) => {
    const found = problems(input);
    expect(found).toHaveLength(1);
    expect(found[0]).toMatch(problem);
  });
  it('refuses more than anybody has in mind', () => {
    const many = Array.from({ length: MOST_TERMS + 1 }, (_, i) => `found(${i}):1`).join();
    expect(problems(many)).toEqual([`there are ${MOST_TERMS + 1} terms; at most ${MOST_TERMS} are taken`]);
  });
});

describe('reward terms as a setting', () => {
  it('travel in a link', () => {
    const parsed = parseSettings({
      rewardTerms: 'repeated:-0.2 , found(budget) once:0.5',
      stepPenalty: 0.05,
    });
    if (!parsed.ok) throw new Error(parsed.problems.join());
    expect(parsed.settings.rewardTerms).toBe('repeated:-0.2,found(budget) once:0.5');
    expect(decodeHash(encodeSettings(parsed.settings))).toEqual({
      ok: true,
      settings: parsed.settings,
      other: {},
    });
    // As a person would type it.
    expect(decodeHash('#v=1&rewardTerms=repeated:-0.2,found(budget)+once:0.5&stepPenalty=0.05')).toEqual({
      ok: true,
      settings: parsed.settings,
      other: {},
    });
  });
  it('may stand in a settings file as a list', () => {
    expect(parseSettings({ rewardTerms: [{ event: 'repeated', weight: -0.2 }] })).toMatchObject({
      ok: true,
      settings: { rewardTerms: 'repeated:-0.2' },
    });
  });
  it('are refused with the name of the setting', () => {
    expect(parseSettings({ rewardTerms: 'foud:1' })).toEqual({
      ok: false,
      problems: ['rewardTerms: no gym has an event called "foud"; did you mean found?'],
    });
  });
  it('make a rule', () => {
    expect(rewardRule(DEFAULT_SETTINGS)).toEqual({ gymWeight: 1, stepPenalty: 0, terms: [] });
    expect(rewardRule({ gymRewardWeight: 0, stepPenalty: 0.1, rewardTerms: 'found:1' })).toEqual({
      gymWeight: 0,
      stepPenalty: 0.1,
      terms: [{ event: 'found', weight: 1 }],
    });
    expect(() => rewardRule({ gymRewardWeight: 0, stepPenalty: 0.1, rewardTerms: 'foud:1' })).toThrow(/foud/);
  });
});
