/** Playing test tasks without learning: the numbers that say whether training worked. */
import { gymNameOf } from '../gyms/task-set';
import type { Gym, Split, Task } from '../gyms/types';
import type { Policy } from '../policy/policy';
import { splitSeed } from '../random';
import type { Baselines, EvaluationRecord } from '../runs/record';
import type { Settings } from '../runs/settings';
import type { SimulatedUser } from '../users/types';
import { playDemonstrator } from '../gyms/play';
import { decoderFor } from './grpo';
import { scoreFraction } from './groups';
import { rollOut, type Trajectory } from './rollout';
import { mean, share, totalReward } from './statistics';

export interface EvaluationOptions {
  readonly split: Split;
  readonly decoding: 'sampled' | 'greedy';
  /** Step of the run, for the record. */
  readonly step: number;
}

/** Conversations decoded together; more would only cost memory. */
const BATCH = 64;

/**
 * Plays `settings.evaluationEpisodes` tasks of a split, in order and over again if there are fewer. The same
 * settings give the same tasks and user words at every step, so that evaluations can be compared.
 */
export async function evaluate(
  policy: Policy,
  gym: Gym,
  user: SimulatedUser,
  settings: Settings,
  { split, decoding, step }: EvaluationOptions,
  signal?: AbortSignal,
): Promise<EvaluationRecord> {
  const pool = gym.tasks[split];
  const tasks = Array.from({ length: settings.evaluationEpisodes }, (_, i) => pool[i % pool.length]!);
  const played: Trajectory[] = [];
  for (let at = 0; at < tasks.length; at += BATCH) {
    const batch = tasks.slice(at, at + BATCH);
    const seed = splitSeed(settings.seed, 'evaluate', split, at);
    const decoder = decoderFor(
      policy,
      batch.length,
      decoding === 'greedy' ? 0 : settings.temperature,
      splitSeed(seed, 'sample'),
    );
    try {
      // Evaluation runs the last turn and shows no rewards, as UserRL's does.
      const options = {
        maxTurns: settings.maxTurns,
        executeLastTurn: true,
        rewardInObservation: false,
        seed,
      };
      played.push(...(await rollOut(gym, user, policy.dialogue, decoder, batch, options, signal)));
    } finally {
      decoder.dispose();
    }
  }
  const turns = played.flatMap((trajectory) => trajectory.turns);
  const summary = (some: readonly Trajectory[]) => {
    const scores = some.map((trajectory) => scoreFraction(gym, trajectory, settings.maxTurns));
    const score = mean(scores);
    const variance = scores.reduce((sum, s) => sum + (s - score) ** 2, 0) / Math.max(1, scores.length - 1);
    return {
      episodes: some.length,
      score,
      score_ci95: 1.96 * Math.sqrt(variance / Math.max(1, scores.length)),
      success: share(some, ({ success }) => success),
    };
  };
  const gyms = byGym(played, ({ task }) => task);
  return {
    step,
    split,
    decoding,
    reward: mean(played.map((t) => totalReward(t.turns))),
    ...summary(played),
    turns: mean(played.map((t) => t.turns.length)),
    validity: share(turns, ({ choice }) => choice !== null),
    ...(gyms.size > 1 && { gyms: [...gyms].map(([name, some]) => ({ gym: name, ...summary(some) })) }),
  };
}

/** What the random and the oracle demonstrators score on the test tasks, as fractions of the maximum. */
export async function baselines(gym: Gym, user: SimulatedUser, settings: Settings): Promise<Baselines> {
  const { seed, maxTurns, evaluationEpisodes } = settings;
  const played = await Promise.all(
    gym.tasks.test.slice(0, evaluationEpisodes).map(async (task, i) => {
      const score = async (kind: 'random' | 'oracle') => {
        const options = { seed: splitSeed(seed, 'baseline', kind, i), maxTurns };
        const { reward } = await playDemonstrator(gym, task, kind, user, options);
        return reward / gym.maximumReturn(task, maxTurns);
      };
      return { task, random: await score('random'), oracle: await score('oracle') };
    }),
  );
  const summary = (some: readonly (typeof played)[number][]) => ({
    random: mean(some.map(({ random }) => random)),
    oracle: mean(some.map(({ oracle }) => oracle)),
  });
  const gyms = byGym(played, ({ task }) => task);
  return {
    ...summary(played),
    ...(gyms.size > 1 && { gyms: [...gyms].map(([name, some]) => ({ gym: name, ...summary(some) })) }),
  };
}

/** What was played, by the gym its task is from, in the order in which the gyms come up. */
function byGym<P>(played: readonly P[], taskOf: (item: P) => Task): ReadonlyMap<string, readonly P[]> {
  const gyms = new Map<string, P[]>();
  for (const item of played) {
    const name = gymNameOf(taskOf(item));
    gyms.set(name, [...(gyms.get(name) ?? []), item]);
  }
  return gyms;
}
