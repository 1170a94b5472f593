/**
 * The page's side of the shared link: reads the hash into settings and device, and writes it back. Keys
 * the page does not handle itself are kept, so that opening a link and copying it again loses nothing.
 */
import { decodeHash, encodeSettings, OTHER_KEYS, type OtherKey } from '../runs/url';
import { OWN } from '../gyms/options';
import type { OwnTable } from '../gyms/own/table';
import { DEFAULT_SETTINGS, SETTING_KEYS, type Settings } from '../runs/settings';
import { decodeTable, encodeTable } from '../runs/table';
import type { DevicePreference } from '../worker/protocol';
import { LESSON_NAMES, lessonNamed } from './lessons/names';
import { partProblems } from './parts';
import { VIEW_NAMES, viewNamed, type ViewName } from './views';

export type OtherValues = Readonly<Partial<Record<OtherKey, string>>>;

export interface Link {
  readonly settings: Settings;
  readonly device: DevicePreference;
  readonly view: ViewName;
  /** What the gym is made from, where the settings ask for one of somebody's own. */
  readonly table: OwnTable | null;
  readonly other: OtherValues;
  /** It names settings, if only by trying: whoever follows it wants to train, not to see what was recorded. */
  readonly asksToTrain: boolean;
  /** Why the link was not followed; the defaults stand in. */
  readonly problems: readonly string[];
}

const NO_TABLE =
  'the link asks for a gym of somebody\'s own, but its table is not in the link (it was too large); get the table itself and choose "Your own" in the settings';

const DEVICES: readonly DevicePreference[] = ['auto', 'webgpu', 'wasm', 'cpu'];

export function readLink(hash: string): Link {
  const keys = new URLSearchParams(hash.replace(/^#/, '')).keys();
  const asksToTrain = [...keys].some(
    (key) => key === 'autoplay' || SETTING_KEYS.some((known) => known === key),
  );
  const decoded = decodeHash(hash);
  if (!decoded.ok) return refused(decoded.problems);
  const { device = 'auto', view: place = 'watch' } = decoded.other;
  const known = DEVICES.find((name) => name === device);
  if (!known) return refused([`device must be one of ${DEVICES.join(', ')}, but got "${device}"`]);
  const view = viewNamed(place);
  if (!view) return refused([`view must be one of ${VIEW_NAMES.join(', ')}, but got "${place}"`]);
  const { lesson } = decoded.other;
  if (lesson !== undefined && !lessonNamed(lesson))
    return refused([`lesson must be one of ${LESSON_NAMES.join(', ')}, but got "${lesson}"`]);
  const parts = partProblems(decoded.other);
  if (parts.length > 0) return refused(parts);
  const other: Partial<Record<OtherKey, string>> = {};
  for (const key of OTHER_KEYS) {
    const value = decoded.other[key];
    if (key !== 'device' && key !== 'view' && key !== OWN && value !== undefined) other[key] = value;
  }
  const { settings } = decoded;
  const link = { settings, device: known, view, table: null, other, asksToTrain, problems: [] };
  const { own } = decoded.other;
  if (own === undefined) return settings.gym === OWN ? refused([NO_TABLE]) : link;
  const table = decodeTable(own);
  return table.ok ? { ...link, table: table.table } : refused(table.problems);
}

function refused(problems: readonly string[]): Link {
  return {
    settings: DEFAULT_SETTINGS,
    device: 'auto',
    view: 'watch',
    table: null,
    other: {},
    asksToTrain: true,
    problems,
  };
}

/** With the leading `#`. */
export function writeLink({
  settings,
  device,
  view,
  table,
  other,
}: Omit<Link, 'problems' | 'asksToTrain'>): string {
  const own = settings.gym === OWN && table ? encodeTable(table) : undefined;
  const shown = {
    ...(view !== 'watch' && { view }),
    ...other,
    ...(device !== 'auto' && { device }),
    ...(own !== undefined && { own }),
  };
  return `#${encodeSettings(settings, shown)}`;
}
