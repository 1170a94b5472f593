/**
 * Checks settings that come from outside (a URL, a file, the command line) against the table in settings.ts.
 * Nothing is corrected in silence: whatever is unknown, of the wrong type or out of range is a problem in words.
 */
import * as v from 'valibot';
import { nearestName } from './nearest';
import { parseRewardTerms, rewardTermsText } from './reward-terms';
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
    case 'terms':
      return v.pipe(
        v.unknown(),
        v.rawTransform(({ dataset, addIssue, NEVER }) => {
          const parsed = parseRewardTerms(dataset.value);
          if (parsed.ok) return rewardTermsText(parsed.terms);
          for (const problem of parsed.problems) addIssue({ message: `${key}: ${problem}` });
          return NEVER;
        }),
      );
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
  const given: Record<string, string | number | boolean> = {};
  for (const [key, value] of Object.entries(input)) {
    const schema = SCHEMAS.get(key);
    if (!schema) {
      problems.push(unknownName(key, SETTING_KEYS));
      continue;
    }
    const result = v.safeParse(schema, value, { abortEarly: true });
    if (result.success) given[key] = result.output;
    else problems.push(...result.issues.map((issue) => issue.message));
  }
  if (problems.length > 0) return { ok: false, problems };
  // Every entry was checked against its row above, and a row is what the type of a setting is made from.
  return { ok: true, settings: Object.freeze({ ...DEFAULT_SETTINGS, ...given }) as Settings };
}

/** What a setting's text in a link or on the command line stands for; what cannot be read stays text, and is refused as such. */
export function readValue(key: SettingKey, text: string): string | number | boolean {
  switch (SETTINGS[key].kind) {
    case 'number':
      return /^-?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : text;
    case 'switch':
      return text === 'true' ? true : text === 'false' ? false : text;
    case 'choice':
    case 'terms':
      return text;
  }
}

/** `no setting is called "gropSize"; did you mean groupSize?` */
export function unknownName(name: string, known: readonly string[]): string {
  const nearest = nearestName(name, known);
  return `no setting is called "${name}"${nearest ? `; did you mean ${nearest}?` : ''}`;
}
