/**
 * What a person's words mean in a gym. The rules judge a call before anybody answers it, so that rewards can be
 * checked and do not hang on the answer; but what the policy hears next is the person's choice. Here the two are
 * compared, so that somebody can be told what their words will do. Nothing here stops them.
 */
import { splitWords } from './text';
import type { Truth } from './truth';
import type { Situation, Task } from './types';

export type Meaning =
  /** Says what the rules have settled. */
  | 'agrees'
  /** Says something else: the policy will be misled. */
  | 'contradicts'
  /** Leaves it open, although it was asked properly. */
  | 'withholds'
  /** Tells what is hidden and was not asked for. */
  | 'gives-away';

export interface Hearing<T extends Task = Task> {
  /** Who one is in this task and what one is to do, for a person. */
  role(task: T): string;
  /** Nobody is talked to in this gym: a person can only look on. */
  readonly watchOnly?: true;
  /** Whether it is the person who answers; else it is a tool or a backend of the gym. */
  asksPerson(situation: Situation): boolean;
  /** What the policy has just done as the rules see it, in one sentence for a person. */
  explain(situation: Situation): string;
  hear(task: T, situation: Situation, text: string): Meaning;
}

/** The sentence for a situation's kind. Throws where a situation of another gym is given. */
export function explained<K extends string>(sentences: Readonly<Record<K, string>>) {
  return ({ kind }: Situation): string => {
    const [, sentence] = Object.entries<string>(sentences).find(([name]) => name === kind) ?? [];
    if (sentence === undefined) throw new TypeError(`Nothing is known of the situation ${kind}`);
    return sentence;
  };
}

/** Whether the words of `phrase` stand in `text`, in their order and next to each other. */
export function mentions(text: string, phrase: string): boolean {
  return ` ${splitWords(text).join(' ')} `.includes(` ${splitWords(phrase).join(' ')} `);
}

/** The first that applies; `agrees` where none does. */
export function meaningOf(marks: Readonly<Partial<Record<Exclude<Meaning, 'agrees'>, boolean>>>): Meaning {
  if (marks.contradicts) return 'contradicts';
  if (marks.withholds) return 'withholds';
  return marks['gives-away'] ? 'gives-away' : 'agrees';
}

/** How an answer stands to the right one, `null` being no answer at all. */
export const answerMeaning = (said: Truth | null, right: Truth | null): Meaning =>
  meaningOf({ contradicts: said !== null && said !== right, withholds: said === null });

const YES = new Set('yes yeah yep yup sure right correct indeed true exactly'.split(' '));
const NO = new Set('no nope nah wrong false never'.split(' '));
const MAYBE = new Set('maybe perhaps possibly partly almost sometimes somewhat'.split(' '));
/** What "not" may stand before without denying anything: "i am not sure". */
const IGNORANCE = new Set('sure know understand remember'.split(' '));
/** "it can fly": a statement that needs no yes. */
const STATEMENT = /\b(it|he|she|they|reason) (is|was|are|can|does|has)\b/;

/** Yes, no or maybe, by the first word that decides; `null` where none does and nothing is stated. */
export function truthIn(text: string): Truth | null {
  const words = splitWords(text);
  for (const [i, word] of words.entries()) {
    const next = words[i + 1] ?? '';
    if (word === 'not') {
      if (!IGNORANCE.has(next)) return 'no';
    } else if (words[i - 1] === 'not') continue;
    else if (MAYBE.has(word)) return 'maybe';
    else if (NO.has(word)) return 'no';
    else if (YES.has(word)) return 'yes';
  }
  if (words.some((word) => word === 'not')) return null;
  return STATEMENT.test(words.join(' ')) ? 'yes' : null;
}
