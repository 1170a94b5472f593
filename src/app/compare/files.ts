/** Runs out of the page and into it. */
import { longCsv, readRunsJson, runsJson, wideCsv } from '../../runs/export/runs';
import type { StoredEntry, StoredRun } from '../../runs/stored-run';
import { csvFile, download, jsonFile } from '../download';
import type { Library } from '../library';

export const FORMATS = {
  long: { label: 'CSV, long', hint: 'One number a line: run, seed, step, metric, value.' },
  wide: { label: 'CSV, wide', hint: 'One step a line, a column for every metric.' },
  json: { label: 'JSON', hint: 'Everything there is, to be read in again here or elsewhere.' },
} as const;
export type Format = keyof typeof FORMATS;

export function save(entries: readonly StoredEntry[], format: Format): void {
  const runs = entries.flatMap((entry): StoredRun[] => (entry.ok ? [entry.run] : []));
  if (format === 'long') download('turnwise-runs-long.csv', csvFile(longCsv(runs)));
  else if (format === 'wide') download('turnwise-runs-wide.csv', csvFile(wideCsv(runs)));
  else download('turnwise-runs.json', jsonFile(runsJson(entries)));
}

/** Reads files into the library; gives back what came of it, a sentence each. */
export async function readFiles(files: readonly File[], library: Library): Promise<string[]> {
  const said: string[] = [];
  for (const file of files) {
    const read = readRunsJson(await file.text());
    if (!read.ok) {
      said.push(`${file.name} was not read: ${read.problem}.`);
      continue;
    }
    const { added, known } = library.add(read.entries.flatMap((entry) => (entry.ok ? [entry.run] : [])));
    const here = known > 0 ? `, ${known} ${known === 1 ? 'was' : 'were'} here already` : '';
    said.push(`${file.name}: ${added} ${added === 1 ? 'run' : 'runs'} added${here}.`);
    for (const entry of read.entries)
      if (!entry.ok) said.push(`${file.name}: the run "${entry.id}" cannot be read: ${entry.problem}.`);
  }
  return said;
}
