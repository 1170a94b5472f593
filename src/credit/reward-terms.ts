/**
 * What a turn counts for in training. A gym says what a turn earned and names what happened in it; reward terms
 * pay or charge for what happened, without the gym being changed:
 *
 *   r'_t = w r_t - p + sum over terms of weight * times its event happened in turn t
 *
 * w weighs the gym's own reward and p is charged for every turn, flat as in UserRL's Intention, Persuade and Travel.
 * Terms are data. Nothing is evaluated, so a rule that came with a link cannot do anything but pay.
 */

export interface RewardTerm {
  /** Name of what must happen. */
  readonly event: string;
  /** Paid each time it happens; below 0 it is charged. */
  readonly weight: number;
  /** Only where it happened to this; left out, whatever it happened to. */
  readonly subject?: string;
  /** Only the first time in an episode. */
  readonly once?: boolean;
}

export interface RewardRule {
  /** w */
  readonly gymWeight: number;
  /** p */
  readonly stepPenalty: number;
  readonly terms: readonly RewardTerm[];
}

/** Turns count for what the gym says they earned. */
export const GYM_REWARD: RewardRule = { gymWeight: 1, stepPenalty: 0, terms: [] };

/** What is needed of a turn; that of a run record fits, and that of a trajectory. */
export interface RewardedTurn {
  readonly reward: number;
  readonly events: readonly { readonly name: string; readonly subject?: string }[];
}

/** Whether the rule changes nothing, whatever happens. */
export const isGymReward = ({ gymWeight, stepPenalty, terms }: RewardRule): boolean =>
  gymWeight === 1 && stepPenalty === 0 && terms.every(({ weight }) => weight === 0);

/** One reward a turn of an episode, in order. */
export function trainingRewards(turns: readonly RewardedTurn[], rule: RewardRule): number[] {
  // Untouched, so that a run without terms is the same to the last bit.
  if (isGymReward(rule)) return turns.map(({ reward }) => reward);
  const happened = new Set<RewardTerm>();
  return turns.map(({ reward, events }) => {
    const paid = rule.terms.reduce((sum, term) => {
      const times = events.filter(
        ({ name, subject }) => name === term.event && (term.subject ?? subject) === subject,
      ).length;
      const counted = term.once ? Math.min(times, happened.has(term) ? 0 : 1) : times;
      if (times > 0) happened.add(term);
      return sum + term.weight * counted;
    }, 0);
    return asMeant(rule.gymWeight * reward - rule.stepPenalty + paid);
  });
}

/** 0.3 - 0.1 is 0.2: decimals are written by people, and equal ones have to stay equal. */
const asMeant = (reward: number): number => Math.round(reward * 1e9) / 1e9 + 0;
