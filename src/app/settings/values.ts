/** Between a setting's value and what a person types or drags. */
import { gymsOf } from '../../gyms/mixture';
import {
  DEFAULT_SETTINGS,
  SETTINGS,
  SETTING_KEYS,
  type NumberRow,
  type SettingGroup,
  type SettingKey,
  type SettingRow,
  type Settings,
} from '../../runs/settings';

/** Positions of a slider on a logarithmic axis. */
export const LOG_POSITIONS = 200;

export function sliderPosition(row: NumberRow, value: number): number {
  if (!row.log) return value;
  const share = Math.log(value / row.min) / Math.log(row.max / row.min);
  return Math.round(share * LOG_POSITIONS);
}

export function fromSlider(row: NumberRow, position: number): number {
  if (!row.log) return snap(row, position);
  if (position <= 0) return row.min;
  if (position >= LOG_POSITIONS) return row.max;
  const value = row.min * (row.max / row.min) ** (position / LOG_POSITIONS);
  // Two digits: a slider cannot honestly offer more, and 0.00302 would read as a choice somebody made.
  return snap(row, Number(value.toPrecision(2)));
}

/** Onto the row's own grid, without the tail that binary fractions leave (0.30000000000000004). */
function snap(row: NumberRow, value: number): number {
  const steps = Math.round((value - row.min) / row.step);
  const snapped = Number((row.min + steps * row.step).toPrecision(12));
  return Math.min(row.max, Math.max(row.min, snapped));
}

export type Typed =
  { readonly ok: true; readonly value: number } | { readonly ok: false; readonly message: string };

/** What was typed need not lie on the slider's grid, but must be a number within the range. */
export function parseTyped(row: Pick<NumberRow, 'integer' | 'min' | 'max'>, text: string): Typed {
  const bare = text.trim().replace('\u2212', '-').replace(',', '.');
  const kind = row.integer ? 'a whole number' : 'a number';
  const range = `between ${numberText(row.min)} and ${numberText(row.max)}`;
  if (!/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(bare)) {
    return { ok: false, message: `Type ${kind} ${range}. The value in use stays.` };
  }
  const value = Number(bare);
  if (row.integer && !Number.isInteger(value)) {
    return { ok: false, message: `This must be a whole number ${range}. The value in use stays.` };
  }
  if (value < row.min || value > row.max) {
    return { ok: false, message: `This must lie ${range}. The value in use stays.` };
  }
  return { ok: true, value };
}

/** Plain enough to be typed back in. */
export function numberText(value: number): string {
  if (value !== 0 && Math.abs(value) < 1e-3) return value.toExponential().replace('e+', 'e');
  return String(value);
}

/** Where settings are read and set: those of the run, or some that are only tried out. */
export interface SettingsSource {
  readonly settings: Settings;
  /** What they are changed against; the defaults where it is left out. */
  readonly origin?: Settings;
  /** Settings whose new value waits for a new run. */
  readonly pendingRestart: readonly SettingKey[];
  set(key: SettingKey, value: string | number | boolean): void;
  /** Back to what it is changed against. */
  reset(key: SettingKey): void;
}

export function isChanged(settings: Settings, key: SettingKey, origin: Settings = DEFAULT_SETTINGS): boolean {
  return settings[key] !== origin[key];
}

/** A value as it is named on the page. */
export function valueText(row: SettingRow, value: string | number | boolean): string {
  switch (row.kind) {
    case 'number':
      return numberText(Number(value));
    case 'switch':
      return value ? 'on' : 'off';
    case 'terms':
      return String(value) || 'none';
    case 'choice':
      return row.options.find((option) => option.value === value)?.label ?? String(value);
  }
}

export function keysOf(group: SettingGroup): SettingKey[] {
  return SETTING_KEYS.filter((key) => SETTINGS[key].group === group);
}

/** Whether a setting matters in the gyms that are chosen; what was changed is shown all the same. */
export function isShown(settings: Settings, key: SettingKey): boolean {
  const row: SettingRow = SETTINGS[key];
  if (!row.for || isChanged(settings, key)) return true;
  const { train, heldOut } = gymsOf(settings.gym);
  return row.for.some((gym) => [...train, ...heldOut].includes(gym));
}
