/** Playing test tasks without learning: the numbers that say whether training worked. */
import { gymNameOf } from '../gyms/task-set';
import type { Gym, Split, Task } from '../gyms/types';
import type { Adapter } from '../policy/lora';
import type { Policy } from '../policy/policy';
import { splitSeed } from '../random';
import type { Baselines, EvaluationRecord } from '../runs/record';
import type { Settings } from '../runs/settings';
import type { SimulatedUser } from '../users/types';
import { playDemonstrator } from '../gyms/play';
import { meanEstimate } from './estimates';
import { decoderFor } from './grpo';
import { scoreFraction, type PlayedTask } from './metrics';
import { rollOut, type Trajectory } from './rollout';
import { mean, share, totalReward } from './statistics';

export interface EvaluationOptions {
  readonly split: Split;
  readonly decoding: 'sampled' | 'greedy';
  /** Step of the run, for the record. */
  readonly step: number;
}

/** Conversations decoded together; more would only cost memory. */
export const BATCH = 64;

export interface PlayOptions {
  readonly maxTurns: number;
  readonly temperature: number;
  /** Seed of the batch that begins with the task of this index. */
  readonly seedAt: (index: number) => number;
  /** What the policy wears: an adapter, none, or by default its own. */
  readonly adapter?: Adapter | null;
  /** Hears how much is done, in conversations; see `RolloutOptions.onTurn`. */
  readonly onProgress?: (done: number) => void;
}

/** Lets the policy play tasks without learning. Throws the abort reason if `signal` aborts. */
export async function playTasks(
  policy: Policy,
  gym: Gym,
  user: SimulatedUser,
  tasks: readonly Task[],
  { maxTurns, temperature, seedAt, adapter, onProgress }: PlayOptions,
  signal?: AbortSignal,
): Promise<Trajectory[]> {
  const played: Trajectory[] = [];
  for (let at = 0; at < tasks.length; at += BATCH) {
    const batch = tasks.slice(at, at + BATCH);
    const seed = seedAt(at);
    const drawing = splitSeed(seed, 'sample');
    const decoder = decoderFor(policy, batch.length, temperature, drawing, undefined, adapter);
    try {
      // Evaluation runs the last turn and shows no rewards, as UserRL's does.
      const options = {
        maxTurns,
        executeLastTurn: true,
        rewardInObservation: false,
        seed,
        onTurn: (done: number) => onProgress?.(at + done),
      };
      played.push(...(await rollOut(gym, user, policy.dialogue, decoder, batch, options, signal)));
    } finally {
      decoder.dispose();
    }
  }
  return played;
}

/** What is measured of a conversation. */
export const asPlayed = ({ task, turns, success }: Trajectory): PlayedTask => ({
  task,
  turns: turns.map(({ reward, events, choice }) => ({ reward, events, valid: choice !== null })),
  success,
});

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
  const { seed, maxTurns, evaluationEpisodes } = settings;
  const pool = gym.tasks[split];
  const tasks = Array.from({ length: evaluationEpisodes }, (_, i) => pool[i % pool.length]!);
  const options: PlayOptions = {
    maxTurns,
    temperature: decoding === 'greedy' ? 0 : settings.temperature,
    seedAt: (at) => splitSeed(seed, 'evaluate', split, at),
  };
  const all = (await playTasks(policy, gym, user, tasks, options, signal)).map(asPlayed);
  const turns = all.flatMap((one) => one.turns);
  const summary = (some: readonly PlayedTask[]) => {
    // Not cut off at 1, unlike in `measure`: one number is to say how far the interval reaches on either side.
    const score = meanEstimate(some.map((one) => scoreFraction(gym, one, maxTurns)));
    return {
      episodes: some.length,
      score: score.mean,
      score_ci95: score.ci95 ? score.ci95[1] - score.mean : 0,
      success: share(some, ({ success }) => success),
    };
  };
  const gyms = byGym(all, ({ task }) => task);
  return {
    step,
    split,
    decoding,
    reward: mean(all.map((one) => totalReward(one.turns))),
    ...summary(all),
    turns: turns.length / all.length,
    validity: share(turns, ({ valid }) => valid),
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
export function byGym<P>(items: readonly P[], taskOf: (item: P) => Task): ReadonlyMap<string, readonly P[]> {
  const gyms = new Map<string, P[]>();
  for (const item of items) {
    const name = gymNameOf(taskOf(item));
    gyms.set(name, [...(gyms.get(name) ?? []), item]);
  }
  return gyms;
}
