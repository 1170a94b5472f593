/**
 * Supervised fine-tuning: the cold start. Demonstrated conversations, loss on the words the policy would have
 * said. UserRL does the same with GPT-4o's conversations; here the noisy demonstrator of the gym talks.
 */
import {
  add,
  mul,
  slice,
  sum,
  tensor2d,
  tidy,
  tile,
  type Scalar,
  type Tensor1D,
  type Tensor2D,
} from '@tensorflow/tfjs-core';
import { playDemonstrator } from '../gyms/play';
import { practiceOf } from '../gyms/task-set';
import type { Gym } from '../gyms/types';
import { differentiable } from '../kernels';
import { indexColumn, packSequences } from '../policy/batch';
import type { Dialogue } from '../policy/dialogue';
import { MEBIBYTE, planPass } from '../policy/activations';
import { adapterFrom } from '../policy/lora';
import type { Policy } from '../policy/policy';
import { Random, splitSeed } from '../random';
import type { SftMetrics } from '../runs/record';
import type { Settings } from '../runs/settings';
import type { SimulatedUser } from '../users/types';
import { DivergedError } from './grpo';
import { tokenScores } from './objective';
import { observation } from './rollout';
import { runsOf } from './tokens';

/** A sequence and which of its tokens are learnt: [start, end) each, one after the other. */
export interface LearntSequence {
  readonly ids: readonly number[];
  readonly learnt: readonly (readonly [number, number])[];
}

export interface DemonstrationOptions {
  readonly expertShare: number;
  /** The gym's own habit where this is left out. */
  readonly giveUpShare?: number;
  readonly maxTurns: number;
  readonly rewardInObservation: boolean;
  readonly seed: number;
}

/** One conversation of the noisy demonstrator. */
export async function demonstration(
  gym: Gym,
  user: SimulatedUser,
  dialogue: Dialogue,
  { expertShare, giveUpShare, maxTurns, rewardInObservation, seed }: DemonstrationOptions,
): Promise<LearntSequence> {
  const practice = practiceOf(gym, new Random(splitSeed(seed, 'task')));
  const played = await playDemonstrator(practice.gym, practice.task, 'noisy', user, {
    seed,
    maxTurns,
    expertShare,
    giveUpShare,
  });
  const ids = dialogue.opening(played.opening);
  const learnt: [number, number][] = [];
  for (const { call, feedback, reward } of played.turns) {
    const turn = dialogue.turn(call);
    learnt.push([ids.length, ids.length + turn.length]);
    ids.push(...turn);
    if (call) ids.push(...dialogue.reply(observation(feedback, reward, rewardInObservation)));
  }
  // Nothing is learnt from what follows the last word of the policy.
  return { ids: ids.slice(0, learnt.at(-1)?.[1] ?? ids.length), learnt };
}

export interface LearningBatch {
  readonly tokens: Tensor2D;
  readonly positions: Tensor2D;
  readonly targets: Tensor2D;
  /** Number of tokens. */
  readonly count: number;
}

/** Packs sequences for a forward pass that scores the learnt tokens. */
export function learningBatch(sequences: readonly LearntSequence[]): LearningBatch {
  const inputs = sequences.map(({ ids }) => ids.slice(0, -1));
  const { tokens, starts } = packSequences(inputs);
  const positions: number[] = [];
  const targets: number[] = [];
  sequences.forEach((sequence, s) => {
    for (const [from, to] of sequence.learnt) {
      for (let at = Math.max(1, from); at < to; at++) {
        positions.push(starts[s]! + at - 1);
        targets.push(sequence.ids[at]!);
      }
    }
  });
  return {
    tokens,
    positions: indexColumn(positions),
    targets: indexColumn(targets),
    count: inputs.reduce((sum, sequence) => sum + sequence.length, 0),
  };
}

export function disposeBatch({ tokens, positions, targets }: LearningBatch): void {
  for (const tensor of [tokens, positions, targets]) tensor.dispose();
}

/**
 * Mean negative log-likelihood, in nats, of tokens with these scores [M, 2]; differentiable in them. Where they are
 * only a part of `count` tokens, the parts' means add up.
 */
