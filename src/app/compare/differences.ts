/** What two sets of settings differ in, in words: "trajectory score: sum → mean". The seed does not count. */
import { SETTINGS, SETTING_KEYS, type SettingKey, type Settings } from '../../runs/settings';
import { valueText } from '../settings/values';

export interface Difference {
  readonly key: SettingKey;
  readonly label: string;
  readonly a: string;
  readonly b: string;
}

export function differences(a: Settings, b: Settings): Difference[] {
  return SETTING_KEYS.filter((key) => key !== 'seed' && a[key] !== b[key]).map((key) => ({
    key,
    label: inText(SETTINGS[key].label),
    a: textOf(a, key),
    b: textOf(b, key),
  }));
}

export const differenceText = ({ label, a, b }: Difference): string => `${label}: ${a} → ${b}`;

const textOf = (settings: Settings, key: SettingKey): string =>
  inText(valueText(SETTINGS[key], settings[key]));

/** A label as it stands within a sentence; names such as KL, LoRA and k3 stay as they are. */
export function inText(label: string): string {
  return /^[A-Z][a-z-]*(?![A-Za-z])/.test(label) ? label.charAt(0).toLowerCase() + label.slice(1) : label;
}
