/**
 * Rolling out: a batch of conversations between the policy and the user, in lock-step by turns. A turn is
 * generated for every conversation that still runs, the gym judges the calls, the user words the replies,
 * and the replies go in as the next chunk.
 */
import type { COMMON_EVENTS } from '../gyms/events';
import { gymNameOf } from '../gyms/task-set';
import type { Episode, Gym, GymEvent, Judgement, Operation, Task } from '../gyms/types';
import type { Decoder, SampledTurn } from '../policy/decoder';
import type { Dialogue } from '../policy/dialogue';
import { splitSeed } from '../random';
import type { EndReason } from '../runs/record';
import type { ReplyRequest, SimulatedUser } from '../users/types';
import { pause } from './pause';

export interface TrajectoryTurn {
  readonly choice: Operation | null;
  readonly content: string;
  readonly feedback: string;
  readonly reward: number;
  readonly events: readonly GymEvent[];
  /** Position of the turn's first sampled token in `Trajectory.ids`. */
  readonly start: number;
  /** Log-probabilities of the sampled tokens, one each, as they were when sampled. */
  readonly logProbs: readonly number[];
}

/** One finished conversation: the very ids that were fed and sampled, never re-tokenised. */
export interface Trajectory {
  readonly task: Task;
  readonly ids: readonly number[];
  readonly turns: readonly TrajectoryTurn[];
  readonly episode: Episode;
  readonly end: EndReason;
  readonly success: boolean;
  /** A person was the user. */
  readonly withPerson?: boolean;
}

export interface RolloutOptions {
  readonly maxTurns: number;
  /** Off: the call of the last allowed turn is generated but not run (UserRL's training loop). */
  readonly executeLastTurn: boolean;
  /** Append the turn's reward to what the policy reads next. */
  readonly rewardInObservation: boolean;
  readonly seed: number;
  /** Hears after every turn how much is done, in conversations: one that goes on counts by its share of the turns. */
  readonly onTurn?: (done: number) => void;
  /** Hears of every call as it is judged, before the user is asked to reply. */
  readonly onJudged?: (judgement: Judgement, episode: Episode) => void;
}

interface Running {
  readonly row: number;
  readonly task: Task;
  readonly seed: number;
  readonly episode: Episode;
  readonly ids: number[];
  readonly turns: TrajectoryTurn[];
  pending: number[];
  end: EndReason | undefined;
  success: boolean;
}

/** What the policy reads after a turn. */
export const observation = (feedback: string, reward: number, showReward: boolean): string =>
  showReward ? `${feedback} reward ${reward.toFixed(1)}` : feedback;

/** Plays `tasks`, one conversation each, on the rows of `decoder`. Throws the abort reason if `signal` aborts. */
export async function rollOut(
  gym: Gym,
  user: SimulatedUser,
  dialogue: Dialogue,
  decoder: Decoder,
  tasks: readonly Task[],
  options: RolloutOptions,
  signal?: AbortSignal,
): Promise<Trajectory[]> {
  const all = tasks.map((task, row): Running => {
    const seed = splitSeed(options.seed, 'episode', row);
    const episode = gym.reset(task, { seed, maxTurns: options.maxTurns });
    const opening = dialogue.opening(episode.opening);
    return { row, task, seed, episode, ids: [], turns: [], pending: opening, end: undefined, success: false };
  });

  for (let turn = 0; turn < options.maxTurns; turn++) {
    const running = all.filter(({ end }) => !end);
    for (const rollout of running)
      if (!decoder.hasRoom(rollout.row, rollout.pending.length)) rollout.end = 'context';
    const speaking = running.filter(({ end }) => !end);
    if (speaking.length === 0) break;
    await pause();
    signal?.throwIfAborted();
    const sampled = await decoder.turn(speaking.map(({ row, pending }) => ({ row, ids: pending })));
    const execute = options.executeLastTurn || turn < options.maxTurns - 1;
    await takeTurns(user, dialogue, speaking, sampled, turn, execute, options);
    const share = (turn + 1) / options.maxTurns;
    options.onTurn?.(all.reduce((sum, { end }) => sum + (end ? 1 : share), 0));
  }

  return all.map(({ task, ids, turns, episode, end, success }) => ({
    task,
    ids,
    turns,
    episode,
    end: end ?? 'turn-limit',
    success,
  }));
}

/** Judges what was sampled and asks the user for replies, all in one batch. */
async function takeTurns(
  user: SimulatedUser,
  dialogue: Dialogue,
  speaking: readonly Running[],
  sampled: readonly SampledTurn[],
  turn: number,
  execute: boolean,
  options: RolloutOptions,
): Promise<void> {
  const requests: ReplyRequest[] = [];
  const answers: ((feedback: string) => void)[] = [];
  speaking.forEach((rollout, i) => {
    const { ids, logProbs } = sampled[i]!;
    const start = rollout.ids.length + rollout.pending.length - carried(rollout);
    rollout.ids.push(...rollout.pending.slice(carried(rollout)), ...ids);
    const parsed = dialogue.parse(ids);
    const silent = { choice: null, feedback: '', reward: 0, events: [], start, logProbs };
    if (parsed.kind !== 'call') {
      const said: keyof typeof COMMON_EVENTS = parsed.kind;
      rollout.turns.push({ ...silent, content: parsed.text, events: [{ name: said }] });
      rollout.end = parsed.kind;
      return;
    }
    const { call } = parsed;
    if (!execute) {
      rollout.turns.push({ ...silent, ...call });
      rollout.end = 'turn-limit';
      return;
    }
    const seed = splitSeed(rollout.seed, 'turn', turn);
    const judgement: Judgement = rollout.episode.act(call, user.hears(call, splitSeed(seed, 'hears')));
    options.onJudged?.(judgement, rollout.episode);
    if (judgement.success) rollout.success = true;
    if (judgement.terminated || judgement.truncated)
      rollout.end = judgement.success ? 'success' : 'turn-limit';
    requests.push({
      gym: gymNameOf(rollout.task),
      task: rollout.task,
      call,
      situation: judgement.situation,
      turn,
      seed: splitSeed(seed, 'reply'),
    });
    answers.push((feedback) => {
      const { reward, events } = judgement;
      rollout.turns.push({ ...call, feedback, reward, events, start, logProbs });
      // The end token was sampled but not fed yet, so it leads the next chunk.
      rollout.pending = [
        ids.at(-1)!,
        ...dialogue.reply(observation(feedback, reward, options.rewardInObservation)),
      ];
    });
  });
  const replies = requests.length ? await user.reply(requests) : [];
  replies.forEach((reply, i) => answers[i]!(reply));
}

/** Tokens at the head of `pending` that already stand in `ids`: the end of the turn before. */
const carried = ({ ids }: Running): number => (ids.length > 0 ? 1 : 0);
