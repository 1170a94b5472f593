/**
 * One GRPO step: groups of rollouts of a few tasks, credit, the clipped objective, AdamW. Who is called when;
 * the rules themselves are in credit/, the arithmetic in kernels/.
 */
import { memory } from '@tensorflow/tfjs-core';
import { tokenWeights } from '../credit/loss';
import type { Gym, Task } from '../gyms/types';
import { GRPO_STATS, peakBytes, resetPeak } from '../kernels';
import { MEBIBYTE, planPass } from '../policy/activations';
import { Decoder } from '../policy/decoder';
import type { Adapter } from '../policy/lora';
import type { Policy } from '../policy/policy';
import { Random, splitSeed } from '../random';
import type { Inspection } from '../runs/inspection';
import type { GroupRecord, StepMetrics } from '../runs/record';
import type { Settings } from '../runs/settings';
import type { SimulatedUser } from '../users/types';
import { creditBatch, type BatchCredit } from './credit-step';
import { groupRecords } from './groups';
import { History, type StepAdapters } from './history';
import { inspect } from './inspect';
import { addSums, chunkGradient, disposeChunk, prepareChunk, type ObjectiveSums } from './objective';
import { pause } from './pause';
import { rollOut, type Trajectory } from './rollout';
import { mean, share } from './statistics';
import { tokenChunks } from './tokens';

/** Most tokens of one policy turn, its end token included; the longest question of any gym fits twice over. */
export const MAX_NEW_TOKENS = 16;
const ADAM_EPSILON = 1e-8;

/** The loss stopped being a number: training cannot go on from here. */
export class DivergedError extends Error {
  constructor(step: number) {
    super(
      `The loss of step ${step} is not a number any more. The learning rate is probably too high for these settings: lower it and start again.`,
    );
    this.name = 'DivergedError';
  }
}

export interface StepResult {
  readonly metrics: StepMetrics;
  readonly groups: readonly GroupRecord[];
  readonly trajectories: readonly Trajectory[];
}

/** A task of a step, with those of its rollouts that are there already. */
interface GroupPlan {
  readonly task: Task;
  readonly played: readonly Trajectory[];
}

export class GrpoTrainer {
  #step = 0;
  #tokens = 0;
  readonly #history = new History();
  /** Groups begun by somebody else, each of one task, for the next steps. */
  #begun: readonly (readonly Trajectory[])[] = [];

  constructor(
    readonly policy: Policy,
    readonly gym: Gym,
    /** Most tokens of one turn. */
    readonly maxNewTokens = MAX_NEW_TOKENS,
  ) {}

  /** Steps made so far. */
  get steps(): number {
    return this.#step;
  }

  /**
   * Has a coming step take these rollouts of one task for a group in place of one of its own tasks, and fill it up.
   * They stay as they were sampled, so that the ratio tells how far the policy has moved since.
   */
  add(played: readonly Trajectory[]): void {
    this.#begun = [...this.#begun, played];
  }

  /** Makes one step; `onRolledOut` is called between talking and learning. Throws the abort reason if `signal` aborts, in which case the policy is unchanged. */
  async step(
    settings: Settings,
    user: SimulatedUser,
    signal?: AbortSignal,
    onRolledOut?: () => void,
  ): Promise<StepResult> {
    const started = performance.now();
    resetPeak();
    const step = this.#step + 1;
    const seed = splitSeed(settings.seed, 'step', step);
    const plan = this.#plan(settings, seed);
    const trajectories = await this.#rollOut(plan, settings, user, seed, signal);
    const rolledOut = performance.now();
    onRolledOut?.();

    const credit = await creditBatch(trajectories, settings);
    const credited = performance.now();
    const { stats, gradNorm, learningRate, ...adapters } = await this.#update(
      trajectories,
      credit,
      settings,
      step,
      signal,
    );
    this.#history.add({ step, settings, trajectories, ...adapters });
    const trained = performance.now();

