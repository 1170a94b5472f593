/** A comparison of players for other programs: one line of a table for every number, and the record itself. */
import { csv, type Cell } from '../../runs/export/csv';
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

export function tableCsv({ step, rows, averages }: EvaluationTable): string {
  const lines = (row: EvaluationRow | AverageRow): Cell[][] =>
    MEASURE_NAMES.map((name) => {
      const { mean, ci95, n } = row.measures[name];
      const [gym, weights] = 'gym' in row ? [row.gym, ''] : ['', row.weights];
      const [low, high] = ci95 ?? [];
      return [step, row.user, gym, weights, row.player, row.tasks, name, mean, low, high, n];
    });
  return csv([HEADER, ...[...rows, ...averages].flatMap(lines)]);
}

export const tableJson = (table: EvaluationTable): string => `${JSON.stringify(table, null, 2)}\n`;
