/** A comparison of players for other programs: one line of a table for every number, and the record itself. */
import { MEASURE_NAMES } from '../../runs/measures';
import type { AverageRow, EvaluationRow, EvaluationTable } from '../../runs/record';

const HEADER = [
  'step',
  'user',
  'gym',
  'average_weights',
  'player',
  'tasks',
  'measure',
  'mean',
  'ci95_low',
  'ci95_high',
  'n',
];

/** CSV after RFC 4180. */
export function tableCsv({ step, rows, averages }: EvaluationTable): string {
  const lines = (row: EvaluationRow | AverageRow): (string | number)[][] =>
    MEASURE_NAMES.map((name) => {
      const { mean, ci95, n } = row.measures[name];
      const [gym, weights] = 'gym' in row ? [row.gym, ''] : ['', row.weights];
      const [low, high] = ci95 ?? ['', ''];
      return [step, row.user, gym, weights, row.player, row.tasks, name, mean, low, high, n];
    });
  return [HEADER, ...[...rows, ...averages].flatMap(lines)]
    .map((cells) => `${cells.map((cell) => quoted(String(cell))).join(',')}\r\n`)
    .join('');
}

const quoted = (cell: string): string => (/[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell);

export const tableJson = (table: EvaluationTable): string => `${JSON.stringify(table, null, 2)}\n`;

/** Hands a file to the person at the page. */
export function download(name: string, type: string, content: string): void {
  const address = URL.createObjectURL(new Blob([content], { type }));
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
  // The click only starts the download; the address must live until the browser has read it.
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}
