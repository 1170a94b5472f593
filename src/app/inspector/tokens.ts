/** How single tokens are shown: as words, and tinted by what the step did to them. */
import type { TokenInspection } from '../../runs/inspection';
import { chance } from '../format';
import { push } from './terms';

/** What somebody has chosen to look into: a turn of the attempt on show, or one token of it. */
export interface Picked {
  readonly turn: number;
  readonly token: number | null;
}

export interface ShownToken {
  readonly text: string;
  /** A sign of the tool protocol, `<action>` or `<end>`, rather than a word. */
  readonly sign: boolean;
  /** Stands right after the one before it, as a comma does. */
  readonly tight: boolean;
}

export function shownToken(text: string): ShownToken {
  const sign = /^<(\w+)>$/.exec(text)?.[1];
  return { text: sign ?? text, sign: sign !== undefined, tight: /^[.,?!:;]+$/.test(text) };
}

/** The largest push of any token, by which all are tinted; advantages turn by turn. */
export function strongestPush(
  turns: readonly (readonly TokenInspection[])[],
  advantages: readonly number[],
): number {
  let most = 0;
  turns.forEach((tokens, t) => {
    for (const token of tokens) most = Math.max(most, Math.abs(push(token, advantages[t] ?? 0)));
  });
  return most;
}

export interface Tint {
  /** 0 to 1. */
  readonly strength: number;
  readonly side: 'with' | 'against' | 'none';
}

/** Pushes below this share of the strongest are not drawn: they would be neither seen nor true to the last digit. */
const VISIBLE = 0.02;

export function tint(token: TokenInspection, advantage: number, most: number): Tint {
  const value = push(token, advantage);
  const strength = most > 0 ? Math.abs(value) / most : 0;
  if (strength < VISIBLE) return { strength: 0, side: 'none' };
  return { strength, side: value > 0 ? 'with' : 'against' };
}

const SIDES = {
  with: 'moved the way its advantage asks',
  against: 'moved against its advantage',
  none: 'hardly moved',
} as const;

/** The token for a screen reader. */
export function spokenToken(text: string, token: TokenInspection | undefined, side: Tint['side']): string {
  const { text: word } = shownToken(text);
  if (!token) return word;
  return `${word}, ${chance(Math.exp(token.old))} before, ${chance(Math.exp(token.now))} now, ${SIDES[side]}`;
}
