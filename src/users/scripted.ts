/**
 * Users that follow a script: immediate, free and the same every time. What they say is worded by the gym
 * (`gyms/<name>/wording.ts`); what makes one weaker than another is their manner and whether they listen.
 */
import { wordingOf } from '../gyms/registry';
import type { ToolCall } from '../gyms/types';
import { Random } from '../random';
import type { ReplyRequest, SimulatedUser, UserStrength } from './types';

/** How often a noisy user does not take in what was said. */
export const NOISY_MISS_SHARE = 0.15;

export class ScriptedUser implements SimulatedUser {
  readonly name: string;

  constructor(readonly strength: UserStrength) {
    this.name = `scripted/${strength}`;
  }

  hears(_call: ToolCall, seed: number): boolean {
    return this.strength !== 'noisy' || new Random(seed).next() >= NOISY_MISS_SHARE;
  }

  /** Each reply depends on its own request alone, so that batching changes nothing. */
  async reply(requests: readonly ReplyRequest[]): Promise<string[]> {
    return requests.map(({ gym, task, situation, seed }) =>
      wordingOf(gym).word(task, situation, this.strength, new Random(seed)),
    );
  }
}
