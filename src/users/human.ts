/**
 * A person in the place of the script. A reply is a promise that somebody else keeps, whenever they like; a person
 * always hears what was said.
 */
import type { ReplyRequest, SimulatedUser } from './types';

/** Most words of one reply: context is the scarcest thing a small model has. */
export const MOST_REPLY_WORDS = 24;

export class HumanUser implements SimulatedUser {
  readonly name = 'human';

  constructor(
    private readonly ask: (request: ReplyRequest) => Promise<string>,
    /** Ends the waiting: replies reject with its reason. */
    private readonly signal: AbortSignal,
  ) {}

  hears(): boolean {
    return true;
  }

  reply(requests: readonly ReplyRequest[]): Promise<string[]> {
    const { signal } = this;
    return new Promise((resolve, reject) => {
      signal.throwIfAborted();
      const left = (): void => reject(signal.reason as Error);
      signal.addEventListener('abort', left, { once: true });
      Promise.all(requests.map(this.ask))
        .then(resolve, reject)
        .finally(() => signal.removeEventListener('abort', left));
    });
  }
}
