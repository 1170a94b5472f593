/**
 * Reward terms as they are written in a link, a settings file or a field, and back:
 *
 *   repeated:-0.2, found(budget):0.3, found once:0.1
 *
 * A name of an event, in brackets what it must happen to, `once` if only the first time in an episode pays, and the
 * weight. A settings file may also give them as a list of objects.
 */
import * as v from 'valibot';
import type { RewardRule, RewardTerm } from '../credit/reward-terms';
import { EVENT_NAMES } from '../gyms/events';
import { nearestName } from './nearest';

/** The largest weight, either way. A reward of a gym is about 1. */
export const MOST_WEIGHT = 10;
/** More than that is no rule that somebody has in mind. */
export const MOST_TERMS = 24;

const WRITTEN = /^([a-z][a-z-]*)\s*(?:\(([^()]+)\))?\s*(once)?\s*:\s*(\S+)$/i;
const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

const termSchema = v.pipe(
  v.strictObject(
    {
      event: v.pipe(
        v.string('an event is named by a text'),
        v.check(
          (name) => EVENT_NAMES.includes(name),
          ({ input }) => unknownEvent(String(input)),
        ),
      ),
      weight: v.pipe(
        v.number('a weight must be a number'),
        v.check(
          (weight) => Math.abs(weight) <= MOST_WEIGHT,
          ({ input }) =>
            `a weight must lie between -${MOST_WEIGHT} and ${MOST_WEIGHT}, but got ${String(input)}`,
        ),
      ),
      subject: v.optional(
        v.pipe(
          v.string('what it happens to is a text'),
          v.regex(/^[^()]*[^()\s][^()]*$/, 'what it happens to is a text without brackets'),
          v.trim(),
        ),
      ),
      once: v.optional(v.boolean('once is true or false')),
    },
    (issue) => `a term is an object of event, weight, subject and once, but got ${issue.received}`,
  ),
  v.transform(({ event, weight, subject, once }): RewardTerm => ({
    event,
    // -0 is 0 to everyone who writes it.
    weight: weight + 0,
    ...(subject !== undefined && { subject }),
    ...(once && { once }),
  })),
);

export type ParsedTerms =
  | { readonly ok: true; readonly terms: readonly RewardTerm[] }
  | { readonly ok: false; readonly problems: readonly string[] };

/** A text or a list of objects in, checked terms out; every problem is said in words. */
export function parseRewardTerms(input: unknown): ParsedTerms {
  const given = typeof input === 'string' ? readText(input) : input;
  if (!Array.isArray(given))
    return {
      ok: false,
      problems: ['must be a text such as repeated:-0.2, or a list of terms'],
    };
  const problems: string[] = [];
  if (given.length > MOST_TERMS)
    problems.push(`there are ${given.length} terms; at most ${MOST_TERMS} are taken`);
  const terms = given.flatMap((one: unknown) => {
    if (one instanceof Unreadable) {
      problems.push(`"${one.text}" cannot be read; write a term as event:weight, such as repeated:-0.2`);
      return [];
    }
    const result = v.safeParse(termSchema, one);
    if (!result.success) problems.push(...result.issues.map(({ message }) => message));
    return result.success ? [result.output] : [];
  });
  const keys = terms.map(keyOf);
  const twice = keys.find((key, i) => keys.indexOf(key) < i);
  if (twice !== undefined) problems.push(`${twice} is given twice; one weight is enough`);
  return problems.length > 0 ? { ok: false, problems } : { ok: true, terms };
}

/** The text that is read back as these terms. */
export const rewardTermsText = (terms: readonly RewardTerm[]): string =>
  terms.map((term) => `${keyOf(term)}:${term.weight}`).join(',');

/** Settings that decide what turns count for. */
export interface RewardSettings {
  readonly gymRewardWeight: number;
  readonly stepPenalty: number;
  readonly rewardTerms: string;
}

/** The rule that settings stand for. Throws on terms that never passed the check of the settings. */
export function rewardRule({ gymRewardWeight, stepPenalty, rewardTerms }: RewardSettings): RewardRule {
  const parsed = parseRewardTerms(rewardTerms);
  if (!parsed.ok) throw new RangeError(`rewardTerms: ${parsed.problems.join('; ')}`);
  return { gymWeight: gymRewardWeight, stepPenalty, terms: parsed.terms };
}

/** `no gym has an event called "repeatd"; did you mean repeated?` */
function unknownEvent(name: string): string {
  const nearest = nearestName(name, EVENT_NAMES);
  return `no gym has an event called "${name}"${nearest ? `; did you mean ${nearest}?` : ''}`;
}

/** Everything of a term but its weight, as it is written. */
const keyOf = ({ event, subject, once }: RewardTerm): string =>
  `${event}${subject === undefined ? '' : `(${subject})`}${once ? ' once' : ''}`;

class Unreadable {
  constructor(readonly text: string) {}
}

/** One object or unreadable piece for each term; commas within brackets part nothing. */
function readText(text: string): unknown[] {
  const pieces = text.split(/,(?![^()]*\))/).map((piece) => piece.trim());
  // An empty text is no term, and a comma at the end is forgiven.
  while (pieces.at(-1) === '') pieces.pop();
  return pieces.map((piece) => {
    const [, event = '', subject, once, number = ''] = WRITTEN.exec(piece) ?? [];
    const weight = number.replace('\u2212', '-');
    if (!NUMBER.test(weight)) return new Unreadable(piece);
    return { event: event.toLowerCase(), subject, once: once !== undefined, weight: Number(weight) };
  });
}
