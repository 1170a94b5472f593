/**
 * Four players side by side on the same test tasks: one who knows nothing, the policy before and after
 * reinforcement learning, and one who knows all. Greedy and seeded by gym and task, so that the same policy gets the
 * same numbers every time, whichever other gyms, users or players are looked at.
 */
import { playDemonstrator } from '../gyms/play';
import type { Gym, Task } from '../gyms/types';
import type { Adapter } from '../policy/lora';
import type { Policy } from '../policy/policy';
import { splitSeed } from '../random';
import { MEASURE_NAMES, type Measure, type Weighting } from '../runs/measures';
import type { AverageRow, EvaluationRow, EvaluationTable, Measures } from '../runs/record';
import type { Settings } from '../runs/settings';
import { createUser } from '../users/registry';
import type { SimulatedUser, UserStrength } from '../users/types';
import { averageEstimate } from './estimates';
import { asPlayed, byGym, playTasks } from './evaluate';
import { measure, paperItems, type PlayedTask } from './metrics';
import { pause } from './pause';

/** A demonstrator, or the policy with an adapter or none. */
export type Player =
  | { readonly name: 'random' | 'oracle' }
  | { readonly name: 'sft' | 'trained'; readonly adapter: Adapter | null };

export interface ComparisonOptions {
  readonly players: readonly Player[];
  readonly users: readonly UserStrength[];
  /** Most test tasks of one gym; `null` plays them all. None is played twice. */
  readonly episodes: number | null;
  /** Steps behind the trained player, for the record. */
  readonly step: number;
}

/** Hears how many of the policy's conversations are done; the demonstrators' take no time worth counting. */
export type ComparisonProgress = (done: number, total: number) => void;

/** Throws the abort reason if `signal` aborts. */
export async function compare(
  policy: Policy,
  gym: Gym,
  settings: Settings,
  { players, users, episodes, step }: ComparisonOptions,
  onProgress: ComparisonProgress = () => {},
  signal?: AbortSignal,
): Promise<EvaluationTable> {
  // A mixture repeats the tasks of gyms that have few.
  const gyms = [...byGym([...new Set(gym.tasks.test)], (task) => task)].map(
    ([name, tasks]) => [name, tasks.slice(0, episodes ?? undefined)] as const,
  );
  const perUser = gyms.reduce((sum, [, tasks]) => sum + tasks.length, 0);
  const total = users.length * perUser * players.filter((player) => 'adapter' in player).length;
  let done = 0;
  onProgress(done, total);

  const rows: EvaluationRow[] = [];
  for (const strength of users) {
    const user = createUser({ ...settings, userStrength: strength });
    for (const [name, tasks] of gyms) {
      const seed = splitSeed(settings.seed, 'compare', name);
      for (const player of players) {
        const play = { gym, user, tasks, seed, maxTurns: settings.maxTurns };
        const played =
          'adapter' in player
            ? await letPolicyPlay(
                policy,
                player.adapter,
                play,
                (more) => onProgress(done + Math.floor(more), total),
                signal,
              )
            : await letDemonstratorPlay(player.name, play, signal);
        if ('adapter' in player) onProgress((done += tasks.length), total);
        const measures = measure(gym, played, settings.maxTurns);
        rows.push({ user: strength, gym: name, player: player.name, tasks: tasks.length, measures });
      }
    }
  }
  return { step, split: 'test', decoding: 'greedy', settings, rows, averages: averagesOf(rows) };
}

interface Play {
  readonly gym: Gym;
  readonly user: SimulatedUser;
  readonly tasks: readonly Task[];
  readonly seed: number;
  readonly maxTurns: number;
}

async function letPolicyPlay(
  policy: Policy,
  adapter: Adapter | null,
  { gym, user, tasks, seed, maxTurns }: Play,
  onProgress: (done: number) => void,
  signal?: AbortSignal,
): Promise<PlayedTask[]> {
  const seedAt = (at: number): number => splitSeed(seed, 'policy', at);
  const options = { maxTurns, temperature: 0, seedAt, adapter, onProgress };
  return (await playTasks(policy, gym, user, tasks, options, signal)).map(asPlayed);
}

async function letDemonstratorPlay(
  kind: 'random' | 'oracle',
  { gym, user, tasks, seed, maxTurns }: Play,
  signal?: AbortSignal,
): Promise<PlayedTask[]> {
  await pause();
  signal?.throwIfAborted();
  return Promise.all(
    tasks.map(async (task, i) => {
      const options = { seed: splitSeed(seed, kind, i), maxTurns };
      const { turns, success } = await playDemonstrator(gym, task, kind, user, options);
      return {
        task,
        turns: turns.map(({ reward, events, call }) => ({ reward, events, valid: call !== null })),
        success,
      };
    }),
  );
}

/**
 * Averages over gyms, for every user and player: by tasks played, and as the paper weighs, unless a gym is not in
 * the paper.
 */
export function averagesOf(rows: readonly EvaluationRow[]): AverageRow[] {
  const groups = new Map<string, EvaluationRow[]>();
  for (const row of rows) {
    const key = `${row.user} ${row.player}`;
    groups.set(key, [...(groups.get(key) ?? []), row]);
  }
  return [...groups.values()].flatMap((some) => {
    const [{ user, player }] = some as [EvaluationRow, ...EvaluationRow[]];
    if (some.length < 2) return [];
    const tasks = some.reduce((sum, row) => sum + row.tasks, 0);
    const average = (weights: Weighting, weightOf: (row: EvaluationRow) => number): AverageRow => ({
      user,
      player,
      weights,
      tasks,
      measures: averageMeasures(some, weightOf),
    });
    const known = some.every(({ gym }) => paperItems(gym) !== undefined);
    return [
      average('tasks', (row) => row.tasks),
      ...(known ? [average('paper', ({ gym }) => paperItems(gym)!)] : []),
    ];
  });
}

function averageMeasures(rows: readonly EvaluationRow[], weightOf: (row: EvaluationRow) => number): Measures {
  const over = (name: Measure) =>
    averageEstimate(rows.map((row) => ({ estimate: row.measures[name], weight: weightOf(row) })));
  return Object.fromEntries(MEASURE_NAMES.map((name) => [name, over(name)])) as Measures;
}
