/** Rows of tasks and columns of details, or one row a detail, read as a table of tasks. */
import { problemsOfTable, uniquely } from './check';
import type { Grid } from './grid';
import { Problems } from './problems';
import { alternatives, foreignLetter, plainQuestion, plainWords } from './plain';
import { alsoOf } from './read-things';
import { LIMITS, type TasksTable } from './table';
import { defaultQuestion } from './tasks';

type Importance = 1 | 2 | 3;
const DEFAULT_IMPORTANCE: Importance = 2;

/** "budget (3)" is the budget, of importance 3; of several names or values each may say it. */
function withImportance(text: string): { text: string; importance?: Importance; wrong?: string } {
  const said = new Set<number>();
  const bare = alternatives(text).map((part) =>
    part.replace(/\s*\(\s*(\d+)\s*\)$/, (_, digits: string) => {
      said.add(Number(digits));
      return '';
    }),
  );
  const [importance, other] = said;
  const rest = { text: bare.join(' | ') };
  if (importance === undefined) return rest;
  if (other !== undefined)
    return { ...rest, wrong: `it has the importance (${importance}) and (${other}); keep one` };
  return importance === 1 || importance === 2 || importance === 3
    ? { ...rest, importance }
    : { ...rest, wrong: `the importance (${importance}) must be (1), (2) or (3)` };
}

interface Kind {
  name: string;
  also: string[];
  question: string;
}

/** One row a task, one column a detail. Throws a `TableError`. */
export function readWide({ heading, rows }: Grid): TasksTable {
  const problems = new Problems();
  const [corner = '', ...columns] = heading;
  if (columns.length === 0)
    problems.add('there is only one column; the first holds the tasks, each further one a detail');
  const kinds = columns.map((column, i) => {
    const { text, importance, wrong } = withImportance(column);
    if (wrong) problems.add(`row 1, column ${i + 2}: ${wrong}`);
    return { ...kindOf(text, '', `row 1, column ${i + 2}`, problems), importance };
  });
  const tasks = rows.map(({ number, cells }) => {
    const [wish = '', ...values] = cells;
    return {
      wish: wishOf(wish, number, corner, problems),
      details: values.flatMap((cell, i) => {
        if (cell === '') return [];
        const { text, importance, wrong } = withImportance(cell);
        if (wrong) problems.at(number, columns[i]!, wrong);
        return {
          detail: i,
          importance: importance ?? kinds[i]!.importance ?? DEFAULT_IMPORTANCE,
          values: valuesOf(text, number, columns[i]!, problems),
        };
      }),
      number,
    };
  });
  return checked(
    kinds.map(({ name, also, question }) => ({ name, also, question })),
    tasks,
    problems,
  );
}

const LONG = ['task', 'detail', 'value'] as const;

/** Whether a table has one row a detail: columns called task, detail and value. */
export const isLong = ({ heading }: Grid): boolean => {
  const names = heading.map((name) => name.toLowerCase());
  return LONG.every((name) => names.includes(name));
};

/** One row a detail: columns task, detail, value and perhaps importance and question. Throws a `TableError`. */
export function readLong({ heading, rows }: Grid): TasksTable {
  const problems = new Problems();
  const names = heading.map((name) => name.toLowerCase());
  for (const name of names)
    if (![...LONG, 'importance', 'question'].includes(name))
      problems.add(`row 1: there is no use for a column "${name}"; take it out`);
  const kinds: Kind[] = [];
  const tasks = new Map<string, { number: number; details: TasksTable['tasks'][number]['details'] }>();
  for (const { number, cells } of rows) {
    const cell = (name: string) => cells[names.indexOf(name)] ?? '';
    const wish = wishOf(cell('task'), number, 'task', problems);
    const kind = kindOf(cell('detail'), cell('question'), `row ${number}`, problems);
    let detail = kinds.findIndex(({ name }) => name === kind.name);
    if (detail < 0) detail = kinds.push(kind) - 1;
    else if (cell('question') !== '') kinds[detail] = { ...kinds[detail]!, question: kind.question };
    const importance = cell('importance') === '' ? DEFAULT_IMPORTANCE : Number(cell('importance'));
    if (importance !== 1 && importance !== 2 && importance !== 3) {
      problems.at(number, 'importance', `"${cell('importance')}" must be 1, 2 or 3`);
      continue;
    }
    const task = tasks.get(wish) ?? { number, details: [] };
    if (task.details.some((known) => known.detail === detail))
      problems.at(number, 'detail', `"${kind.name}" is given twice for "${wish}"; keep one`);
    const values = valuesOf(cell('value'), number, 'value', problems);
    tasks.set(wish, { ...task, details: [...task.details, { detail, importance, values }] });
  }
  return checked(
    kinds,
    [...tasks].map(([wish, task]) => ({ wish, ...task })),
    problems,
  );
}

