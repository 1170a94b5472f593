/**
 * Settings as the part of a URL after `#`: `v=1&groupSize=16&turnMethod=r2g`. Only what differs from the defaults
 * is written, so links stay short and readable. A link holds data, never code and never a secret.
 */
import { nearestName } from './nearest';
import { DEFAULT_SETTINGS, SETTINGS, SETTING_KEYS } from './settings';
import type { SettingKey, Settings } from './settings';
import { parseSettings, readValue } from './validate';

/** Raised when the meaning of a key or of a default changes, so that an old link is never read wrongly. */
export const URL_VERSION = 1;

/** Keys that are no settings but may stand in a link. */
export const OTHER_KEYS = ['view', 'lesson', 'hide', 'embed', 'device', 'autoplay', 'own'] as const;
export type OtherKey = (typeof OTHER_KEYS)[number];

export type DecodedHash =
  | { readonly ok: true; readonly settings: Settings; readonly other: Record<string, string> }
  | { readonly ok: false; readonly problems: string[] };

const isSetting = (key: string): key is SettingKey => Object.hasOwn(SETTINGS, key);
const isOther = (key: string): key is OtherKey => OTHER_KEYS.some((known) => known === key);

/** Without the leading `#`. */
export function encodeSettings(
  settings: Settings,
  other: Readonly<Partial<Record<OtherKey, string>>> = {},
): string {
  const pairs = new URLSearchParams({ v: String(URL_VERSION) });
  for (const key of SETTING_KEYS) {
    if (settings[key] !== DEFAULT_SETTINGS[key]) pairs.append(key, String(settings[key]));
  }
  for (const [key, value] of Object.entries(other)) if (value !== undefined) pairs.append(key, value);
  return pairs.toString();
}

/** Reads a hash, with or without `#`. An empty one means the defaults. */
export function decodeHash(hash: string): DecodedHash {
  const pairs = [...new URLSearchParams(hash.replace(/^#/, ''))];
  const problems = versionProblems(pairs);
  if (problems.length > 0) return { ok: false, problems };

  const values: [string, unknown][] = [];
  const other: Record<string, string> = {};
  const seen = new Set<string>();
  for (const [key, text] of pairs) {
    if (seen.has(key)) problems.push(`${key} is given twice`);
    seen.add(key);
    if (isSetting(key)) values.push([key, readValue(key, text)]);
    else if (isOther(key)) other[key] = text;
    else if (key !== 'v') {
      const nearest = nearestName(key, [...SETTING_KEYS, ...OTHER_KEYS]);
      problems.push(`the link has an unknown key "${key}"${nearest ? `; did you mean ${nearest}?` : ''}`);
    }
  }
  const parsed = parseSettings(Object.fromEntries(values));
  if (!parsed.ok) problems.push(...parsed.problems);
  return parsed.ok && problems.length === 0
    ? { ok: true, settings: parsed.settings, other }
    : { ok: false, problems };
}

/** Settings mean something only together with the version they were written for; other keys stand alone. */
function versionProblems(pairs: readonly (readonly [string, string])[]): string[] {
  const versions = pairs.flatMap(([key, text]) => (key === 'v' ? [text] : []));
  const [version] = versions;
  if (version === undefined) {
    const needsOne = pairs.some(([key]) => isSetting(key));
    return needsOne ? [`the link gives settings but no version; it should begin with v=${URL_VERSION}`] : [];
  }
  if (!/^\d+$/.test(version) || Number(version) < 1)
    return [`the link has the version "${version}", which is no version number`];
  if (Number(version) > URL_VERSION) {
    return [
      `the link was made by a newer version of Turnwise (v=${version}); this one reads links up to v=${URL_VERSION}`,
    ];
  }
  return [];
}
