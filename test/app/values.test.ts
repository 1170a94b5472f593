import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { xRange, yRange } from '../../src/app/charts/axis';
import { commandFor, placeFor } from '../../src/app/keyboard';
import { markup } from '../../src/app/kit/typeset';
import { readLink, writeLink } from '../../src/app/link';
import {
  fromSlider,
  isShown,
  LOG_POSITIONS,
  numberText,
  parseTyped,
  sliderPosition,
} from '../../src/app/settings/values';
import {
  DEFAULT_SETTINGS,
  SETTING_KEYS,
  SETTINGS,
  type NumberRow,
  type SettingRow,
  type Settings,
} from '../../src/runs/settings';

const rows: SettingRow[] = SETTING_KEYS.map((key) => SETTINGS[key]);
const numbers = rows.filter((row): row is NumberRow => row.kind === 'number');

describe('number fields', () => {
  it('show every default as something that can be typed back', () => {
    for (const row of numbers) {
      for (const value of [row.default, row.min, row.max]) {
        expect(parseTyped(row, numberText(value))).toEqual({ ok: true, value });
      }
    }
  });

  it('stay within the range wherever a slider is dragged', () => {
    for (const row of numbers) {
      const ends = row.log ? [0, LOG_POSITIONS] : [row.min, row.max];
      const position = fc.double({ min: ends[0] ?? 0, max: ends[1] ?? 1, noNaN: true });
      fc.assert(
        fc.property(position, (at) => {
          const value = fromSlider(row, at);
          return value >= row.min && value <= row.max && (!row.integer || Number.isInteger(value));
        }),
        { numRuns: 30 },
      );
    }
  });

  it('have readable values on a logarithmic slider', () => {
    const row = SETTINGS.learningRate;
    expect(fromSlider(row, sliderPosition(row, 3e-3))).toBe(0.003);
    expect(fromSlider(row, 0)).toBe(row.min);
    expect(fromSlider(row, LOG_POSITIONS)).toBe(row.max);
  });

  it.each(['', 'seven', '1.5', '0', '65', '8x', '1e9', '--3'])(
    'refuse "%s" as a group size, and say why',
    (text) => {
      const parsed = parseTyped(SETTINGS.groupSize, text);
      expect(parsed.ok).toBe(false);
      expect(!parsed.ok && parsed.message).toMatch(/whole number|between 1 and 64/);
    },
  );

  it.each([
    ['0,5', 0.5],
    [' .5 ', 0.5],
    ['5e-1', 0.5],
  ])('take "%s"', (text, value) => {
    expect(parseTyped(SETTINGS.gamma, text)).toEqual({ ok: true, value });
  });
});

describe('formulas', () => {
  const formulas = rows.flatMap(({ label, formula }) => (formula ? [{ label, formula }] : []));
  it.each(formulas)('of $label can be typeset', ({ formula }) => {
    expect(markup(formula)).toContain('<math');
  });
});

describe('settings of one gym', () => {
  const special = SETTING_KEYS.filter((key) => (SETTINGS[key] as SettingRow).for !== undefined);
  const shown = (gym: Settings['gym'], more: Partial<Settings> = {}) =>
    special.filter((key) => isShown({ ...DEFAULT_SETTINGS, gym, ...more }, key));

  it('are shown where they matter', () => {
    expect(shown('intention')).toEqual([]);
    expect(shown('telepathy')).toEqual(['telepathyGuesses']);
    expect(shown('travel')).toEqual(['travelRewards', 'travelFailures']);
    for (const preset of ['all', 'paper'] as const) expect(shown(preset)).toEqual(special);
    expect(SETTING_KEYS.filter((key) => isShown(DEFAULT_SETTINGS, key))).toHaveLength(
      SETTING_KEYS.length - special.length,
    );
  });

  it('are shown as well where they were changed, so that nothing in the link is hidden', () => {
    expect(shown('intention', { turtleThreshold: 0.9 })).toEqual(['turtleThreshold']);
  });
});

describe('links', () => {
  it('carry settings, device and what the page does not handle itself', () => {
    const hash = writeLink({
      settings: { ...DEFAULT_SETTINGS, groupSize: 16 },
      device: 'wasm',
      view: 'watch',
      table: null,
      other: { lesson: 'clip' },
    });
    expect(readLink(hash)).toEqual({
      settings: { ...DEFAULT_SETTINGS, groupSize: 16 },
      device: 'wasm',
      view: 'watch',
      table: null,
      other: { lesson: 'clip' },
      asksToTrain: true,
      problems: [],
    });
  });

  it('that cannot be followed say why and fall back to the defaults', () => {
    expect(readLink('#v=1&gamma=7').problems).toHaveLength(1);
    expect(readLink('#v=1&gamma=7').settings).toEqual(DEFAULT_SETTINGS);
    expect(readLink('#device=abacus').problems[0]).toContain('abacus');
    expect(readLink('#view=cellar').problems[0]).toContain('cellar');
  });
});

describe('keys', () => {
  const press = (key: string, part: Partial<Parameters<typeof commandFor>[0]> = {}) => ({
    key,
    ctrlKey: false,
    metaKey: false,
    altKey: false,
    repeat: false,
    ...part,
  });

  it('do what the sheet says', () => {
    expect([' ', 's', 'ArrowRight', 'r', '?'].map((key) => commandFor(press(key), 'none'))).toEqual([
      'toggle',
      'step',
      'step',
      'reset',
      'help',
    ]);
  });

  it('are left to whoever has the focus', () => {
    expect(commandFor(press('r'), 'text')).toBeNull();
    expect(commandFor(press(' '), 'button')).toBeNull();
    expect(commandFor(press('ArrowRight'), 'arrows')).toBeNull();
    expect(commandFor(press('r', { ctrlKey: true }), 'none')).toBeNull();
    expect(commandFor(press('s', { repeat: true }), 'none')).toBeNull();
  });

  it('goes to the places of the page by their number', () => {
    expect(['1', '2', '6'].map((key) => placeFor(press(key), 'none'))).toEqual([
      'watch',
      'lessons',
      'evaluation',
    ]);
    expect(['0', '7', 'x'].map((key) => placeFor(press(key), 'none'))).toEqual([null, null, null]);
    expect(placeFor(press('2'), 'text')).toBeNull();
    expect(placeFor(press('2', { altKey: true }), 'none')).toBeNull();
  });
});

describe('axes', () => {
  it('hold all steps, and grow in strides', () => {
    for (const last of [0, 1, 20, 21, 99, 100, 101, 4321])
      expect(xRange(last)[1]).toBeGreaterThanOrEqual(last);
    expect(xRange(5)).toEqual([0, 20]);
    expect(xRange(101)).toEqual(xRange(105));
  });

  it('start at 0, or below what is below it', () => {
    expect(yRange([1.2, null, 3.1], 1)).toEqual([0, 4]);
    expect(yRange([], 0.02)).toEqual([0, 0.02]);
    expect(yRange([-0.3], 1)).toEqual([-0.3, 1]);
    expect(yRange([42_000_000], 2 ** 20, 2 ** 20)).toEqual([0, 50 * 2 ** 20]);
  });
});
