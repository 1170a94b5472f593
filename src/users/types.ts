/**
 * Who answers. A user hears a tool call (or does not), and puts the gym's situation into words.
 * Users are asynchronous and batched, so that a language model, an endpoint or a person can take the
 * place of the script without the rollout noticing more than the waiting time.
 */
import type { Situation, Task, ToolCall } from '../gyms/types';

export type UserStrength = 'helpful' | 'plain' | 'terse' | 'noisy';
export const USER_STRENGTHS: readonly UserStrength[] = ['helpful', 'plain', 'terse', 'noisy'];

export interface ReplyRequest {
  readonly gym: string;
  readonly task: Task;
  readonly call: ToolCall;
  readonly situation: Situation;
  /** Index of this turn, from 0. */
  readonly turn: number;
  /** Seed of this very reply: the same request gives the same words. */
  readonly seed: number;
}

export interface SimulatedUser {
  readonly name: string;
  /** Whether the user takes in what was said this turn. Deterministic in its arguments. */
  hears(call: ToolCall, seed: number): boolean;
  reply(requests: readonly ReplyRequest[]): Promise<string[]>;
}
