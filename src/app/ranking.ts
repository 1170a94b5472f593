/** How a group of rollouts is ordered and put into words. The stage only draws what is computed here. */
import type { EndReason, GroupRecord, RolloutRecord, TurnRecord } from '../runs/record';
import type { Operation } from '../gyms/types';
import { allEqual } from '../credit/advantages';
import { fixed, inWords, percent } from './format';

export interface Ranked {
  readonly rollout: RolloutRecord;
  /** Position in the group as it was sampled; identifies the rollout while the ranking is on show. */
  readonly index: number;
  /** From 1; equal scores share a rank. */
  readonly rank: number;
}

/** Scores are sums of decimals; a difference this small is rounding, not merit. */
const ROUNDING = 1e-9;

/** Best first; equals stay in sampling order, so that nothing jumps without a reason. */
export function rankScores(scores: readonly number[]): Omit<Ranked, 'rollout'>[] {
  const same = (a: number, b: number): boolean => Math.abs(a - b) <= ROUNDING;
  const order = scores
    .map((score, index) => ({ score, index }))
    .sort((a, b) => (same(a.score, b.score) ? a.index - b.index : b.score - a.score));
  let place = 1;
  return order.map(({ score, index }, position) => {
    const before = order[position - 1];
    if (before && !same(before.score, score)) place = position + 1;
    return { index, rank: place };
  });
}

export function rank(group: GroupRecord): Ranked[] {
  const { rollouts } = group;
  return rankScores(rollouts.map((one) => one.trajectoryScore)).flatMap(({ index, rank: place }) => {
    const rollout = rollouts[index];
    return rollout ? [{ rollout, index, rank: place }] : [];
  });
}

/** What a turn counted for in training: what the gym paid, unless reward terms made it another number. */
export const countedReward = ({ reward, trainingReward }: TurnRecord): number => trainingReward ?? reward;

/** How many of the ranked rollouts stand above the group's mean: where the dashed line goes. */
export function aboveMean(ranked: readonly Ranked[], mean: number): number {
  const below = ranked.findIndex(({ rollout }) => rollout.trajectoryScore < mean - ROUNDING);
  return below === -1 ? ranked.length : below;
}

export type Variance = 'mixed' | 'all-good' | 'all-bad' | 'all-same' | 'alone';

export function variance(group: GroupRecord): Variance {
  const [first] = group.rollouts;
  if (!first) return 'all-same';
  if (group.rollouts.length === 1) return 'alone';
  if (!allEqual(group.rollouts.map((one) => one.trajectoryScore))) return 'mixed';
  if (group.rollouts.every((one) => one.score >= 1 - 1e-9)) return 'all-good';
  if (group.rollouts.every((one) => one.reward === 0)) return 'all-bad';
  return 'all-same';
}

/** Says in words what this group teaches, above all when it teaches nothing. */
export function story(group: GroupRecord): string {
  const size = group.rollouts.length;
  const all = size === 2 ? 'Both' : `All ${inWords(size)}`;
  switch (variance(group)) {
    case 'all-good':
      return `${all} earned everything there was, so nobody is pushed: the policy already knows this task.`;
    case 'all-bad':
      return `${all} earned nothing, so nobody is pushed: with no better attempt to imitate, this task teaches nothing today.`;
    case 'all-same':
      return `${all} earned the same, so nobody is pushed: GRPO learns from differences within a group, and here there are none.`;
    case 'alone':
      return 'There is only one attempt and nothing to compare it with, so its own score is the push. A larger group gives it a baseline.';
    case 'mixed': {
      const above = group.rollouts.filter((one) => one.trajectoryScore > group.mean + ROUNDING).length;
      const below = group.rollouts.filter((one) => one.trajectoryScore < group.mean - ROUNDING).length;
      return `${capital(inWords(above))} did better than the group's own mean of ${fixed(group.mean)} and ${above === 1 ? 'is' : 'are'} made likelier; ${inWords(below)} did worse and ${below === 1 ? 'is' : 'are'} made less likely.`;
    }
  }
}

/** The same for a watched task, which nobody learns from. */
export function watchedStory(group: GroupRecord): string {
  const { rollouts } = group;
  const best = Math.max(0, ...rollouts.map(({ score }) => score));
  const attempts = rollouts.length === 1 ? 'one attempt' : `${inWords(rollouts.length)} attempts`;
  return `${capital(attempts)} at a task that is never trained on: ${percent(meanScore(group))} of what was possible on average, ${percent(best)} at best. The pushes are those that training on it would give.`;
}

const meanScore = ({ rollouts }: GroupRecord): number =>
  rollouts.reduce((sum, { score }) => sum + score, 0) / Math.max(1, rollouts.length);

/** Which of the watched tasks has got better by most between the first look and the last. */
export function mostImproved(looks: readonly { readonly groups: readonly GroupRecord[] }[]): number {
  const [first, last] = [looks[0]?.groups ?? [], looks.at(-1)?.groups ?? []];
  const gains = last.map((group, i) => meanScore(group) - (first[i] ? meanScore(first[i]) : 0));
  return Math.max(0, gains.indexOf(Math.max(...gains)));
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

export const END_TEXT: Readonly<Record<EndReason, string>> = {
  success: 'Found everything',
  'turn-limit': 'Ran out of turns',
  'plain-text': 'Spoke without calling the tool',
  malformed: 'Made a call that cannot be read',
  context: 'Ran out of context',
};

/** What the policy did, as a verb in front of its words. */
export function operationText(choice: Operation | null): string {
  switch (choice) {
    case 'action':
      return 'says';
    case 'search':
      return 'searches for';
    case 'answer':
      return 'answers';
    case null:
      return 'no readable call';
  }
}

export interface Scales {
  readonly reward: number;
  readonly credit: number;
  readonly advantage: number;
}

/** One scale a group, so that bars can be compared across its turns and rollouts. */
export function scales(group: GroupRecord): Scales {
  const turns = group.rollouts.flatMap((rollout) => rollout.turns);
  const largest = (value: (turn: TurnRecord) => number, others: readonly number[] = []): number => {
    let most = 0;
    for (const turn of turns) most = Math.max(most, Math.abs(value(turn)));
    for (const other of others) most = Math.max(most, Math.abs(other));
    return most || 1;
  };
  return {
    reward: largest(countedReward),
    credit: largest((turn) => turn.credit),
    advantage: largest(
      (turn) => turn.advantage,
      group.rollouts.map((rollout) => rollout.advantage),
    ),
  };
}

/** Where a signed bar starts and how long it is, in per cent of its track, with 0 in the middle. */
export function barSpan(value: number, scale: number): { readonly start: number; readonly length: number } {
  if (!Number.isFinite(value)) return { start: 50, length: 0 };
  const length = Math.min(1, Math.abs(value) / (scale || 1)) * 50;
  return { start: value < 0 ? 50 - length : 50, length };
}
