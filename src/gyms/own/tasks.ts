/**
 * A table of tasks and their details, played by the rules of Intention: someone wants help with one of them and
 * leaves out what matters.
 */
import { Random, splitSeed } from '../../random';
import { intentionOver } from '../intention';
import { fill } from '../intention/aspects';
import { Inquiry } from '../intention/inquiry';
import { OPENING_TEMPLATES } from '../intention/tasks';
import type { Detail, IntentionHidden, IntentionSituation } from '../intention/types';
import * as wording from '../intention/wording';
import { NOT_HEARD, NOT_UNDERSTOOD } from '../phrases';
import { OWN } from '../options';
import { recordOf } from '../record';
import { LEVELS, lazyTasks } from '../task-set';
import { withinWords, wordsIn } from '../text';
import type { Gym, Level, Split, Task } from '../types';
import { TASK_SEED, TASKS_PER_LEVEL, numbered, split, subsets } from './draw';
import type { Spoken } from './spoken';
import type { TasksTable } from './table';

export type TasksTask = Task<IntentionHidden & Spoken>;

/** Details that the opening states, by level: the more it leaves out, the more turns must be well spent. */
const STATED: Readonly<Record<Level, number>> = { easy: 2, normal: 1, hard: 0 };
/** Longest opening in words, where there is a shorter way to begin. */
const OPENING_WORDS = 28;

const told = (name: string) => [`the ${name} is *`, `my ${name} is *`] as const;

export const defaultQuestion = (name: string): string => `what is the ${name} ?`;

export function inquiryOf({ details }: TasksTable): Inquiry {
  const byName = new Map(details.map((detail) => [detail.name, detail]));
  return new Inquiry(
    [...byName.keys()],
    recordOf([...byName.keys()], (name) => {
      const { question, also } = byName.get(name)!;
      return { question, phrases: also, told: told(name) };
    }),
  );
}

export function tasksGym(table: TasksTable): Gym<TasksTask, IntentionSituation> {
  const inquiry = inquiryOf(table);
  return intentionOver(
    OWN,
    inquiry,
    lazyTasks(() => drawTasks(table, inquiry)),
  );
}

/** Every word that is said over the table. */
export function tasksVocabulary(table: TasksTable): string[] {
  const { names, aspects } = inquiryOf(table);
  return wordsIn([
    [names, aspects, names.map(defaultQuestion), 'what about the and ?'],
    table.tasks.map(({ wish, details }) => [wish, details.map(({ values }) => values)]),
    [wording.ANSWER, wording.VAGUE, wording.HINT, wording.ALL_SAID, wording.SAID_BEFORE],
    [wording.NO_PREFERENCE, NOT_HEARD, NOT_UNDERSTOOD, OPENING_TEMPLATES, ', and .'],
  ]).filter((word) => word !== '*');
}

/** Every task comes up in both splits; what its opening states, and so what is left to ask, differs. */
function drawTasks({ details: kinds, tasks }: TasksTable, inquiry: Inquiry): Record<Split, TasksTask[]> {
  const random = new Random(splitSeed(TASK_SEED, 'tasks'));
  const spoken: Spoken = {
    wording: {
      word: (_task, situation, manner, of) => wording.intentionReply(inquiry, situation, manner, of),
    },
  };
  const order = random.shuffled(tasks);
  const drafts: Record<Split, Omit<TasksTask, 'id'>[]> = { train: [], test: [] };
  for (const level of LEVELS) {
    const stated = order.map(({ details }) =>
      split(subsets(details, Math.min(STATED[level], details.length - 1)), random),
    );
    for (const which of ['train', 'test'] as const) {
      for (let i = 0; i < TASKS_PER_LEVEL[which]; i++) {
        const at = i % order.length;
        const { wish, details } = order[at]!;
        const sets = stated[at]![which];
        const said = sets[Math.floor(i / order.length) % sets.length]!;
        const drawn = details.map((one): readonly [boolean, Detail] => [
          said.includes(one),
          { aspect: kinds[one.detail]!.name, importance: one.importance, value: random.pick(one.values) },
        ]);
        const those = (known: boolean) => drawn.flatMap(([is, detail]) => (is === known ? [detail] : []));
        const hidden = { stated: those(true), missing: those(false), ...spoken };
        drafts[which].push({
          split: which,
          level,
          opening: wordOpening(wish, hidden.stated, random),
          hidden,
        });
      }
    }
  }
  return numbered(drafts, random);
}

function wordOpening(wish: string, stated: readonly Detail[], random: Random): string {
  const clauses = stated.map(({ aspect, value }) => `${fill(told(aspect)[0], value)} .`);
  const openings = random
    .shuffled(OPENING_TEMPLATES)
    .map((template) => [`${fill(template, wish)} .`, ...clauses].join(' '));
  const shortest = openings.reduce((a, b) => (a.split(' ').length <= b.split(' ').length ? a : b));
  return withinWords([...openings, shortest], OPENING_WORDS);
}
