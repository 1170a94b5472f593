/**
 * Pasted or dropped text to a gym: tells which kind of table it is and reads it. Whatever is wrong is said in words,
 * and never thrown: what was pasted stays with whoever pasted it.
 */
import * as v from 'valibot';
import { problemsOfTable } from './check';
import { csvGrid, recordsGrid, type Grid } from './grid';
import { isObject, type JsonObject } from './json';
import { TableError } from './problems';
import { isLong, readLong, readWide } from './read-tasks';
import { cellLetter, readThings } from './read-things';
import { ownSchema, type OwnTable } from './table';
import { readUserRl } from './userrl/read';

export type ParsedTable =
  | { readonly ok: true; readonly table: OwnTable; readonly notes: readonly string[] }
  | { readonly ok: false; readonly problems: readonly string[] };

/** Longest text that is looked at, in characters; the largest of UserRL's files are well below it. */
const LONGEST_TEXT = 40_000_000;
/** Headings that say what the rows are. */
const TASK_HEADINGS = ['task', 'wish', 'request', 'goal'];
const THING_HEADINGS = ['thing', 'animal', 'fruit', 'person', 'object', 'item'];
/** What a question about a thing begins with. */
const ASKING = /^(it )?(can|is|are|does|do|has|have)\b/i;
/** Where the heading leaves it open: so many cells must say yes, no or maybe. */
const TRUTH_SHARE = 0.8;

export function parseOwn(text: string): ParsedTable {
  try {
    if (text.length > LONGEST_TEXT)
      throw new TableError([`the text is too long (${Math.round(text.length / 1e6)} million characters)`]);
    const bare = text.replace(/^\ufeff/, '').trim();
    if (bare === '') throw new TableError(['there is nothing in it; paste a table with a heading']);
    return { ok: true, ...(/^[[{]/.test(bare) ? readJson(bare) : { ...readGrid(csvGrid(bare)) }) };
  } catch (error) {
    if (error instanceof TableError) return { ok: false, problems: error.problems };
    throw error;
  }
}

/** A table that was written by this program: from a link or from a file that was saved. */
export function parseTable(value: unknown): ParsedTable {
  const result = v.safeParse(ownSchema, value);
  if (!result.success) {
    const problems = result.issues.map((issue) => {
      const path = v.getDotPath(issue);
      return path ? `${path}: ${issue.message}` : issue.message;
    });
    return { ok: false, problems: problems.slice(0, 12) };
  }
  const problems = problemsOfTable(result.output);
  return problems.length > 0 ? { ok: false, problems } : { ok: true, table: result.output, notes: [] };
}

interface Read {
  readonly table: OwnTable;
  readonly notes: readonly string[];
}

function readGrid(grid: Grid): Read {
  if (isLong(grid)) return { table: readLong(grid), notes: [] };
  return aboutThings(grid) ? readThings(grid) : { table: readWide(grid), notes: [] };
}

function aboutThings({ heading, rows }: Grid): boolean {
  const corner = (heading[0] ?? '').toLowerCase();
  if (TASK_HEADINGS.includes(corner)) return false;
  if (THING_HEADINGS.includes(corner)) return true;
  if (heading.length > 1 && heading.slice(1).every((column) => ASKING.test(column))) return true;
  const cells = rows.flatMap(({ cells }) => cells.slice(1)).filter((cell) => cell !== '');
  const truths = cells.filter((cell) => cellLetter(cell) !== undefined);
  return truths.length >= TRUTH_SHARE * cells.length;
}

function readJson(text: string): Read {
  const value = jsonOf(text);
  const userRl = readUserRl(value);
  if (userRl) return userRl;
  if (isObject(value) && typeof value.kind === 'string') {
    const parsed = parseTable(value);
    if (!parsed.ok) throw new TableError(parsed.problems);
    return parsed;
  }
  return readGrid(gridOf(value));
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const lines = text.split(/\r?\n/).filter((line) => line.trim() !== '');
    // One object a line, as many data sets come.
    if (lines.length > 1 && lines.every((line) => line.trim().startsWith('{'))) {
      try {
        return lines.map((line): unknown => JSON.parse(line));
      } catch {
        // What is wrong with the whole is said below.
      }
    }
    const why = error instanceof Error ? error.message : String(error);
    throw new TableError([`it begins like JSON but is not: ${why}`]);
  }
}

/** `[{"fruit": "apple", "is red": true}]`, `{"apple": {"is red": true}}`, or tasks with a list of details. */
function gridOf(value: unknown): Grid {
  if (isObject(value)) {
    const entries = Object.entries(value);
    if (entries.length > 0 && entries.every((entry): entry is [string, JsonObject] => isObject(entry[1])))
      return recordsGrid(entries.map(([name, record]) => ({ thing: name, ...record })));
    throw new TableError([
      'the JSON object is no table; write a list of objects, one for each thing or task',
    ]);
  }
  if (!Array.isArray(value) || !value.every(isObject) || value.length === 0)
    throw new TableError(['the JSON list must hold objects, one for each thing or task']);
  return value.every(({ details }) => Array.isArray(details)) ? detailsGrid(value) : recordsGrid(value);
}

/** `[{"task": "plan a party", "details": [{"detail": "budget", "value": "ten euros"}]}]` as one row a detail. */
function detailsGrid(tasks: readonly JsonObject[]): Grid {
  return recordsGrid(
    tasks.flatMap(({ task, details }, i) => {
      const rows = details as readonly unknown[];
      if (!rows.every(isObject))
        throw new TableError([`entry ${i + 1}: "details" must be a list of objects`]);
      return rows.map((row) => ({ task, ...row }));
    }),
  );
}
