/**
 * What an evaluation measures, and how each measure is called and explained, in the page and in the terminal.
 * docs/evaluation.md has the formulas; training/metrics.ts computes them.
 */

export interface MeasureInfo {
  readonly label: string;
  /** One line: what it is and what to hope for. */
  readonly help: string;
  /** A share lies in [0, 1]; the others begin at 0 and end where the gym does. */
  readonly kind: 'share' | 'rewards' | 'turns';
}

export const MEASURES = {
  score: {
    label: 'Score',
    help: 'Sum of turn rewards, as a share of the most that the task allows. Higher is better.',
    kind: 'share',
  },
  userrl_score: {
    label: 'UserRL score',
    help: 'As UserRL computes it: the sum of turn rewards; in Travel the best answer for every aspect. Higher is better.',
    kind: 'rewards',
  },
  success: {
    label: 'Success',
    help: 'Conversations that reached their goal. Higher is better.',
    kind: 'share',
  },
  effective_turns: {
    label: 'Effective turns',
    help: 'Turns until the last one that earned something, the first turn being turn 1; 0 where none did.',
    kind: 'turns',
  },
  time_weighted: {
    label: 'Time-weighted, from 0',
    help: 'Turn rewards, each divided by t + 1 with turns counted from 0: the first counts in full. Higher is better.',
    kind: 'rewards',
  },
  time_weighted_from_1: {
    label: 'Time-weighted, from 1',
    help: 'Turn rewards, each divided by t + 1 with turns counted from 1: the first counts by half. Higher is better.',
    kind: 'rewards',
  },
  validity: {
    label: 'Format validity',
    help: 'Turns that were well-formed tool calls. It should be near 100 %.',
    kind: 'share',
  },
  turns: {
    label: 'Turns',
    help: 'Turns taken, whether they earned anything or not.',
    kind: 'turns',
  },
} as const satisfies Record<string, MeasureInfo>;

export type Measure = keyof typeof MEASURES;
export const MEASURE_NAMES = Object.keys(MEASURES) as Measure[];

/** Who plays the test tasks, from the one who knows nothing to the one who knows all. */
export const PLAYERS = {
  random: 'Random',
  sft: 'SFT-only',
  trained: 'Trained',
  oracle: 'Oracle',
} as const;
export type PlayerName = keyof typeof PLAYERS;
export const PLAYER_NAMES = Object.keys(PLAYERS) as PlayerName[];

/** By what an average over gyms weighs them. */
export const WEIGHTINGS = {
  tasks: 'Average by tasks played',
  paper: "Average by the paper's items",
} as const;
export type Weighting = keyof typeof WEIGHTINGS;
