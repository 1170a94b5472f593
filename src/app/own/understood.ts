/** What the page says of a table before it is used: what was understood, what is wrong, what is new to the policy. */
import * as v from 'valibot';
import { createOwn, isTeachable, ownVocabulary } from '../../gyms/own';
import { parseOwn } from '../../gyms/own/parse';
import type { OwnTable } from '../../gyms/own/table';
import { riddleOf } from '../../gyms/own/things';
import { inquiryOf } from '../../gyms/own/tasks';
import type { HiddenFact } from '../../gyms/types';

export interface SampleTask {
  readonly opening: string;
  /** What the policy has to find out, the telling ones only. */
  readonly hidden: readonly HiddenFact[];
}

export interface Understood {
  readonly table: OwnTable;
  readonly notes: readonly string[];
  readonly summary: string;
  /** The questions that will be asked, where the table decides them. */
  readonly questions: readonly string[];
  readonly samples: readonly SampleTask[];
  readonly words: readonly string[];
  /** Whether a cold start can teach the words that are new. */
  readonly teachable: boolean;
}

export type Understanding =
  | { readonly ok: true; readonly value: Understood }
  | { readonly ok: false; readonly problems: readonly string[] };

const SAMPLES = 3;

export function understand(text: string): Understanding {
  const parsed = parseOwn(text);
  if (!parsed.ok) return parsed;
  const { table, notes } = parsed;
  const gym = createOwn(table);
  const samples = gym.tasks.train.slice(0, SAMPLES).map((task) => ({
    opening: task.opening,
    hidden: gym
      .reset(task, { seed: 0, maxTurns: 1 })
      .hiddenFacts()
      .filter(({ weight }) => weight > 0),
  }));
  const value: Understood = {
    table,
    notes,
    summary: summaryOf(table),
    questions: questionsOf(table),
    samples,
    words: ownVocabulary(table),
    teachable: isTeachable(table),
  };
  return { ok: true, value };
}

const counted = (count: number, one: string, many: string): string => `${count} ${count === 1 ? one : many}`;

/** "16 things and 8 questions about them" */
export function summaryOf(table: OwnTable): string {
  switch (table.kind) {
    case 'things': {
      const things = counted(table.things.length, 'thing', 'things');
      return `${things} to guess, ${counted(table.attributes.length, 'question', 'questions')} to ask`;
    }
    case 'tasks': {
      const tasks = counted(table.tasks.length, 'task', 'tasks');
      return `${tasks} to help with, ${counted(table.details.length, 'detail', 'details')} to ask for`;
    }
    case 'userrl':
      return `UserRL’s ${table.gym} data, ${counted(table.items.length, 'task', 'tasks')}`;
  }
}

function questionsOf(table: OwnTable): string[] {
  switch (table.kind) {
    case 'things': {
      const riddle = riddleOf(table);
      return riddle.attributeNames.map((name) => riddle.questionFor(name));
    }
    case 'tasks': {
      const inquiry = inquiryOf(table);
      return inquiry.names.map((name) => inquiry.questionFor(name));
    }
    case 'userrl':
      return [];
  }
}

const vocabularySchema = v.object({ model: v.object({ vocab: v.record(v.string(), v.number()) }) });

/** The words that a policy knows; null where they cannot be fetched. */
export async function vocabularyOf(checkpoint: string): Promise<ReadonlySet<string> | null> {
  try {
    const response = await fetch(new URL(`models/${checkpoint}/tokenizer.json`, document.baseURI));
    const parsed = v.safeParse(vocabularySchema, await response.json());
    return parsed.success ? new Set(Object.keys(parsed.output.model.vocab)) : null;
  } catch {
    return null;
  }
}
