/** The gyms whose data files of UserRL can be read, in the order in which a file is compared with them. */
import * as v from 'valibot';
import type { Gym } from '../../types';
import { wordsIn } from '../../text';
import type { UserRlTable } from '../table';
import { functionItems } from './function';
import { gymOf, type UserRlSpec } from './game';
import { intentionItems } from './intention';
import type { UserRlGym } from './names';
import { persuadeItems } from './persuade';
import { searchItems } from './search';
import { tauItems } from './tau';
import { telepathyItems } from './telepathy';
import { travelItems } from './travel';
import { turtleItems } from './turtle';

/** What a visitor may do with a file of one gym, its items' type kept inside. */
export interface UserRlReader {
  readonly gym: UserRlGym;
  readonly recognises: UserRlSpec<unknown>['recognises'];
  readonly schema: UserRlSpec<unknown>['schema'];
  gymOf(items: readonly unknown[]): Gym;
}

function reader<Item>(spec: UserRlSpec<Item>): UserRlReader {
  return {
    gym: spec.gym,
    recognises: spec.recognises,
    schema: spec.schema,
    gymOf: (items) =>
      gymOf(
        spec,
        items.map((item) => v.parse(spec.schema, item)),
      ),
  };
}

export const READERS: readonly UserRlReader[] = [
  reader(functionItems),
  reader(intentionItems),
  reader(telepathyItems),
  reader(turtleItems),
  reader(travelItems),
  reader(persuadeItems),
  reader(searchItems),
  reader(tauItems),
];

export function readerOf(gym: UserRlGym): UserRlReader {
  const found = READERS.find((one) => one.gym === gym);
  if (!found) throw new Error(`No data file of UserRL is of the gym "${gym}"`);
  return found;
}

export const userRlGym = ({ gym, items }: UserRlTable): Gym => readerOf(gym).gymOf(items);

/** The words of the openings, and of what an oracle would say: a sample that shows whether a policy fits at all. */
export function userRlVocabulary(table: UserRlTable): string[] {
  const gym = userRlGym(table);
  const tasks = [...gym.tasks.train, ...gym.tasks.test];
  return wordsIn(tasks.map(({ opening }) => opening.toLowerCase().match(/\w+|[^\w\s]+/g) ?? []));
}
