/**
 * The page's side of the shared link: reads the hash into settings and device, and writes it back. Keys
 * the page does not handle itself are kept, so that opening a link and copying it again loses nothing.
 */
import { decodeHash, encodeSettings, OTHER_KEYS, type OtherKey } from '../runs/url';
import { DEFAULT_SETTINGS, type Settings } from '../runs/settings';
import type { DevicePreference } from '../worker/protocol';
import { VIEW_NAMES, viewNamed, type ViewName } from './views';

export type OtherValues = Readonly<Partial<Record<OtherKey, string>>>;

export interface Link {
  readonly settings: Settings;
  readonly device: DevicePreference;
  readonly view: ViewName;
  readonly other: OtherValues;
  /** Why the link was not followed; the defaults stand in. */
  readonly problems: readonly string[];
}

const DEVICES: readonly DevicePreference[] = ['auto', 'webgpu', 'wasm', 'cpu'];

export function readLink(hash: string): Link {
  const decoded = decodeHash(hash);
  if (!decoded.ok) return refused(decoded.problems);
  const { device = 'auto', view: place = 'watch' } = decoded.other;
  const known = DEVICES.find((name) => name === device);
  if (!known) return refused([`device must be one of ${DEVICES.join(', ')}, but got "${device}"`]);
  const view = viewNamed(place);
  if (!view) return refused([`view must be one of ${VIEW_NAMES.join(', ')}, but got "${place}"`]);
  const other: Partial<Record<OtherKey, string>> = {};
  for (const key of OTHER_KEYS) {
    const value = decoded.other[key];
    if (key !== 'device' && key !== 'view' && value !== undefined) other[key] = value;
  }
  return { settings: decoded.settings, device: known, view, other, problems: [] };
}

function refused(problems: readonly string[]): Link {
  return { settings: DEFAULT_SETTINGS, device: 'auto', view: 'watch', other: {}, problems };
}

/** With the leading `#`. */
export function writeLink({ settings, device, view, other }: Omit<Link, 'problems'>): string {
  const shown = { ...(view !== 'watch' && { view }), ...other, ...(device !== 'auto' && { device }) };
  return `#${encodeSettings(settings, shown)}`;
}
