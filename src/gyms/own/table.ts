/**
 * A gym of somebody's own, as data: what a pasted table becomes once it is understood, what travels in a link and
 * to the engine. Names and values are plain words (see `plain.ts`).
 */
import * as v from 'valibot';
import { USERRL_GYMS } from './userrl/names';

/** Most of everything. Enough for a game that a small policy can still learn; a message says so beyond. */
export const LIMITS = {
  things: 64,
  attributes: 24,
  tasks: 100,
  /** Kinds of details of a whole table, and details of one task. */
  details: 24,
  detailsOfTask: 6,
  /** Other names for one thing, ways to say one value. */
  alternatives: 8,
  /** Lengths in words: a turn of the policy holds 14, an opening should stay below 28. */
  nounWords: 1,
  thingWords: 3,
  attributeWords: 4,
  wishWords: 6,
  detailWords: 2,
  valueWords: 4,
  questionWords: 12,
  /** Items of one of UserRL's files. */
  items: 5000,
} as const;

const words = (most: number) =>
  v.pipe(
    v.string(),
    v.regex(/^[a-z0-9.:?,]+( [a-z0-9.:?,]+)*$/, 'must be plain lower-case words'),
    v.check(
      (text) => text.split(' ').length <= most,
      () => `must have at most ${most} ${most === 1 ? 'word' : 'words'}`,
    ),
  );
const some = <S extends v.GenericSchema>(item: S, least: number, most: number) =>
  v.pipe(
    v.array(item),
    v.minLength(least, `must be at least ${least}`),
    v.maxLength(most, `must be at most ${most}`),
  );
const also = v.optional(some(words(LIMITS.attributeWords), 0, LIMITS.alternatives), []);

export const thingsSchema = v.pipe(
  v.strictObject({
    kind: v.literal('things'),
    /** What one of them is called: "fruit". */
    noun: words(LIMITS.nounWords),
    /** "can it fly ?" is `can` and `fly`. */
    attributes: some(
      v.strictObject({
        verb: v.picklist(['can', 'is', 'does']),
        rest: words(LIMITS.attributeWords),
        also,
      }),
      1,
      LIMITS.attributes,
    ),
    things: some(
      v.strictObject({
        name: words(LIMITS.thingWords),
        also,
        /** One letter an attribute: yes, no, maybe. */
        is: v.pipe(v.string(), v.regex(/^[ynm]+$/, 'must be of the letters y, n and m')),
      }),
      2,
      LIMITS.things,
    ),
  }),
  v.check(
    ({ attributes, things }) => things.every(({ is }) => is.length === attributes.length),
    'every thing must have one letter for each attribute',
  ),
);

export const tasksSchema = v.pipe(
  v.strictObject({
    kind: v.literal('tasks'),
    details: some(
      v.strictObject({
        name: words(LIMITS.detailWords),
        also,
        question: words(LIMITS.questionWords),
      }),
      1,
      LIMITS.details,
    ),
    tasks: some(
      v.strictObject({
        wish: words(LIMITS.wishWords),
        details: some(
          v.strictObject({
            /** Index into `details` of the table. */
            detail: v.pipe(v.number(), v.integer(), v.minValue(0)),
            importance: v.picklist([1, 2, 3]),
            /** One is drawn for every conversation. */
            values: some(words(LIMITS.valueWords), 1, LIMITS.alternatives),
          }),
          1,
          LIMITS.detailsOfTask,
        ),
      }),
      1,
      LIMITS.tasks,
    ),
  }),
  v.check(
    ({ details, tasks }) =>
      tasks.every((task) => task.details.every(({ detail }) => detail < details.length)),
    'a task must not name a detail that the table does not have',
  ),
);

/** Items are as they stand in UserRL's file; each gym's own schema has checked them. */
export const userRlSchema = v.strictObject({
  kind: v.literal('userrl'),
  gym: v.picklist(USERRL_GYMS),
  items: some(v.unknown(), 1, LIMITS.items),
});

export const ownSchema = v.variant('kind', [thingsSchema, tasksSchema, userRlSchema]);

export type ThingsTable = v.InferOutput<typeof thingsSchema>;
export type TasksTable = v.InferOutput<typeof tasksSchema>;
export type UserRlTable = v.InferOutput<typeof userRlSchema>;
export type OwnTable = v.InferOutput<typeof ownSchema>;
