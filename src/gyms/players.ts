/**
 * Three players of known quality from two skills: what an expert does next and what somebody does who only
 * knows how calls look. Noisy mixes them and is what the cold start imitates: it shows every skill now and
 * then, which is all that reinforcement learning can sharpen.
 */
import { Random, splitSeed } from '../random';
import type { Demonstration, Demonstrator, DemonstratorOptions, Episode, ToolCall } from './types';

/** Where nothing else is asked for: an expert about a third of the time. */
export const DEFAULT_EXPERT_SHARE = 0.35;
/** How often the noisy player gives up before a wandering turn; ending early has to be in the data to be unlearnt. */
export const GIVE_UP_SHARE = 0.06;
/** How often a wandering turn may repeat an earlier call. More than a trace of it is learnt as a habit. */
const REPEAT_SHARE = 0.02;
/** Draws before a player who has said nearly everything gives up on finding something new. */
const TRIES = 50;

export interface Skills {
  /** The best call now, or `null` when there is nothing left to do. */
  expert(random: Random): Demonstration;
  /** A call that looks sensible from the opening alone. */
  wander(random: Random): ToolCall;
  /** A call of somebody who did not even read the opening. */
  blind(random: Random): ToolCall;
}

export function createPlayer(
  kind: Demonstrator['name'],
  skills: Skills,
  episode: Pick<Episode, 'turns'>,
  { seed, expertShare = DEFAULT_EXPERT_SHARE, giveUpShare = GIVE_UP_SHARE }: DemonstratorOptions,
): Demonstrator {
  const random = new Random(splitSeed(seed, 'demonstrator', kind));
  if (kind === 'random') return { name: kind, next: () => skills.blind(random) };
  if (kind === 'oracle') return { name: kind, next: () => skills.expert(random) };

  const said = new Set<string>();
  const remember = (call: Demonstration): Demonstration => {
    if (call) said.add(`${call.choice} ${call.content}`);
    return call;
  };
  const fresh = (): Demonstration => {
    for (let i = 0; i < TRIES; i++) {
      const call = skills.wander(random);
      if (!said.has(`${call.choice} ${call.content}`) || random.next() < REPEAT_SHARE) return call;
    }
    return skills.expert(random);
  };
  return {
    name: kind,
    next() {
      if (random.next() < expertShare) return remember(skills.expert(random));
      if (episode.turns > 0 && random.next() < giveUpShare) return null;
      return remember(fresh());
    },
  };
}
