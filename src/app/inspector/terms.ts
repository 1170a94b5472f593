/**
 * Everything that lies between the reward of a turn and the gradient of one of its tokens, as numbers. The rules are
 * those of credit/; here they are only put in a row.
 */
import { normaliseGroup, spreadOverTurns } from '../../credit/advantages';
import { tokenLoss, type TokenLoss } from '../../credit/loss';
import { shapeTurnRewards } from '../../credit/shape';
import type { Inspection, TokenInspection } from '../../runs/inspection';
import type { GroupRecord } from '../../runs/record';
import type { Settings } from '../../runs/settings';
import { countedReward } from '../ranking';

/** From the reward of a turn to what its tokens are pushed by. Rollout i, turn t. */
export interface CreditTerms {
  /** What the turns of the rollout counted for, r, and which of them it is about. */
  readonly rewards: readonly number[];
  readonly turn: number;
  readonly reward: number;
  /** What the gym paid for it, before the run's reward terms. */
  readonly paid: number;
  /** c_t. */
  readonly credit: number;
  /** S_i, and those of the whole group. */
  readonly score: number;
  readonly scores: readonly number[];
  readonly mean: number;
  readonly std: number;
  /** What the distance from the mean is divided by. */
  readonly divisor: number;
  /** F_i. */
  readonly normalised: number;
  /** A_t / F_i: this turn's part in the push, 1 on the average of the tokens that have credit. */
  readonly share: number;
  /** A_t. */
  readonly advantage: number;
}

export function creditTerms(
  group: GroupRecord,
  rollout: number,
  turn: number,
  settings: Settings,
): CreditTerms {
  const { turns, trajectoryScore } = group.rollouts[rollout]!;
  const rewards = turns.map(countedReward);
  const credits = shapeTurnRewards(rewards, settings.turnMethod, settings);
  const scores = group.rollouts.map((one) => one.trajectoryScore);
  const { mean, std, normalised } = normaliseGroup(scores, settings);
  const tokens = turns.map((one) => one.tokens.length);
  const f = normalised[rollout]!;
  return {
    rewards,
    turn,
    reward: rewards[turn]!,
    paid: turns[turn]!.reward,
    credit: credits[turn]!,
    score: trajectoryScore,
    scores,
    mean,
    std,
    divisor: settings.normalizeByStd ? std + settings.epsilon : 1,
    normalised: f,
    share: spreadOverTurns(1, credits, tokens)[turn]!,
    advantage: spreadOverTurns(f, credits, tokens)[turn]!,
  };
}

/** When the loss is looked at: as the step's last gradient saw it, or as it would be after the step. */
export type Moment = 'update' | 'now';

/** From the log-probability of a token to its part in the loss of the batch and in the gradient. */
export interface LossTerms extends TokenLoss {
  readonly advantage: number;
  readonly logProb: number;
  readonly old: number;
  readonly reference: number;
  readonly entropy: number;
  /** What was added for staying undecided; 0 where nothing is. */
  readonly bonus: number;
  /** beta KL; 0 where there is no leash. */
  readonly leash: number;
  readonly weight: number;
  /** weight * loss: summed over the tokens of all groups this is `policy_loss`. */
  readonly contribution: number;
  /** Derivative of the loss of the batch by this token's log-probability. */
  readonly gradient: number;
}

export function lossTerms(
  token: TokenInspection,
  advantage: number,
  { weight, settings }: Pick<Inspection, 'weight' | 'settings'>,
  moment: Moment,
): LossTerms {
  const logProb = token[moment];
  const entropy = moment === 'update' ? token.updateEntropy : token.nowEntropy;
  const { old, reference } = token;
  const loss = tokenLoss({ logProb, old, reference, entropy, advantage }, settings);
  return {
    ...loss,
    advantage,
    logProb,
    old,
    reference,
    entropy,
    bonus: settings.entropyCoefficient * entropy,
    leash: settings.klCoefficient * (loss.kl ?? 0),
    weight,
    contribution: weight * loss.loss,
    gradient: weight * loss.slope,
  };
}

/** Advantage times change of log-probability: above 0 where the step moved the token the way its advantage asks. */
export const push = (token: TokenInspection, advantage: number): number =>
  advantage * (token.now - token.old);

/** The terms of all tokens of a turn together. */
export interface TurnTerms {
  readonly tokens: number;
  readonly contribution: number;
  readonly gradient: number;
  readonly meanRatio: number;
  readonly clipped: number;
}

export function turnTerms(tokens: readonly LossTerms[]): TurnTerms {
  const sum = (of: (one: LossTerms) => number): number => tokens.reduce((total, one) => total + of(one), 0);
  return {
    tokens: tokens.length,
    contribution: sum(({ contribution }) => contribution),
    gradient: sum(({ gradient }) => gradient),
    meanRatio: tokens.length ? sum(({ ratio }) => ratio) / tokens.length : 1,
    clipped: sum(({ clipped }) => Number(clipped !== null)),
  };
}