    this.#step = step;
    this.#begun = this.#begun.filter((played) => plan.every((group) => group.played !== played));
    this.#tokens += trajectories.reduce((sum, { ids }) => sum + ids.length, 0);
    const groups = groupRecords(this.gym, this.policy, trajectories, credit, settings);
    const finished = performance.now();
    const metrics: StepMetrics = {
      step,
      ...rolloutMetrics(trajectories, groups, credit),
      entropy: stats.entropy,
      kl: settings.klCoefficient > 0 ? stats.kl : 0,
      policy_loss: stats.loss,
      'clip_ratio/low_mean': stats.clippedLow,
      'clip_ratio/high_mean': stats.clippedHigh,
      'clip_ratio/region_mean': stats.clippedLow + stats.clippedHigh,
      grad_norm: gradNorm,
      learning_rate: learningRate,
      num_tokens: this.#tokens,
      step_time: (finished - started) / 1000,
      rollout_time: (rolledOut - started) / 1000,
      train_time: (trained - credited) / 1000,
      other_time: (credited - rolledOut + finished - trained) / 1000,
      num_tensors: memory().numTensors,
      num_bytes: memory().numBytes,
      peak_memory: peakBytes(),
    };
    return { metrics, groups, trajectories };
  }

  /** The tokens of a rollout of one of the last steps; `undefined` where it is not remembered any more. */
  inspect(step: number, group: number, rollout: number): Promise<Inspection | undefined> {
    return inspect(this.policy, this.#history, { step, group, rollout });
  }

  /** B training tasks; groups that were begun elsewhere and fit the settings take the place of the first. */
  #plan({ tasksPerStep, groupSize, maxTurns }: Settings, seed: number): GroupPlan[] {
    const random = new Random(splitSeed(seed, 'tasks'));
    const pool = this.gym.tasks.train;
    const chosen: Task[] = [];
    while (chosen.length < tasksPerStep)
      chosen.push(...random.shuffled(pool).slice(0, tasksPerStep - chosen.length));
    const begun = this.#begun.filter(
      (played) => played.length <= groupSize && played.every(({ turns }) => turns.length <= maxTurns),
    );
    return chosen.map((task, g) => ({ task: begun[g]?.[0]?.task ?? task, played: begun[g] ?? [] }));
  }

  /** Rollouts group by group, those that are there already first. */
  async #rollOut(
    plan: readonly GroupPlan[],
    settings: Settings,
    user: SimulatedUser,
    seed: number,
    signal?: AbortSignal,
  ): Promise<Trajectory[]> {
    const { groupSize } = settings;
    const tasks = plan.flatMap(({ task, played }) => new Array<Task>(groupSize - played.length).fill(task));
    const rolledOut = await this.#play(tasks, settings, user, seed, signal);
    let at = 0;
    return plan.flatMap(({ played }) => [
      ...played,
      ...rolledOut.slice(at, (at += groupSize - played.length)),
    ]);
  }

  async #play(
    tasks: readonly Task[],
    settings: Settings,
    user: SimulatedUser,
    seed: number,
    signal?: AbortSignal,
  ): Promise<Trajectory[]> {
    if (tasks.length === 0) return [];
    const { policy } = this;
    const decoder = decoderFor(
      policy,
      tasks.length,
      settings.temperature,
      splitSeed(seed, 'sample'),
      this.maxNewTokens,
    );
    try {
      return await rollOut(
        this.gym,
        user,
        policy.dialogue,
        decoder,
        tasks,
        { ...settings, seed: splitSeed(seed, 'world') },
        signal,
      );
    } finally {
      decoder.dispose();
    }
  }

  async #update(
    trajectories: readonly Trajectory[],
    credit: BatchCredit,
    settings: Settings,
    step: number,
    signal?: AbortSignal,
  ) {
    const { policy } = this;
    const tokens = trajectories.map(({ turns }) =>
      turns.reduce((sum, { logProbs }) => sum + logProbs.length, 0),
    );
    const total = tokens.reduce((a, b) => a + b, 0);
    // A step that is broken off between its updates must not have made any of them.
    const undo = settings.innerEpochs > 1 ? await policy.parameters.snapshot() : undefined;
    const weights = tokenWeights(tokens, settings.aggregation, settings.maxTurns * this.maxNewTokens);
    const { maxTokens, recompute } = planPass(
      policy.config,
      policy.lora.rank,
      settings.activationMemory * MEBIBYTE,
      Math.max(...trajectories.map(({ ids }) => ids.length)),
    );
    const chunks = tokenChunks(trajectories, maxTokens).map((chunk) =>
      prepareChunk(policy, chunk, credit.advantages, weights, settings),
    );
    credit.advantages.dispose();
    const warmup = Math.min(1, step / Math.max(1, settings.warmupSteps));
    const learningRate = settings.learningRate * warmup;
    let stats = emptyStats();
    let gradNorm = 0;
    let adapters: StepAdapters | undefined;
    try {
      for (let epoch = 0; epoch < settings.innerEpochs; epoch++) {
        await pause();
        signal?.throwIfAborted();
        const from = policy.parameters.values();
        // One by one, so that no more than two gradients are there at once.
        const sums = chunks.reduce<ObjectiveSums | undefined>((before, chunk) => {
          const next = chunkGradient(policy, chunk, settings, recompute);
          return before ? addSums([before, next]) : next;
        }, undefined)!;
        const norm = policy.parameters.update(sums.gradient, {
          learningRate,
          beta1: settings.beta1,
          beta2: settings.beta2,
          epsilon: ADAM_EPSILON,
          weightDecay: settings.weightDecay,
          maxNorm: settings.maxGradNorm,
        });
        // Asked for all at once, so that the adapters, too, cost no round trip of their own.
        const [columns, length, updated, after] = await Promise.all([
          sums.stats.data(),
          norm.data(),
          from,
          policy.parameters.values(),
        ]);
        adapters = { sampled: adapters?.sampled ?? updated, updated, after };
        sums.gradient.dispose();
        sums.stats.dispose();
        norm.dispose();
        gradNorm = length[0]!;
        stats = statsFrom(columns as Float32Array, total);
        if (!Number.isFinite(stats.loss) || !Number.isFinite(gradNorm)) throw new DivergedError(step);
      }
    } catch (error) {
      if (undo) policy.parameters.restore(undo);
      throw error;
    } finally {
      chunks.forEach(disposeChunk);
    }
    return { stats, gradNorm, learningRate, weights, ...adapters! };
  }
}

