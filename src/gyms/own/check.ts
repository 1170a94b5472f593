/** Whether a table can be played: every question must be understood as what it asks for, every guess as its thing. */
import * as v from 'valibot';
import { type Problems, TableError } from './problems';
import { LIMITS, type OwnTable, type TasksTable, type ThingsTable, type UserRlTable } from './table';
import { inquiryOf } from './tasks';
import { riddleOf } from './things';
import { readerOf } from './userrl/registry';

export function uniquely(what: string, names: readonly string[], problems: Problems): void {
  const seen = new Set<string>();
  for (const name of names) {
    if (seen.has(name)) problems.add(`${what} "${name}" is there twice; keep one, or give it another name`);
    seen.add(name);
  }
}

/** What the schema cannot see, in words. Names must be unique. */
export function problemsOfTable(table: OwnTable): string[] {
  switch (table.kind) {
    case 'things':
      return problemsOfThings(table);
    case 'tasks':
      return problemsOfTasks(table);
    case 'userrl':
      return problemsOfItems(table);
  }
}

/** Throws a `TableError` where a table that came from elsewhere cannot be played. */
export function checkTable(table: OwnTable): void {
  const problems = problemsOfTable(table);
  if (problems.length > 0) throw new TableError(problems);
}

/** Other names that are read as something else than what they are to stand for. */
const misreadNames = (
  name: string,
  also: readonly string[],
  read: (text: string) => readonly string[],
): string[] =>
  also
    .filter((other) => read(other).join() !== name)
    .map((other) => `"${other}" is another name of "${name}", but is understood as ${list(read(other))}`);

const list = (names: readonly string[]) => names.map((name) => `"${name}"`).join(' and ') || 'nothing';

function problemsOfThings(table: ThingsTable): string[] {
  const riddle = riddleOf(table);
  const problems: string[] = [];
  if (riddle.attributeNames.length < table.attributes.length) problems.push('a question is there twice');
  if (riddle.toysOf(table.noun).length < table.things.length) problems.push('a thing is there twice');
  if (riddle.tellingAttributes(table.noun).length === 0)
    problems.push('every thing has the same answers; there must be a question that tells some of them apart');
  for (const name of riddle.attributeNames) {
    const question = riddle.questionFor(name);
    const read = riddle
      .claimsIn(question)
      .map((claim) =>
        claim.kind === 'attribute' ? claim.attribute : riddle.nameOf(claim) || (claim.category ?? ''),
      );
    if (read.length !== 1 || read[0] !== name)
      problems.push(
        `"${question}" is understood as ${list(read)}; name the question, the things and what they are called so that none contains another`,
      );
  }
  const attributesIn = (text: string) =>
    riddle.claimsIn(text).flatMap((claim) => (claim.kind === 'attribute' ? [claim.attribute] : []));
  for (const { verb, rest, also } of table.attributes)
    problems.push(...misreadNames(`${verb} ${rest}`, also, attributesIn));
  for (const { name, also } of table.things)
    problems.push(...misreadNames(name, also, (text) => riddle.guessIn(text).things));
  for (const toy of riddle.toysOf(table.noun)) {
    const guess = riddle.guessFor(toy);
    const { things } = riddle.guessIn(guess);
    if (things.length !== 1 || things[0] !== toy.thing)
      problems.push(`"${guess}" is understood as ${list(things)}; give the thing another name`);
  }
  return problems;
}

function problemsOfItems({ gym, items }: UserRlTable): string[] {
  const { schema } = readerOf(gym);
  const wrong = items.findIndex((item) => !v.is(schema, item));
  return wrong < 0 ? [] : [`entry ${wrong + 1} is no item of UserRL's ${gym}; load the file itself again`];
}

function problemsOfTasks(table: TasksTable): string[] {
  const inquiry = inquiryOf(table);
  const problems: string[] = [];
  if (inquiry.names.length < table.details.length) problems.push('a detail is there twice');
  for (const name of inquiry.names) {
    const question = inquiry.questionFor(name);
    const read = inquiry.askedIn(question);
    if (read.length !== 1 || read[0] !== name)
      problems.push(
        `the question for "${name}", "${question}", is understood as asking for ${list(read)}; it must name "${name}" and no other detail`,
      );
    if (question.split(' ').length > LIMITS.questionWords)
      problems.push(`the question for "${name}" is too long`);
  }
  for (const { name, also } of table.details)
    problems.push(...misreadNames(name, also, (text) => inquiry.askedIn(text)));
  for (const { wish, details } of table.tasks) {
    if (new Set(details.map(({ detail }) => detail)).size < details.length)
      problems.push(`"${wish}" has a detail twice`);
  }
  return problems;
}
