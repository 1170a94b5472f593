/**
 * Stored rollouts under other rules: what was said stays, what it counts for is computed again. Everything comes from
 * credit/, so that the workbench shows what training would do.
 */
import {
  creditGroup,
  type CreditOptions,
  type CreditRollout,
  type GroupCredit,
} from '../../credit/advantages';
import { trainingRewards, type RewardRule } from '../../credit/reward-terms';
import type { GroupRecord } from '../../runs/record';
import { rewardRule, type RewardSettings } from '../../runs/reward-terms';
import { countedReward, rankScores } from '../ranking';

/** A group as some rules see it. Rows are rollouts in sampling order. */
export interface ScoredGroup extends GroupCredit {
  /** What each turn counts for. */
  readonly rewards: readonly (readonly number[])[];
  /** Tokens that the policy generated in each turn. */
  readonly tokens: readonly (readonly number[])[];
  /** Place of each rollout from 1, by its score; equals share a place. */
  readonly ranks: readonly number[];
  /** The rollouts, best first. */
  readonly order: readonly number[];
}

export interface Rules {
  readonly reward: RewardRule;
  readonly credit: CreditOptions;
}

/** The settings of a run are rules. */
export const rulesOf = (
  settings: RewardSettings & Omit<CreditOptions, 'formula'>,
  formula: NonNullable<CreditOptions['formula']> = 'released',
): Rules => ({ reward: rewardRule(settings), credit: { ...settings, formula } });

/** What the gym is supposed to have paid instead: by rollout, by turn. */
export type WhatIf = ReadonlyMap<number, ReadonlyMap<number, number>>;

const NOTHING: WhatIf = new Map();

/** What is supposed of all groups, by group. */
export type WhatIfs = ReadonlyMap<number, WhatIf>;
export const NO_WHAT_IFS: WhatIfs = new Map();

/** The same with one more reward supposed, or with one taken back (`null`). */
export function supposing(
  all: WhatIfs,
  [group, rollout, turn]: readonly [group: number, rollout: number, turn: number],
  reward: number | null,
): WhatIfs {
  const rollouts = all.get(group) ?? NOTHING;
  const turns = withEntry(rollouts.get(rollout) ?? new Map<number, number>(), turn, reward);
  return withEntry(all, group, orNull(withEntry(rollouts, rollout, orNull(turns))));
}

function withEntry<V>(map: ReadonlyMap<number, V>, key: number, value: V | null): ReadonlyMap<number, V> {
  const next = new Map(map);
  if (value === null) next.delete(key);
  else next.set(key, value);
  return next;
}

const orNull = <V>(map: ReadonlyMap<number, V>): ReadonlyMap<number, V> | null => (map.size > 0 ? map : null);

export function rescore(group: GroupRecord, rules: Rules, whatIf: WhatIf = NOTHING): ScoredGroup {
  const tokens = tokensOf(group);
  const rollouts = group.rollouts.map(({ turns }, i): CreditRollout => {
    const other = whatIf.get(i);
    const paid = other ? turns.map((turn, t) => ({ ...turn, reward: other.get(t) ?? turn.reward })) : turns;
    return { turnRewards: trainingRewards(paid, rules.reward), turnTokens: tokens[i] ?? [] };
  });
  return scored(rollouts, creditGroup(rollouts, rules.credit));
}

/** The group as it was trained on, from the record and from no rule at all. */
export function recorded(group: GroupRecord): ScoredGroup {
  const tokens = tokensOf(group);
  const { rollouts, mean, std } = group;
  return scored(
    rollouts.map(({ turns }, i) => ({ turnRewards: turns.map(countedReward), turnTokens: tokens[i] ?? [] })),
    {
      scores: rollouts.map((one) => one.trajectoryScore),
      mean,
      std,
      normalised: rollouts.map((one) => one.advantage),
      credits: rollouts.map(({ turns }) => turns.map((turn) => turn.credit)),
      advantages: rollouts.map(({ turns }) => turns.map((turn) => turn.advantage)),
    },
  );
}

/** A scored group in the terms of credit/, for what is asked of it there. */
export const inCreditTerms = ({ rewards, tokens }: ScoredGroup): CreditRollout[] =>
  rewards.map((turnRewards, i) => ({ turnRewards, turnTokens: tokens[i] ?? [] }));

const tokensOf = ({ rollouts }: GroupRecord): number[][] =>
  rollouts.map(({ turns }) => turns.map((turn) => turn.tokens.length));

function scored(rollouts: readonly CreditRollout[], credit: GroupCredit): ScoredGroup {
  const places = rankScores(credit.scores);
  const ranks = new Array<number>(credit.scores.length).fill(0);
  for (const { index, rank } of places) ranks[index] = rank;
  return {
    ...credit,
    rewards: rollouts.map(({ turnRewards }) => turnRewards),
    tokens: rollouts.map(({ turnTokens }) => turnTokens),
    ranks,
    order: places.map(({ index }) => index),
  };
}