export function negativeLogLikelihood(scores: Tensor2D, count = scores.shape[0]): Scalar {
  const rows = scores.shape[0];
  return differentiable([scores], ([both]) => ({
    value: mul(sum<Scalar>(slice(both, [0, 0], [rows, 1])), -1 / count),
    // Column 0 is the log-probability; the entropies in column 1 have no part in the loss.
    gradFunc: (dy: Scalar) => mul(tile(tensor2d([[-1 / count, 0]]), [rows, 1]), dy),
  }));
}

/** Linear warm-up over the first twentieth, then a cosine down to 0. `step` counts from 1. */
export function cosineRate(peak: number, step: number, steps: number): number {
  const warmup = Math.max(1, Math.round(steps / 20));
  if (step <= warmup) return (peak * step) / warmup;
  return (peak / 2) * (1 + Math.cos((Math.PI * (step - warmup)) / Math.max(1, steps - warmup)));
}

export class SftTrainer {
  #step = 0;
  #tokens = 0;

  constructor(
    readonly policy: Policy,
    readonly gym: Gym,
  ) {}

  get steps(): number {
    return this.#step;
  }

  /** One supervised update of the adapter on `settings.sftBatch` fresh demonstrations. */
  async step(settings: Settings, user: SimulatedUser): Promise<SftMetrics> {
    const started = performance.now();
    const step = this.#step + 1;
    const { policy, gym } = this;
    const demonstrations = await Promise.all(
      Array.from({ length: settings.sftBatch }, (_, i) =>
        demonstration(gym, user, policy.dialogue, {
          expertShare: settings.sftExpertShare,
          maxTurns: settings.maxTurns,
          rewardInObservation: settings.rewardInObservation,
          seed: splitSeed(settings.seed, 'sft', step, i),
        }),
      ),
    );
    const learningRate = cosineRate(settings.sftLearningRate, step, settings.sftSteps);
    const { loss, norm, tokens } = tidy(() => {
      const { value, gradient, tokens } = this.#gradient(demonstrations, settings);
      return { loss: value, norm: this.#update(gradient, learningRate, settings), tokens };
    });
    const [lossValue, normValue] = await Promise.all([loss.data(), norm.data()]);
    loss.dispose();
    norm.dispose();
    if (!Number.isFinite(lossValue[0]!) || !Number.isFinite(normValue[0]!)) throw new DivergedError(step);
    this.#step = step;
    this.#tokens += tokens;
    return {
      step,
      loss: lossValue[0]!,
      grad_norm: normValue[0]!,
      learning_rate: learningRate,
      num_tokens: this.#tokens,
      step_time: (performance.now() - started) / 1000,
    };
  }

  /** Loss and gradient of all learnt tokens, in as many passes as the bound on memory asks for. */
  #gradient(demonstrations: readonly LearntSequence[], settings: Settings) {
    const { policy } = this;
    const lengths = demonstrations.map(({ ids }) => ids.length);
    const { maxTokens, recompute } = planPass(
      policy.config,
      policy.lora.rank,
      settings.activationMemory * MEBIBYTE,
      Math.max(...lengths),
    );
    const batches = runsOf(lengths, maxTokens).map((members) =>
      learningBatch(members.map((i) => demonstrations[i]!)),
    );
    const learnt = batches.reduce((total, { targets }) => total + targets.shape[0], 0);
    const options = { gradient: 'logProb', recompute } as const;
    const pass = (batch: LearningBatch) =>
      policy.parameters.gradient((views) =>
        negativeLogLikelihood(
          tokenScores(policy, adapterFrom(policy.config, views, policy.lora), batch, options),
          learnt,
        ),
      );
    const [first, ...others] = batches;
    let sums = pass(first!);
    for (const batch of others) {
      const [before, next] = [sums, pass(batch)];
      sums = {
        value: add<Scalar>(before.value, next.value),
        gradient: add<Tensor1D>(before.gradient, next.gradient),
      };
      [before, next].forEach(({ value, gradient }) => [value, gradient].forEach((part) => part.dispose()));
    }
    return { ...sums, tokens: batches.reduce((total, batch) => total + batch.count, 0) };
  }

  #update(gradient: Tensor1D, learningRate: number, { beta1, maxGradNorm, weightDecay }: Settings): Tensor1D {
    // beta2 .98 rather than the reinforcement setting: supervised gradients are steadier, and this is what was tuned.
    const options = { learningRate, beta1, beta2: 0.98, epsilon: 1e-8, weightDecay, maxNorm: maxGradNorm };
    return this.policy.parameters.update(gradient, options);
  }
}
