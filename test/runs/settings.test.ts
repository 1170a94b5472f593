import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nearestName } from '../../src/runs/nearest';
import { rewardTermsText } from '../../src/runs/reward-terms';
import { DEFAULT_SETTINGS, SETTINGS, SETTING_KEYS } from '../../src/runs/settings';
import { decodeHash, encodeSettings, OTHER_KEYS, URL_VERSION } from '../../src/runs/url';
import { parseSettings } from '../../src/runs/validate';
import type { SettingKey, SettingRow, Settings } from '../../src/runs/settings';
import { anyTerms } from '../support/terms';

const problems = (input: unknown) => {
  const parsed = parseSettings(input);
  return parsed.ok ? [] : parsed.problems;
};
const hashProblems = (hash: string) => {
  const decoded = decodeHash(hash);
  return decoded.ok ? [] : decoded.problems;
};

/** Any settings within the table. */
function valueOf(key: SettingKey): fc.Arbitrary<string | number | boolean> {
  const row: SettingRow = SETTINGS[key];
  switch (row.kind) {
    case 'number':
      return row.integer
        ? fc.integer({ min: row.min, max: row.max })
        : fc.double({ min: row.min, max: row.max, noNaN: true }).map((x) => x + 0);
    case 'choice':
      return fc.constantFrom(...row.options.map(({ value }) => value));
    case 'switch':
      return fc.boolean();
    case 'terms':
      return anyTerms.map(rewardTermsText);
  }
}
const partial = fc.record(Object.fromEntries(SETTING_KEYS.map((key) => [key, valueOf(key)])), {
  requiredKeys: [],
});
const complete = partial.map((given): Settings => {
  const parsed = parseSettings(given);
  if (!parsed.ok) throw new Error(parsed.problems.join('\n'));
  return parsed.settings;
});

describe('parseSettings', () => {
  it('completes from the defaults', () => {
    expect(parseSettings({})).toEqual({ ok: true, settings: DEFAULT_SETTINGS });
    expect(parseSettings({ groupSize: 16 })).toEqual({
      ok: true,
      settings: { ...DEFAULT_SETTINGS, groupSize: 16 },
    });
  });
  it('accepts everything within the table', () => {
    fc.assert(
      fc.property(partial, (given) => {
        const parsed = parseSettings(given);
        expect(parsed).toEqual({ ok: true, settings: { ...DEFAULT_SETTINGS, ...given } });
      }),
    );
  });
  it.each([
    [{ gropSize: 16 }, /no setting is called "gropSize"; did you mean groupSize\?/],
    [{ GAMMA: 0.5 }, /did you mean gamma\?/],
    [{ toString: 1 }, /no setting is called "toString"/],
    [JSON.parse('{"__proto__": 1}'), /no setting is called "__proto__"/],
    [{ groupSize: 0 }, /^groupSize: must be a whole number between 1 and 64, but got 0$/],
    [{ groupSize: 2.5 }, /whole number between 1 and 64, but got 2.5/],
    [{ gamma: 1.5 }, /^gamma: must be between 0 and 1, but got 1.5$/],
    [{ gamma: -0.1 }, /between 0 and 1, but got -0.1/],
    [{ gamma: Number.NaN }, /gamma: must be a number, but got NaN/],
    [{ gamma: Number.POSITIVE_INFINITY }, /between 0 and 1/],
    [{ gamma: '0.5' }, /gamma: must be a number, but got "0.5"/],
    [{ gamma: null }, /gamma: must be a number, but got null/],
    [{ gamma: undefined }, /gamma: must be a number, but got undefined/],
    [{ turnMethod: 'sum' }, /turnMethod: must be one of equalized, naive, r2g, em, but got "sum"/],
    [{ turnMethod: 3 }, /turnMethod: must be one of/],
    [{ round: 1 }, /round: must be true or false, but got 1/],
  ])('refuses %o', (input, problem) => {
    const found = problems(input);
    expect(found).toHaveLength(1);
    expect(found[0]).toMatch(problem);
  });
  it('names every problem', () => {
    expect(problems({ gamma: 2, k: 'a', x: 1 })).toHaveLength(3);
  });
  it.each([[null], [undefined], [1], ['gamma=1'], [[]], [[1]]])('refuses %o as a whole', (input) => {
    expect(problems(input)).toEqual(['settings must be an object of names and values']);
  });
  it('finds the nearest name', () => {
    expect(nearestName('learningrate', SETTING_KEYS)).toBe('learningRate');
    expect(nearestName('tempersture', SETTING_KEYS)).toBe('temperature');
  });
});

describe('the URL', () => {
  it('writes only what differs', () => {
    expect(encodeSettings(DEFAULT_SETTINGS)).toBe('v=1');
    expect(encodeSettings({ ...DEFAULT_SETTINGS, groupSize: 16, turnMethod: 'r2g', round: true })).toBe(
      'v=1&groupSize=16&turnMethod=r2g&round=true',
    );
    expect(encodeSettings(DEFAULT_SETTINGS, { lesson: 'credit', embed: '1' })).toBe(
      'v=1&lesson=credit&embed=1',
    );
  });
  it('reads what it wrote', () => {
    fc.assert(
      fc.property(complete, fc.dictionary(fc.constantFrom(...OTHER_KEYS), fc.string()), (settings, other) => {
        const hash = encodeSettings(settings, other);
        expect(decodeHash(`#${hash}`)).toEqual({ ok: true, settings, other: { ...other } });
        expect(decodeHash(hash).ok).toBe(true);
      }),
    );
  });
  it('takes an empty hash for the defaults', () => {
    for (const hash of ['', '#', '#v=1'])
      expect(decodeHash(hash)).toEqual({ ok: true, settings: DEFAULT_SETTINGS, other: {} });
    expect(decodeHash('#lesson=3')).toEqual({ ok: true, settings: DEFAULT_SETTINGS, other: { lesson: '3' } });
  });
  it.each([
    [`v=${URL_VERSION + 1}&groupSize=16`, /newer version of Turnwise \(v=2\)/],
    ['v=one', /no version number/],
    ['v=0', /no version number/],
    ['groupSize=16', /begin with v=1/],
    ['v=1&groupSize=16&groupSize=8', /groupSize is given twice/],
    ['v=1&v=1', /v is given twice/],
    ['v=1&gropSize=16', /unknown key "gropSize"; did you mean groupSize\?/],
    ['v=1&emebd=1', /did you mean embed\?/],
    ['v=1&groupSize=', /must be a number, but got ""/],
    ['v=1&groupSize=0x10', /must be a number, but got "0x10"/],
    ['v=1&groupSize=100', /between 1 and 64, but got 100/],
    ['v=1&round=yes', /must be true or false, but got "yes"/],
    ['v=1&turnMethod=R2G', /must be one of equalized/],
    ['v=1&__proto__=1', /unknown key "__proto__"/],
    ['v=1&groupSize=%zz', /must be a number/],
  ])('refuses %s', (hash, problem) => {
    const found = hashProblems(hash);
    expect(found).toHaveLength(1);
    expect(found[0]).toMatch(problem);
  });
  it('never throws', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (text) => void decodeHash(text)));
  });
});
