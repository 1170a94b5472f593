/** Playing test tasks without learning: the numbers that say whether training worked. */
import type { Gym, Split } from '../gyms/types';
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
  const scores = played.map((trajectory) => scoreFraction(gym, trajectory, settings.maxTurns));
  const turns = played.flatMap((trajectory) => trajectory.turns);
  const score = mean(scores);
  const variance = scores.reduce((sum, s) => sum + (s - score) ** 2, 0) / Math.max(1, scores.length - 1);
  return {
    step,
    split,
    decoding,
    episodes: played.length,
    reward: mean(played.map((t) => totalReward(t.turns))),
    score,
    score_ci95: 1.96 * Math.sqrt(variance / Math.max(1, scores.length)),
    success: share(played, ({ success }) => success),
    turns: mean(played.map((t) => t.turns.length)),
    validity: share(turns, ({ choice }) => choice !== null),
  };
}

/** What the random and the oracle demonstrators score on the test tasks, as fractions of the maximum. */
export async function baselines(gym: Gym, user: SimulatedUser, settings: Settings): Promise<Baselines> {
  const score = async (kind: 'random' | 'oracle') => {
    const tasks = gym.tasks.test.slice(0, settings.evaluationEpisodes);
    const fractions: number[] = [];
    for (const [i, task] of tasks.entries()) {
      const seed = splitSeed(settings.seed, 'baseline', kind, i);
      const { reward } = await playDemonstrator(gym, task, kind, user, { seed, maxTurns: settings.maxTurns });
      fractions.push(reward / gym.maximumReturn(task, settings.maxTurns));
    }
    return mean(fractions);
  };
  return { random: await score('random'), oracle: await score('oracle') };
}
