/** Text to rows and columns: CSV (comma, semicolon or tab, as spreadsheets write and copy it) and JSON. */
import Papa from 'papaparse';
import type { JsonObject } from './json';
import { Problems, TableError } from './problems';

export interface Row {
  /** As a spreadsheet counts: the heading is row 1. In JSON the first entry is 1. */
  readonly number: number;
  /** One text a column; what is missing is empty. */
  readonly cells: readonly string[];
}

export interface Grid {
  readonly heading: readonly string[];
  readonly rows: readonly Row[];
}

/** Not the bar: it parts other names inside a cell. */
const DELIMITERS = [',', ';', '\t'];

export function csvGrid(text: string): Grid {
  // Nothing of a table is a number or a date to us, so nothing is converted.
  const { data, errors } = Papa.parse<string[]>(text, { delimitersToGuess: DELIMITERS });
  const problems = new Problems();
  for (const { type, row, message } of errors) {
    // A table of one column has no delimiter to be found.
    if (type !== 'Delimiter') problems.add(`row ${(row ?? 0) + 1}: ${message}; check the quotation marks`);
  }
  problems.check();
  const numbered = data.map((cells, i) => ({ number: i + 1, cells: cells.map((cell) => cell.trim()) }));
  const [first, ...rest] = numbered.filter(({ cells }) => cells.some((cell) => cell !== ''));
  if (!first) throw new TableError(['there is nothing in it; paste a table with a heading']);
  const heading = first.cells;
  const width = heading.findLastIndex((cell) => cell !== '') + 1;
  for (const { number, cells } of rest) {
    const extra = cells.slice(width).find((cell) => cell !== '');
    if (extra !== undefined)
      problems.add(
        `row ${number}: "${extra}" stands to the right of the last heading; give its column a heading, or put a cell that holds a comma into quotation marks`,
      );
  }
  problems.check();
  return {
    heading: heading.slice(0, width),
    rows: rest.map(({ number, cells }) => ({
      number,
      cells: Array.from({ length: width }, (_, i) => cells[i] ?? ''),
    })),
  };
}

/** A list of objects whose values are texts, numbers or truths is a table; the keys are its heading. */
export function recordsGrid(records: readonly JsonObject[]): Grid {
  const heading = [...new Set(records.flatMap((record) => Object.keys(record)))];
  const problems = new Problems();
  const rows = records.map((record, i) => ({
    number: i + 1,
    cells: heading.map((key) => {
      const value = Object.hasOwn(record, key) ? record[key] : undefined;
      if (value === undefined || value === null) return '';
      if (typeof value === 'string') return value.trim();
      if (typeof value === 'number' || typeof value === 'boolean') return String(value);
      if (Array.isArray(value) && value.every((one) => typeof one === 'string')) return value.join(' | ');
      problems.add(`entry ${i + 1}, "${key}": must be a text, a number, true or false`);
      return '';
    }),
  }));
  problems.check();
  return { heading, rows };
}
