/** A gym from somebody's own table, whatever its kind. */
import type { Gym } from '../types';
import type { OwnTable } from './table';
import { tasksGym, tasksVocabulary } from './tasks';
import { thingsGym, thingsVocabulary } from './things';
import { userRlGym, userRlVocabulary } from './userrl/registry';

export function createOwn(table: OwnTable): Gym {
  switch (table.kind) {
    case 'things':
      return thingsGym(table) as Gym;
    case 'tasks':
      return tasksGym(table) as Gym;
    case 'userrl':
      return userRlGym(table);
  }
}

/** The words that are said over a table: all of them for a table of one's own, those of the tasks for a file of UserRL. */
export function ownVocabulary(table: OwnTable): string[] {
  switch (table.kind) {
    case 'things':
      return thingsVocabulary(table);
    case 'tasks':
      return tasksVocabulary(table);
    case 'userrl':
      return userRlVocabulary(table);
  }
}

/** Whether a policy can be taught the words of such a table by its cold start: free text holds too many. */
export const isTeachable = ({ kind }: OwnTable): boolean => kind !== 'userrl';
