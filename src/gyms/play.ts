/** Lets a demonstrator play a whole episode: for the baselines of the charts and the data of the cold start. */
import { splitSeed } from '../random';
import { gymNameOf } from './task-set';
import type { Demonstration, Demonstrator, Gym, GymEvent, Situation, Task, ToolCall } from './types';

/** What playing needs of a user. The users of `users/` fit; gyms lie below them and so cannot name their type. */
export interface Listener {
  hears(call: ToolCall, seed: number): boolean;
  reply(
    requests: readonly {
      readonly gym: string;
      readonly task: Task;
      readonly call: ToolCall;
      readonly situation: Situation;
      readonly turn: number;
      readonly seed: number;
    }[],
  ): Promise<string[]>;
}

export interface PlayOptions {
  readonly seed: number;
  readonly maxTurns: number;
  readonly expertShare?: number;
  readonly giveUpShare?: number;
}

export interface PlayedTurn {
  /** `null` where the demonstrator ended the episode in plain text; always the last turn. */
  readonly call: Demonstration;
  readonly feedback: string;
  readonly reward: number;
  readonly events: readonly GymEvent[];
}

export interface Transcript {
  readonly opening: string;
  readonly turns: readonly PlayedTurn[];
  /** Sum of turn rewards. */
  readonly reward: number;
  readonly success: boolean;
}

export async function playDemonstrator<T extends Task, S extends Situation>(
  gym: Gym<T, S>,
  task: T,
  kind: Demonstrator['name'],
  user: Listener,
  { seed, maxTurns, expertShare, giveUpShare }: PlayOptions,
): Promise<Transcript> {
  const episode = gym.reset(task, { seed: splitSeed(seed, 'episode'), maxTurns });
  const demonstrator = gym.demonstrator(kind, task, episode, {
    seed: splitSeed(seed, 'player'),
    expertShare,
    giveUpShare,
  });
  const turns: PlayedTurn[] = [];
  let success = false;
  while (!episode.over) {
    const turn = turns.length;
    const call = demonstrator.next();
    if (!call) {
      turns.push({ call, feedback: '', reward: 0, events: [] });
      break;
    }
    const judgement = episode.act(call, user.hears(call, splitSeed(seed, 'hears', turn)));
    const request = {
      gym: gymNameOf(task),
      task,
      call,
      situation: judgement.situation,
      turn,
      seed: splitSeed(seed, 'reply', turn),
    };
    const [feedback = ''] = await user.reply([request]);
    turns.push({ call, feedback, reward: judgement.reward, events: judgement.events });
    success = judgement.success;
  }
  return {
    opening: episode.opening,
    turns,
    reward: turns.reduce((sum, turn) => sum + turn.reward, 0),
    success,
  };
}
