/** Any reward terms that there can be. */
import fc from 'fast-check';
import type { RewardTerm } from '../../src/credit/reward-terms';
import { EVENT_NAMES } from '../../src/gyms/events';
import { MOST_TERMS, MOST_WEIGHT } from '../../src/runs/reward-terms';

const subject = fc
  .string({ minLength: 1, maxLength: 12 })
  .map((text) => text.replace(/[()]/g, '').trim())
  .filter((text) => text.length > 0);

const term: fc.Arbitrary<RewardTerm> = fc
  .record({
    event: fc.constantFrom(...EVENT_NAMES),
    weight: fc.double({ min: -MOST_WEIGHT, max: MOST_WEIGHT, noNaN: true }).map((x) => x + 0),
    subject: fc.option(subject, { nil: undefined }),
    once: fc.boolean(),
  })
  .map(({ event, weight, subject: to, once }) => ({
    event,
    weight,
    ...(to !== undefined && { subject: to }),
    ...(once && { once }),
  }));

export const anyTerms: fc.Arbitrary<readonly RewardTerm[]> = fc.uniqueArray(term, {
  maxLength: MOST_TERMS,
  selector: ({ event, subject: to, once }) => JSON.stringify([event, to, once]),
});
