/**
 * The page's side of the shared link: reads the hash into settings and device, and writes it back. Keys
 * the page does not handle itself are kept, so that opening a link and copying it again loses nothing.
 */
import { decodeHash, encodeSettings, OTHER_KEYS, type OtherKey } from '../runs/url';
import { DEFAULT_SETTINGS, type Settings } from '../runs/settings';
import type { DevicePreference } from '../worker/protocol';

export type OtherValues = Readonly<Partial<Record<OtherKey, string>>>;

export interface Link {
  readonly settings: Settings;
  readonly device: DevicePreference;
  readonly other: OtherValues;
  /** Why the link was not followed; the defaults stand in. */
  readonly problems: readonly string[];
}

const DEVICES: readonly DevicePreference[] = ['auto', 'webgpu', 'wasm', 'cpu'];

export function readLink(hash: string): Link {
  const decoded = decodeHash(hash);
  if (!decoded.ok) return refused(decoded.problems);
  const { device = 'auto' } = decoded.other;
  const known = DEVICES.find((name) => name === device);
  if (!known) return refused([`device must be one of ${DEVICES.join(', ')}, but got "${device}"`]);
  const other: Partial<Record<OtherKey, string>> = {};
  for (const key of OTHER_KEYS) {
    const value = decoded.other[key];
    if (key !== 'device' && value !== undefined) other[key] = value;
  }
  return { settings: decoded.settings, device: known, other, problems: [] };
}

function refused(problems: readonly string[]): Link {
  return { settings: DEFAULT_SETTINGS, device: 'auto', other: {}, problems };
}

/** With the leading `#`. */
export function writeLink(settings: Settings, device: DevicePreference, other: OtherValues = {}): string {
  return `#${encodeSettings(settings, device === 'auto' ? other : { ...other, device })}`;
}
