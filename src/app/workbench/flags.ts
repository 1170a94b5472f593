/** Hazards in plain language: what happens in the group at hand, with its numbers, why, and what would help. */
import { creditHazards, type CreditHazard } from '../../credit/hazards';
import { isGymReward } from '../../credit/reward-terms';
import type { GroupRecord } from '../../runs/record';
import { fixed } from '../format';
import { inCreditTerms, type Rules, type ScoredGroup } from './rescore';

export type FlagKind = CreditHazard['kind'] | 'games-the-gym';

export interface Flag {
  readonly kind: FlagKind;
  readonly title: string;
  /** Why it is so and what would help. */
  readonly lesson: string;
  readonly cases: readonly { readonly message: string; readonly rollout?: number }[];
}

const WORDS: Readonly<Record<FlagKind, Pick<Flag, 'title' | 'lesson'>>> = {
  'zero-variance': {
    title: 'Nothing to learn here',
    lesson:
      'GRPO learns from differences within a group (zero variance). More attempts, a higher temperature or a task of another difficulty would bring some.',
  },
  'never-pushed-down': {
    title: 'Never pushed down',
    lesson:
      'This turn shaping gives credit only where something was earned, so a rollout that earned nothing has nothing to be blamed with. Equalized and Exponential mapping push it down.',
  },
  'mixed-signs': {
    title: 'Mixed signs explode',
    lesson:
      'The push of a rollout is divided by the sum of its credits. Where rewards of both signs nearly cancel, that sum is close to 0. Equalized does not look at signs; smaller penalties keep them from cancelling.',
  },
  'prefers-short': {
    title: 'It pays to stop early',
    lesson:
      'The mean divides by the number of turns, so earning the same in fewer turns, or less in far fewer, ranks higher. The sum does not.',
  },
  'no-signal': {
    title: 'No signal at all',
    lesson:
      'Equal credits, less one mean, over one deviation, are equal advantages. The released code multiplies the credit with the score of the rollout instead.',
  },
  'empty-turns-alike': {
    title: 'Empty turns look alike',
    lesson:
      "In the printed formula a turn's own credit decides alone. How its rollout ended does not reach it.",
  },
  'games-the-gym': {
    title: 'The terms outvote the gym',
    lesson:
      'What is ranked first is what will be said more often, whether or not it is what the gym is about. Smaller weights, or first time only, leave the gym the last word.',
  },
};

/** One flag for each kind there is, in the order in which they matter. */
export function flagsOf(group: GroupRecord, scored: ScoredGroup, rules: Rules): Flag[] {
  const flags = new Map<FlagKind, { message: string; rollout?: number }[]>();
  const add = (kind: FlagKind, message: string, rollout?: number): void => {
    const cases = flags.get(kind) ?? [];
    cases.push({ message, ...(rollout !== undefined && { rollout }) });
    flags.set(kind, cases);
  };
  for (const hazard of creditHazards(inCreditTerms(scored), rules.credit))
    add(hazard.kind, hazard.message, rolloutOf(hazard));
  const gamed = gamesTheGym(group, scored, rules);
  if (gamed) add('games-the-gym', gamed.message, gamed.rollout);
  return [...flags].map(([kind, cases]) => ({ kind, ...WORDS[kind], cases }));
}

function rolloutOf(hazard: CreditHazard): number | undefined {
  switch (hazard.kind) {
    case 'mixed-signs':
    case 'never-pushed-down':
      return hazard.rollout;
    case 'prefers-short':
      return hazard.longer;
    case 'empty-turns-alike':
      return hazard.best;
    case 'zero-variance':
    case 'no-signal':
      return undefined;
  }
}

/** Sums of decimals differ by this much where they are meant to be equal. */
const ROUNDING = 1e-9;

/** Whether terms put a rollout first that earned less in the gym than another. */
function gamesTheGym(
  { rollouts }: GroupRecord,
  { order, ranks }: ScoredGroup,
  { reward }: Rules,
): { readonly message: string; readonly rollout: number } | null {
  if (isGymReward(reward)) return null;
  const earned = rollouts.map((one) => one.reward);
  const most = Math.max(...earned);
  const best = earned.indexOf(most);
  const [first] = order;
  // Beside others in the first place there may be one that earned the most.
  if (first === undefined || ranks[best] === 1 || (earned[first] ?? 0) > most - ROUNDING) return null;
  return {
    rollout: first,
    message: `Rollout ${first + 1} comes first with ${fixed(earned[first])} from the gym; rollout ${best + 1}, which earned ${fixed(most)} there, comes ${place(ranks[best] ?? 0)}.`,
  };
}

function place(rank: number): string {
  const endings = new Map([
    [1, 'st'],
    [2, 'nd'],
    [3, 'rd'],
  ]);
  const teen = rank % 100 >= 11 && rank % 100 <= 13;
  return `${rank}${(!teen && endings.get(rank % 10)) || 'th'}`;
}
