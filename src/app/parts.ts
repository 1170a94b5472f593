/**
 * What of the page can be left out by a link, so that a teacher shows only what a class needs: `hide=settings,curves`.
 * `embed=1` leaves out the frame, for a page within another one.
 */
import { nearestName } from '../runs/nearest';

export const PARTS = [
  'header',
  'nav',
  'footer',
  'reward',
  'controls',
  'conversations',
  'curves',
  'settings',
] as const;
export type Part = (typeof PARTS)[number];

const FRAME: readonly Part[] = ['header', 'nav', 'footer'];

/** The keys of a link that decide it, as they are written there. */
export interface PartKeys {
  readonly hide?: string | undefined;
  readonly embed?: string | undefined;
}

const namesIn = (hide = ''): string[] =>
  hide
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');

const partNamed = (name: string): Part | undefined => PARTS.find((part) => part === name);

/** Names that nothing goes by are left to `partProblems`. */
export function hiddenParts({ hide, embed }: PartKeys): ReadonlySet<Part> {
  const named = namesIn(hide).flatMap((name) => partNamed(name) ?? []);
  return new Set([...named, ...(embed === '1' ? FRAME : [])]);
}

/** What cannot be understood of it, in words. */
export function partProblems({ hide, embed }: PartKeys): string[] {
  const problems = namesIn(hide).flatMap((name) => {
    if (partNamed(name)) return [];
    const nearest = nearestName(name, PARTS) ?? '';
    return [`hide names "${name}", which is no part of the page; did you mean ${nearest}?`];
  });
  if (embed !== undefined && embed !== '0' && embed !== '1')
    problems.push(`embed must be 1 or 0, but got "${embed}"`);
  return problems;
}