/** A decoder for `rows` conversations with the policy as it is now, or as it is with another adapter or none. */
export function decoderFor(
  policy: Policy,
  rows: number,
  temperature: number,
  seed: number,
  maxNewTokens = MAX_NEW_TOKENS,
  adapter: Adapter | null = policy.adapter,
): Decoder {
  const { config, weights, dialogue } = policy;
  return new Decoder(config, weights, adapter ?? undefined, {
    rows,
    context: config.max_position_embeddings,
    maxNewTokens,
    temperature,
    seed,
    endToken: dialogue.tokenizer.special.end,
    padToken: dialogue.tokenizer.special.pad,
  });
}

type Stats = Record<(typeof GRPO_STATS)[number], number>;

const emptyStats = () => Object.fromEntries(GRPO_STATS.map((name) => [name, 0])) as Stats;

/** Means over tokens; the loss, whose weights already hold the aggregation, as the plain sum. */
const statsFrom = (columns: Float32Array, tokens: number) =>
  Object.fromEntries(
    GRPO_STATS.map((name, i) => [name, columns[i]! / (name === 'loss' ? 1 : Math.max(1, tokens))]),
  ) as Stats;

function rolloutMetrics(
  trajectories: readonly Trajectory[],
  groups: readonly GroupRecord[],
  credit: BatchCredit,
) {
  const rollouts = groups.flatMap((group) => group.rollouts);
  const turns = trajectories.flatMap((trajectory) => trajectory.turns);
  const alike = groups.filter(({ rollouts: [first, ...rest] }) =>
    rest.every(({ trajectoryScore }) => trajectoryScore === first!.trajectoryScore),
  );
  const withPerson = trajectories.filter((trajectory) => trajectory.withPerson).length;
  const portion = (count: number) => count / Math.max(1, groups.length);
  return {
    reward: mean(credit.rewards.map((row) => row.reduce((sum, reward) => sum + reward, 0))),
    score: mean(rollouts.map(({ score }) => score)),
    reward_std: mean(credit.groups.map(({ std }) => std)),
    frac_reward_zero_std: portion(alike.length),
    frac_all_good: portion(
      alike.filter(({ rollouts: all }) => all.every(({ score }) => score >= 1 - 1e-6)).length,
    ),
    frac_all_bad: portion(
      alike.filter(({ rollouts: all }) => all.every(({ score }) => score <= 1e-6)).length,
    ),
    success: share(rollouts, ({ success }) => success),
    turns: mean(trajectories.map((trajectory) => trajectory.turns.length)),
    validity: share(turns, ({ choice }) => choice !== null),
    'completions/mean_length': mean(
      trajectories.map((t) => t.turns.reduce((sum, { logProbs }) => sum + logProbs.length, 0)),
    ),
    rollouts_with_person: withPerson,
  };
}
