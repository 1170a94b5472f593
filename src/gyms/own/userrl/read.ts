/** Whether a JSON value is one of UserRL's data files, and of which gym; and its entries, checked. */
import * as v from 'valibot';
import { isObject, type JsonObject } from '../json';
import { Problems, TableError } from '../problems';
import { LIMITS, type UserRlTable } from '../table';
import { READERS, readerOf } from './registry';
import type { UserRlGym } from './names';

export interface ReadItems {
  readonly table: UserRlTable;
  readonly notes: readonly string[];
}

/** How many entries decide of which gym a file is. */
const LOOKED_AT = 20;
/** Most reasons that are told why entries were left out. */
const MOST_REASONS = 5;

/** Undefined where it is none of UserRL's files. Throws a `TableError` where it is and cannot be used. */
export function readUserRl(value: unknown, gym?: UserRlGym): ReadItems | undefined {
  const entries = entriesOf(value);
  const looked = entries.slice(0, LOOKED_AT);
  const reader = gym
    ? readerOf(gym)
    : READERS.find(({ recognises }) => looked.length > 0 && looked.every(([, entry]) => recognises(entry)));
  if (!reader) return undefined;
  if (entries.length > LIMITS.items)
    throw new TableError([`there are ${entries.length} entries; keep at most ${LIMITS.items}`]);

  const problems = new Problems();
  const reasons: string[] = [];
  const items: unknown[] = [];
  let rejected = 0;
  for (const [name, entry] of entries) {
    // UserRL itself loads only the stories that were judged good.
    if (reader.gym === 'turtle' && 'judgment' in entry && entry.judgment !== 'Yes') {
      rejected += 1;
      continue;
    }
    const result = v.safeParse(reader.schema, entry);
    // As it stands in the file, so that what was read can be written and read again.
    if (result.success) items.push(entry);
    else {
      const [issue] = result.issues;
      const path = v.getDotPath(issue);
      reasons.push(`entry ${name}: ${path ? `${path}: ` : ''}${issue.message}`);
    }
  }
  if (items.length === 0) {
    problems.add(`this looks like UserRL's data of ${reader.gym}, but no entry can be used`);
    for (const reason of reasons) problems.add(reason);
    problems.check();
  }
  const notes = [
    ...(rejected > 0 ? [`${rejected} entries are not judged "Yes" and are left out, as in UserRL.`] : []),
    ...(reasons.length > 0
      ? [
          `${reasons.length} of ${entries.length} entries cannot be used and are left out.`,
          ...reasons.slice(0, MOST_REASONS),
        ]
      : []),
  ];
  return { table: { kind: 'userrl', gym: reader.gym, items }, notes };
}

/** A list of entries, or an object of entries by their names, which become their ids. */
function entriesOf(value: unknown): (readonly [string, JsonObject])[] {
  if (Array.isArray(value))
    return value.every(isObject) ? value.map((entry, i) => [String(i + 1), entry] as const) : [];
  if (!isObject(value)) return [];
  const entries = Object.entries(value);
  return entries.every((entry): entry is [string, JsonObject] => isObject(entry[1]))
    ? entries.map(([id, entry]) => [id, 'id' in entry ? entry : { id, ...entry }] as const)
    : [];
}
