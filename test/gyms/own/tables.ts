/** Tables for tests: small enough to be played by hand, and the two that come along. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseOwn } from '../../../src/gyms/own/parse';
import type { OwnTable, TasksTable, ThingsTable } from '../../../src/gyms/own/table';
import { ROOT } from '../../support/device';

/** Throws where the text is no table, with every reason. */
export function tableOf(text: string): OwnTable {
  const parsed = parseOwn(text);
  if (!parsed.ok) throw new Error(parsed.problems.join('\n'));
  return parsed.table;
}

export function thingsOf(text: string): ThingsTable {
  const table = tableOf(text);
  if (table.kind !== 'things') throw new Error(`It was read as ${table.kind}`);
  return table;
}

export function tasksOf(text: string): TasksTable {
  const table = tableOf(text);
  if (table.kind !== 'tasks') throw new Error(`It was read as ${table.kind}`);
  return table;
}

const example = (name: string) => readFileSync(join(ROOT, 'src/gyms/own/examples', `${name}.csv`), 'utf8');
export const instruments = (): ThingsTable => thingsOf(example('instruments'));
export const repairs = (): TasksTable => tasksOf(example('repairs'));

export const BIRDS = `bird,can fly | wings,is small,has a crest,does it swim?
owl | night bird,yes,maybe,no,no
penguin,no,no,maybe,yes
tern,x,1,0,?
king eider,true,FALSE,,y`;

export const VISITS = `task,budget | money (3),date (2),dress (1)
plan a visit,ten euros,friday | sunday,blue hat
book a cabin,,monday (3),
rent a boat,two euros (1),,old shoes (2)`;
