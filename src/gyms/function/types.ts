/** The data of Function: what a task hides and what is to be replied. All of it is plain JSON. */
import type { Situation, Task } from '../types';
import type { Quad, Rule } from './arithmetic';

export interface FunctionHidden {
  readonly rule: Rule;
  readonly testCase: Quad;
  readonly expected: number;
}

export type FunctionTask = Task<FunctionHidden>;

const KINDS = [
  'result',
  'no-result',
  'refused',
  'test-case',
  'right',
  'wrong',
  'not-four-numbers',
  'not-the-test',
  'no-number',
  'not-heard',
] as const;

export interface FunctionSituation extends Situation {
  readonly kind: (typeof KINDS)[number];
  /** What was probed, or the test case; null where there is none. */
  readonly numbers: Quad | null;
  /** What the rule returned, or what was answered. */
  readonly value: number | null;
}

/** A reply is asked for situations of any gym; this tells whether one is of this gym. */
export function isFunctionSituation(situation: Situation): situation is FunctionSituation {
  return KINDS.some((kind) => kind === situation.kind) && 'numbers' in situation && 'value' in situation;
}
