/** A comparison of players as the table shows it: one measure, a line a gym, a column a player. */
import { MEASURES, PLAYER_NAMES, type Measure, type PlayerName } from '../../runs/measures';
import type { AverageRow, Estimate, EvaluationRow, EvaluationTable } from '../../runs/record';
import { SETTINGS } from '../../runs/settings';
import type { UserStrength } from '../../worker/protocol';
import { fixed, percent } from '../format';
import { gymLabel } from '../gym-label';

export interface Line {
  readonly key: string;
  readonly label: string;
  /** Stands below the label, smaller. */
  readonly note: string;
  readonly average: boolean;
  readonly cells: Readonly<Partial<Record<PlayerName, Estimate>>>;
}

export interface UserLines {
  readonly user: UserStrength;
  readonly label: string;
  readonly lines: readonly Line[];
}

export interface TableView {
  readonly players: readonly PlayerName[];
  readonly users: readonly UserLines[];
  /** Where the axis of the marks ends; it begins at 0. */
  readonly most: number;
}

export const userLabel = (user: UserStrength): string =>
  SETTINGS.userStrength.options.find(({ value }) => value === user)?.label ?? user;

const AVERAGE_NOTES = { tasks: 'by tasks played', paper: "by the paper's items" } as const;

export function tableView({ rows, averages }: EvaluationTable, measure: Measure): TableView {
  const everything = [...rows, ...averages];
  const cellsOf = (some: readonly (EvaluationRow | AverageRow)[]): Line['cells'] =>
    Object.fromEntries(some.map(({ player, measures }) => [player, measures[measure]]));
  const users = distinct(rows.map(({ user }) => user)).map((user): UserLines => {
    const own = rows.filter((row) => row.user === user);
    const means = averages.filter((row) => row.user === user);
    const gyms = distinct(own.map(({ gym }) => gym)).map((gym): Line => {
      const some = own.filter((row) => row.gym === gym);
      const note = `${some[0]?.tasks ?? 0} tasks`;
      return { key: gym, label: gymLabel(gym), note, average: false, cells: cellsOf(some) };
    });
    const weighted = distinct(means.map(({ weights }) => weights)).map((weights): Line => {
      const some = means.filter((row) => row.weights === weights);
      const note = AVERAGE_NOTES[weights];
      return { key: `average ${weights}`, label: 'Average', note, average: true, cells: cellsOf(some) };
    });
    return { user, label: userLabel(user), lines: [...gyms, ...weighted] };
  });
  const ends = everything.map(
    ({
      measures: {
        [measure]: { mean, ci95 },
      },
    }) => ci95?.[1] ?? mean,
  );
  return {
    players: PLAYER_NAMES.filter((name) => rows.some(({ player }) => player === name)),
    users,
    most: MEASURES[measure].kind === 'share' ? 1 : Math.max(...ends, Number.MIN_VALUE),
  };
}

const distinct = <T>(values: readonly T[]): T[] => [...new Set(values)];

/** A mean as the table writes it. */
export const meanText = (measure: Measure, mean: number): string =>
  MEASURES[measure].kind === 'share' ? percent(mean) : fixed(mean);

/** The interval without its unit, which stands above it: "47–55". */
export function intervalText(measure: Measure, { ci95 }: Estimate): string {
  if (!ci95) return '';
  const share = MEASURES[measure].kind === 'share';
  return ci95.map((limit) => (share ? fixed(limit * 100, 0) : fixed(limit))).join('\u2013');
}
