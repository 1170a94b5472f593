/**
 * Checks settings that come from outside (a URL, a file, the command line) against the table in settings.ts.
 * Nothing is corrected in silence: whatever is unknown, of the wrong type or out of range is a problem in words.
 */
import * as v from 'valibot';
import { DEFAULT_SETTINGS, SETTINGS, SETTING_KEYS } from './settings';
import type { SettingKey, SettingRow, Settings } from './settings';

export type ParsedSettings =
  { readonly ok: true; readonly settings: Settings } | { readonly ok: false; readonly problems: string[] };

/** The checks of one row of the table. */
function rowSchema(key: SettingKey, row: SettingRow): v.GenericSchema<unknown, string | number | boolean> {
  const wrong = (expected: string) => (issue: v.BaseIssue<unknown>) =>
    `${key}: ${expected}, but got ${issue.received}`;
  switch (row.kind) {
    case 'number': {
      const range = wrong(`must be ${row.integer ? 'a whole number ' : ''}between ${row.min} and ${row.max}`);
      return v.pipe(
        v.number(wrong('must be a number')),
        v.minValue(row.min, range),
        v.maxValue(row.max, range),
        v.check((value) => !row.integer || Number.isInteger(value), range),
      );
    }
    case 'choice': {
      const values = row.options.map(({ value }) => value);
      return v.picklist(values, wrong(`must be one of ${values.join(', ')}`));
    }
    case 'switch':
      return v.boolean(wrong('must be true or false'));
  }
}

const SCHEMAS = new Map<string, ReturnType<typeof rowSchema>>(
  SETTING_KEYS.map((key) => [key, rowSchema(key, SETTINGS[key])]),
);

/** Settings given in part are completed from the defaults; given wrongly they are refused, with every reason. */
export function parseSettings(input: unknown): ParsedSettings {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) {
    return { ok: false, problems: ['settings must be an object of names and values'] };
  }
  const problems: string[] = [];
  for (const [key, value] of Object.entries(input)) {
    const schema = SCHEMAS.get(key);
    if (!schema) {
      problems.push(unknownName(key, SETTING_KEYS));
      continue;
    }
    const result = v.safeParse(schema, value, { abortEarly: true });
    if (!result.success) problems.push(...result.issues.map((issue) => issue.message));
  }
  if (problems.length > 0) return { ok: false, problems };
  // Every entry was checked against its row above, and a row is what the type of a setting is made from.
  return { ok: true, settings: Object.freeze({ ...DEFAULT_SETTINGS, ...input }) as Settings };
}

/** What a setting's text in a link or on the command line stands for; what cannot be read stays text, and is refused as such. */
export function readValue(key: SettingKey, text: string): string | number | boolean {
  switch (SETTINGS[key].kind) {
    case 'number':
      return /^-?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : text;
    case 'switch':
      return text === 'true' ? true : text === 'false' ? false : text;
    case 'choice':
      return text;
  }
}

/** `no setting is called "gropSize"; did you mean groupSize?` */
export function unknownName(name: string, known: readonly string[]): string {
  const nearest = nearestName(name, known);
  return `no setting is called "${name}"${nearest ? `; did you mean ${nearest}?` : ''}`;
}

/** The known name that takes the fewest edits, capitals aside. */
export function nearestName(name: string, known: readonly string[]): string | undefined {
  const distances = known.map((candidate) => editDistance(name.toLowerCase(), candidate.toLowerCase()));
  return known[distances.indexOf(Math.min(...distances))];
}

/** Levenshtein distance, one row of the table at a time. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, row[j]! + 1, next[j - 1]! + 1));
    }
    row = next;
  }
  return row[b.length]!;
}
