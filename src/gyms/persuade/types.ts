/** The data of Persuade: what a task hides and what a user has to react to. All of it is plain JSON. */
import type { Situation, Task } from '../types';
import type { PersonaName, Stance, ValueName } from './world';

/** A value and how many levels an argument for it moves its owner. */
export interface Mover {
  readonly value: ValueName;
  readonly levels: number;
}

export interface PersuadeHidden {
  readonly persona: PersonaName;
  readonly claim: string;
  /** Strongest first. Their levels sum to 6: the way from one end to the other. */
  readonly movers: readonly Mover[];
  /** Arguments that move the user back. */
  readonly hated: readonly ValueName[];
  /** Said in the opening. */
  readonly told: readonly ValueName[];
}

export type PersuadeTask = Task<PersuadeHidden>;

const KINDS = [
  'moved',
  'unmoved',
  'annoyed',
  'heard-before',
  'supported',
  'tells',
  'confirms',
  'no-argument',
  'not-heard',
] as const;

export interface PersuadeSituation extends Situation {
  readonly kind: (typeof KINDS)[number];
  /** What was argued, asked about, or is told; null where there is none. */
  readonly value: ValueName | null;
  /** What arguing for it does: levels moved, 0 for nothing, below 0 for annoyance. */
  readonly levels: number;
  /** The stance after this turn. */
  readonly stance: Stance;
}

/** A user is handed situations of any gym; this tells whether one is of this gym. */
export function isPersuadeSituation(situation: Situation): situation is PersuadeSituation {
  return KINDS.some((kind) => kind === situation.kind) && 'stance' in situation && 'levels' in situation;
}
