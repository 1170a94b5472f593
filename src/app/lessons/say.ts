/** Turns of phrase that several lessons need. Everything in them comes from numbers that are handed in. */
import { fixed, inWords, percent } from '../format';
import type { ArmResult } from './lesson';
import { apart, lately, WINDOW } from './measure';

export const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** "all eight", "both". */
export const allOf = (count: number): string => (count === 2 ? 'both' : `all ${inWords(count)}`);

/** "one of the eight conversations" has no plural s, "two" has. */
export const counted = (count: number, one: string, many = `${one}s`): string =>
  `${inWords(count)} ${count === 1 ? one : many}`;

/** "4 points", of a share. */
export function points(share: number): string {
  const size = Math.abs(share) * 100;
  const text = fixed(size, size < 1 ? 1 : 0);
  return `${text} ${text === '1' ? 'point' : 'points'}`;
}

/** "over the last five steps" */
export function overTheLast({ steps }: ArmResult): string {
  const counted = Math.min(WINDOW, steps.length);
  return counted === 1 ? 'in its only step' : `over the last ${inWords(counted)} steps`;
}

/** "Sum 71 %, mean 44 %" */
export const listed = (arms: readonly ArmResult[], text: (arm: ArmResult) => string): string =>
  arms.map((arm) => `${arm.label} ${text(arm)}`).join(', ');

export const scores = (arms: readonly ArmResult[]): string =>
  listed(arms, (arm) => percent(lately(arm, 'score').mean));

/** What to make of the scores of two runs; `who` they are, where more than two stand there. */
export function sureness(a: ArmResult, b: ArmResult, who = 'them'): string {
  const { value, ahead } = apart(a, b, 'score');
  if (Math.abs(value) < 5e-4) return `Between ${who} there is no difference at all.`;
  return ahead === 'level'
    ? `The ${points(value)} between ${who} change so much from step to step that these runs do not tell the two apart.`
    : `The ${points(value)} between ${who} are more than changes from step to step.`;
}

/** Said wherever a lesson trains: how little one seed proves. */
export const ONE_SEED = 'This is one seed. Another may come out differently: run it again.';

/** A run whose numbers left the range of numbers says little; what there is of it is still shown. */
export function divergence(arms: readonly ArmResult[]): string[] {
  return arms.flatMap(({ label, diverged, steps }) =>
    diverged === null
      ? []
      : [
          `The run “${label}” diverged after ${counted(steps.length, 'step')}: its numbers left the range of numbers. What is said of it stands on the steps before.`,
        ],
  );
}

/** Nothing can be compared where a run broke off before its first step. */
export const nothing = (arms: readonly ArmResult[]): boolean => arms.some(({ steps }) => steps.length === 0);
