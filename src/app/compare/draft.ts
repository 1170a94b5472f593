/** An experiment that is being put together: what A and B change about the settings of the page, how long, which seeds. */
import { SETTING_KEYS, SETTINGS, type SettingKey, type Settings } from '../../runs/settings';
import type { Arm } from '../../runs/stored-run';
import { parseSettings } from '../../runs/validate';
import type { Plan } from './queue';

export type Value = Settings[SettingKey];

/** One setting with its value on either side. */
export interface DraftRow {
  readonly key: SettingKey;
  readonly a: Value;
  readonly b: Value;
  /** Whether the sides are set apart; else one value is set for both. */
  readonly split: boolean;
}

export interface Draft {
  readonly rows: readonly DraftRow[];
  readonly steps: number;
  /** How many seeds, counted from `firstSeed`. */
  readonly seeds: number;
  readonly firstSeed: number;
}

export const MOST_STEPS = 2000;
export const MOST_SEEDS = 10;

/** What can be given a row: everything but the seed, which is counted apart. */
export const ROW_KEYS: readonly SettingKey[] = SETTING_KEYS.filter((key) => key !== 'seed');

export function withRow(draft: Draft, key: SettingKey, settings: Settings): Draft {
  if (draft.rows.some((row) => row.key === key)) return draft;
  return { ...draft, rows: [...draft.rows, { key, a: settings[key], b: settings[key], split: true }] };
}

export const withoutRow = (draft: Draft, key: SettingKey): Draft => ({
  ...draft,
  rows: draft.rows.filter((row) => row.key !== key),
});

/** A value for one side, or for both. */
export const withValue = (draft: Draft, key: SettingKey, arm: Arm | 'both', value: Value): Draft =>
  changed(draft, key, (row) => (arm === 'both' ? { ...row, a: value, b: value } : { ...row, [arm]: value }));

export const splitRow = (draft: Draft, key: SettingKey): Draft =>
  changed(draft, key, (row) => ({ ...row, split: true }));

const changed = (draft: Draft, key: SettingKey, change: (row: DraftRow) => DraftRow): Draft => ({
  ...draft,
  rows: draft.rows.map((row) => (row.key === key ? change(row) : row)),
});

/** The settings of one side, on top of those of the page; the seed is still the page's. */
export function settingsOf(draft: Draft, arm: Arm, settings: Settings): Settings {
  const values = Object.fromEntries(draft.rows.map((row) => [row.key, row[arm]]));
  const parsed = parseSettings({ ...settings, ...values });
  // The fields check before they set; this is the last gate before the engine.
  if (!parsed.ok) throw new Error(parsed.problems.join('; '));
  return parsed.settings;
}

export function planOf(draft: Draft, settings: Settings): Plan {
  return {
    a: settingsOf(draft, 'a', settings),
    b: settingsOf(draft, 'b', settings),
    seeds: seedsOf(draft),
    steps: draft.steps,
  };
}

export const seedsOf = ({ seeds, firstSeed }: Draft): number[] =>
  Array.from({ length: seeds }, (_, i) => Math.min(SETTINGS.seed.max, firstSeed + i));

/** Why it cannot be started, in words; null where it can. */
export function obstacle(draft: Draft): string | null {
  if (draft.firstSeed + draft.seeds - 1 > SETTINGS.seed.max) return `Seeds end at ${SETTINGS.seed.max}.`;
  if (draft.rows.every(({ a, b }) => a === b))
    return 'A and B are the same. Choose a setting in which they shall differ.';
  return null;
}
