/** The words of gyms that are made at run time: the registry cannot know them, so every task brings its own. */
import type { Task } from '../types';
import type { Wording } from '../wording';

export interface Spoken {
  readonly wording: Wording;
}

const isSpoken = (hidden: unknown): hidden is Spoken =>
  typeof hidden === 'object' && hidden !== null && 'wording' in hidden;

export const ownWording: Wording = {
  word(task: Task, situation, manner, random) {
    if (!isSpoken(task.hidden)) throw new TypeError(`${task.id} is no task of an own gym`);
    return task.hidden.wording.word(task, situation, manner, random);
  },
};
