/** Rows of things and columns of attributes, read as a table of things. */
import { problemsOfTable, uniquely } from './check';
import type { Grid } from './grid';
import { Problems } from './problems';
import { alternatives, foreignLetter, plainWords } from './plain';
import { LIMITS, type ThingsTable } from './table';
import { riddleOf } from './things';

/** What may stand in a cell. */
const MEANINGS: Readonly<Record<'y' | 'n' | 'm', readonly string[]>> = {
  y: ['yes', 'y', 'true', 't', '1', 'x', '✓', '✔', '✅', '+', 'on', 'always'],
  n: ['no', 'n', 'false', 'f', '0', '', '-', '–', '—', '✗', '✘', '❌', 'off', 'never'],
  m: ['maybe', 'm', '?', '~', '0.5', '.5', '1/2', 'sometimes', 'perhaps', 'partly', 'depends', 'both'],
};
const LETTERS = new Map(
  Object.entries(MEANINGS).flatMap(([letter, texts]) => texts.map((text) => [text, letter] as const)),
);

/** 'y', 'n' or 'm' for what says so, in any case. */
export const cellLetter = (cell: string): string | undefined => LETTERS.get(cell.trim().toLowerCase());

/** "can fly", "is red", "has wings", "does it lay eggs?", "sweet": how one asks for it, and what follows. */
export function attributeOf(text: string): { verb: 'can' | 'is' | 'does'; rest: string } {
  const words = plainWords(text)
    .split(' ')
    .filter((word, i) => !(i === 1 && word === 'it'));
  const [first = '', ...rest] = words[0] === 'it' ? words.slice(1) : words;
  switch (first) {
    case 'can':
    case 'is':
    case 'does':
      return { verb: first, rest: rest.join(' ') };
    case 'are':
      return { verb: 'is', rest: rest.join(' ') };
    case 'do':
      return { verb: 'does', rest: rest.join(' ') };
    case 'has':
    case 'have':
      return { verb: 'does', rest: ['have', ...rest].join(' ') };
    default:
      return { verb: 'is', rest: [first, ...rest].join(' ') };
  }
}

/** Throws a `TableError`. */
export function readThings({ heading, rows }: Grid): { table: ThingsTable; notes: string[] } {
  const problems = new Problems();
  const [corner = '', ...columns] = heading;
  if (columns.length === 0)
    problems.add('there is only one column; the first holds the things, each further one a question');
  if (columns.length > LIMITS.attributes)
    problems.add(`there are ${columns.length} questions; keep at most ${LIMITS.attributes}`);
  if (rows.length < 2) problems.add('there must be at least two things, one a row');
  if (rows.length > LIMITS.things)
    problems.add(`there are ${rows.length} things; keep at most ${LIMITS.things}`);
  problems.check();

  const attributes = columns.map((column, i) => {
    const [name = '', ...others] = alternatives(column);
    const strange = foreignLetter(column);
    const attribute = attributeOf(name);
    const where = `row 1, column ${i + 2}`;
    if (strange)
      problems.add(`${where}: "${strange}" is no Latin letter or digit; write it in Latin letters`);
    else if (attribute.rest === '')
      problems.add(`${where}: the heading is empty; write what is asked, such as "can fly" or "is red"`);
    else if (attribute.rest.split(' ').length > LIMITS.attributeWords)
      problems.add(
        `${where}: "${name}" is too long; use at most ${LIMITS.attributeWords} words after "can" or "is"`,
      );
    return { ...attribute, also: alsoOf(others, `column "${column}"`, problems) };
  });
  const things = rows.map(({ number, cells }) => {
    const [title = '', ...answers] = cells;
    const [first = '', ...others] = alternatives(title);
    const name = plainWords(first);
    const strange = foreignLetter(title);
    if (strange)
      problems.at(number, corner, `"${strange}" is no Latin letter or digit; write it in Latin letters`);
    else if (name === '') problems.at(number, corner, 'the name of the thing is missing');
    else if (name.split(' ').length > LIMITS.thingWords)
      problems.at(number, corner, `"${first}" is too long; use at most ${LIMITS.thingWords} words`);
    const is = answers
      .map((cell, i) => {
        const letter = cellLetter(cell);
        if (!letter)
          problems.at(number, columns[i]!, `"${cell}" is neither yes, no nor maybe; write one of them`);
        return letter ?? 'n';
      })
      .join('');
    return { name, also: alsoOf(others, `row ${number}`, problems), is };
  });
  problems.check();

  const noun = plainWords(corner).split(' ').at(-1) || 'thing';
  const table: ThingsTable = { kind: 'things', noun, attributes, things };
  uniquely(
    'the thing',
    things.map(({ name }) => name),
    problems,
  );
  uniquely(
    'the question',
    attributes.map(({ verb, rest }) => `${verb} ${rest}`),
    problems,
  );
  problems.check();
  for (const problem of problemsOfTable(table)) problems.add(problem);
  problems.check();
  return { table, notes: notesOn(table) };
}

export function alsoOf(others: readonly string[], where: string, problems: Problems): string[] {
  if (others.length > LIMITS.alternatives)
    problems.add(`${where}: ${others.length} other names; keep at most ${LIMITS.alternatives}`);
  return others.map((other) => {
    const words = plainWords(other);
    if (words === '' || foreignLetter(other))
      problems.add(`${where}: "${other}" cannot be read as words; write it in Latin letters`);
    else if (words.split(' ').length > LIMITS.attributeWords)
      problems.add(`${where}: "${other}" is too long; use at most ${LIMITS.attributeWords} words`);
    return words;
  });
}

/** What works but may not be meant. */
function notesOn(table: ThingsTable): string[] {
  const riddle = riddleOf(table);
  const telling = riddle.tellingAttributes(table.noun);
  const idle = riddle.attributeNames.filter((name) => !telling.includes(name));
  const byAnswers = new Map<string, string[]>();
  for (const { name, is } of table.things) byAnswers.set(is, [...(byAnswers.get(is) ?? []), name]);
  const alike = [...byAnswers.values()].filter((names) => names.length > 1);
  return [
    ...idle.map((name) => `Every ${table.noun} has the same answer to "${name}", so it is never asked.`),
    ...alike.map((names) => `${names.join(' and ')} have the same answers: only guessing tells them apart.`),
  ];
}