function kindOf(text: string, question: string, where: string, problems: Problems): Kind {
  const [first = '', ...others] = alternatives(text);
  const name = plainWords(first);
  const strange = foreignLetter(text + question);
  if (strange) problems.add(`${where}: "${strange}" is no Latin letter or digit; write it in Latin letters`);
  else if (name === '') problems.add(`${where}: the name of the detail is missing`);
  else if (name.split(' ').length > LIMITS.detailWords)
    problems.add(`${where}: "${first}" is too long; use at most ${LIMITS.detailWords} words`);
  const asked = plainQuestion(question) || defaultQuestion(name);
  if (asked.split(' ').length > LIMITS.questionWords)
    problems.add(`${where}: the question is too long; use at most ${LIMITS.questionWords - 1} words`);
  return { name, also: alsoOf(others, where, problems), question: asked };
}

function wishOf(text: string, row: number, column: string, problems: Problems): string {
  const wish = plainWords(text);
  const strange = foreignLetter(text);
  if (strange)
    problems.at(row, column, `"${strange}" is no Latin letter or digit; write it in Latin letters`);
  else if (wish === '')
    problems.at(row, column, 'the task is missing; write what the user wants, "plan a party"');
  else if (wish.split(' ').length > LIMITS.wishWords)
    problems.at(row, column, `"${text}" is too long; use at most ${LIMITS.wishWords} words`);
  return wish;
}

function valuesOf(text: string, row: number, column: string, problems: Problems): string[] {
  const values = alternatives(text);
  if (values.length === 0) problems.at(row, column, 'the value is missing');
  if (values.length > LIMITS.alternatives)
    problems.at(row, column, `${values.length} values; keep at most ${LIMITS.alternatives}`);
  return values.map((value) => {
    const words = plainWords(value);
    const strange = foreignLetter(value);
    if (strange)
      problems.at(row, column, `"${strange}" is no Latin letter or digit; write it in Latin letters`);
    else if (words === '') problems.at(row, column, `"${value}" cannot be read as words`);
    else if (words.split(' ').length > LIMITS.valueWords)
      problems.at(row, column, `"${value}" is too long; use at most ${LIMITS.valueWords} words`);
    return words;
  });
}

type NumberedTask = TasksTable['tasks'][number] & { readonly number: number };

function checked(details: Kind[], tasks: readonly NumberedTask[], problems: Problems): TasksTable {
  if (details.length > LIMITS.details)
    problems.add(`there are ${details.length} details; keep at most ${LIMITS.details}`);
  if (tasks.length === 0) problems.add('there is no task; write one a row, below the heading');
  if (tasks.length > LIMITS.tasks)
    problems.add(`there are ${tasks.length} tasks; keep at most ${LIMITS.tasks}`);
  for (const { number, wish, details: own } of tasks) {
    if (own.length === 0) problems.add(`row ${number}: "${wish}" has no details; fill in at least one`);
    if (own.length > LIMITS.detailsOfTask)
      problems.add(`row ${number}: ${own.length} details; leave at most ${LIMITS.detailsOfTask} filled in`);
  }
  problems.check();
  uniquely(
    'the task',
    tasks.map(({ wish }) => wish),
    problems,
  );
  uniquely(
    'the detail',
    details.map(({ name }) => name),
    problems,
  );
  problems.check();
  const table: TasksTable = {
    kind: 'tasks',
    details,
    tasks: tasks.map(({ wish, details: own }) => ({ wish, details: own })),
  };
  for (const problem of problemsOfTable(table)) problems.add(problem);
  problems.check();
  return table;
}
