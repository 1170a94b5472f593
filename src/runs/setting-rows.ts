/** What a row of the settings table holds, and how to write one briefly. */
import type { GymName } from '../gyms/options';

interface RowBase {
  readonly group: SettingGroup;
  readonly label: string;
  /** One line: what it is and what turning it does. */
  readonly help: string;
  /** The formula it takes part in, in KaTeX-flavoured TeX. */
  readonly formula?: string;
  /** Where it comes from. */
  readonly paper?: string;
  /** Changing it needs a new run; the others act from the next step on. */
  readonly restart: boolean;
  /** The gyms in which it matters, where that is not every gym. */
  readonly for?: readonly GymName[];
}

export interface NumberRow extends RowBase {
  readonly kind: 'number';
  readonly default: number;
  readonly min: number;
  readonly max: number;
  readonly step: number;
  readonly integer: boolean;
  /** Draw the slider on a logarithmic axis. */
  readonly log?: boolean;
}

export interface ChoiceRow<V extends string = string> extends RowBase {
  readonly kind: 'choice';
  readonly default: V;
  readonly options: readonly {
    readonly value: V;
    readonly label: string;
    readonly hint: string;
  }[];
}

export interface SwitchRow extends RowBase {
  readonly kind: 'switch';
  readonly default: boolean;
}

/** Reward terms, in the spelling of reward-terms.ts; a settings file may give them as a list, too. */
export interface TermsRow extends RowBase {
  readonly kind: 'terms';
  readonly default: string;
}

export type SettingRow = NumberRow | ChoiceRow | SwitchRow | TermsRow;

export const SETTING_GROUPS = {
  world: 'The world',
  gym: 'Rules of the gym',
  rollout: 'Rollouts',
  reward: 'Reward',
  credit: 'Credit',
  objective: 'Objective',
  optimiser: 'Optimiser',
  coldStart: 'Cold start',
  evaluation: 'Evaluation',
} as const;
export type SettingGroup = keyof typeof SETTING_GROUPS;

type Rest<R extends RowBase> = Omit<R, 'kind' | 'restart'> & { restart?: boolean };
export const real = (row: Omit<Rest<NumberRow>, 'integer'>): NumberRow => ({
  restart: false,
  ...row,
  kind: 'number',
  integer: false,
});
export const whole = (row: Omit<Rest<NumberRow>, 'integer' | 'step'>): NumberRow => ({
  restart: false,
  ...row,
  kind: 'number',
  integer: true,
  step: 1,
});
export const choice = <const V extends string>(row: Rest<ChoiceRow<V>>): ChoiceRow<V> => ({
  restart: false,
  ...row,
  kind: 'choice',
});
export const flag = (row: Rest<SwitchRow>): SwitchRow => ({ restart: false, ...row, kind: 'switch' });
export const terms = (row: Rest<TermsRow>): TermsRow => ({ restart: false, ...row, kind: 'terms' });
