/**
 * Putting a gym's situations into words, for scripted users. The words lie beside the gym they belong to; a
 * scripted user only knows its own manner and looks the rest up in the registry.
 */
import type { Random } from '../random';
import type { Situation, Task } from './types';

/** How a user talks: what `UserStrength` calls a user, seen from the side of the words. */
export type Manner = 'helpful' | 'plain' | 'terse' | 'noisy';

export interface Wording<T extends Task = Task, S extends Situation = Situation> {
  /** One reply in lower-case words separated by single spaces. Must not tell what was not asked for. */
  word(task: T, situation: S, manner: Manner, random: Random): string;
}
