/** What other rules change about a group, and how it is said. */
import type { ScoredGroup } from './rescore';

/** How a number is seen on the page: one that is written 0.00 pushes nobody. */
export type Side = 'up' | 'down' | 'none';
export const sideOf = (advantage: number): Side =>
  Math.abs(advantage) < 0.005 ? 'none' : advantage > 0 ? 'up' : 'down';

export interface RolloutChange {
  readonly index: number;
  /** From 1; equals share a rank. */
  readonly rank: readonly [before: number, after: number];
  readonly score: readonly [before: number, after: number];
  /** The group-normalised score F. */
  readonly push: readonly [before: number, after: number];
  /** Which way the rollout as a whole is pushed: the way its turns are on average, token by token. */
  readonly side: readonly [before: Side, after: Side];
  /** Turns that are pushed up where they were pushed down, or the other way round. */
  readonly flips: readonly number[];
}

export interface Comparison {
  readonly rollouts: readonly RolloutChange[];
  /** Rollouts that rank differently. */
  readonly moves: number;
  readonly flips: number;
  /** Largest change of an advantage of a turn. */
  readonly largest: number;
  /** One or two sentences. */
  readonly summary: string;
}

export function compare(before: ScoredGroup, after: ScoredGroup): Comparison {
  const rollouts = before.scores.map((score, index): RolloutChange => {
    const turns = before.advantages[index] ?? [];
    const later = after.advantages[index] ?? [];
    return {
      index,
      rank: [before.ranks[index] ?? 0, after.ranks[index] ?? 0],
      score: [score, after.scores[index] ?? 0],
      push: [before.normalised[index] ?? 0, after.normalised[index] ?? 0],
      side: [pushed(before, index), pushed(after, index)],
      flips: turns.flatMap((advantage, t) => (isFlip(advantage, later[t] ?? 0) ? [t] : [])),
    };
  });
  const moves = rollouts.filter(({ rank: [a, b] }) => a !== b).length;
  const flips = rollouts.reduce((sum, one) => sum + one.flips.length, 0);
  const largest = Math.max(
    0,
    ...before.advantages.flatMap((row, i) =>
      row.map((advantage, t) => Math.abs((after.advantages[i]?.[t] ?? 0) - advantage)),
    ),
  );
  return { rollouts, moves, flips, largest, summary: summarise(rollouts, moves, flips, largest) };
}

const isFlip = (a: number, b: number): boolean =>
  (sideOf(a) === 'up' && sideOf(b) === 'down') || (sideOf(a) === 'down' && sideOf(b) === 'up');

/** Token by token, on average. That is the sign of F wherever a turn has credit, save under the printed formula. */
function pushed({ advantages, tokens }: ScoredGroup, index: number): Side {
  const row = advantages[index] ?? [];
  const counts = tokens[index] ?? [];
  const all = counts.reduce((sum, n) => sum + n, 0);
  return sideOf(row.reduce((sum, advantage, t) => sum + advantage * (counts[t] ?? 0), 0) / Math.max(1, all));
}

const NOW: Readonly<Record<Side, string>> = {
  up: 'now pushed up',
  down: 'now pushed down',
  none: 'no longer pushed',
};
/** More than these are counted rather than named. */
const MOST_NAMED = 3;

function summarise(
  rollouts: readonly RolloutChange[],
  moves: number,
  flips: number,
  largest: number,
): string {
  const turned = (['up', 'down', 'none'] as const).flatMap((side) => {
    const some = rollouts.filter(({ side: [a, b] }) => a !== b && b === side);
    return some.length === 0 ? [] : [`${named(some)} ${some.length === 1 ? 'is' : 'are'} ${NOW[side]}`];
  });
  if (moves === 0 && turned.length === 0 && flips === 0) {
    return largest < 0.005
      ? 'Nothing changes in this group: same ranking, same advantages.'
      : `The ranking stays, and so does which way each rollout is pushed; only how hard changes, by up to ${largest.toFixed(2)} in a turn.`;
  }
  const first =
    moves === 0
      ? 'The ranking stays'
      : `${moves} of ${rollouts.length} rollouts ${moves === 1 ? 'changes' : 'change'} place`;
  const sentence = [first, ...turned].join('; ');
  const turns = flips === 0 ? '' : ` ${flips} ${flips === 1 ? 'turn is' : 'turns are'} pushed the other way.`;
  return `${sentence}.${turns}`;
}

function named(some: readonly RolloutChange[]): string {
  if (some.length > MOST_NAMED) return `${some.length} rollouts`;
  const numbers = some.map(({ index }) => String(index + 1));
  const last = numbers.pop() ?? '';
  return numbers.length === 0 ? `rollout ${last}` : `rollouts ${numbers.join(', ')} and ${last}`;
}
