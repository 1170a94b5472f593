/** What can happen in a turn of Intention, by the names under which reward terms refer to it. */
import type { EventMeanings } from '../events';

export const INTENTION_EVENTS = {
  found: 'a question brought out a detail that was missing',
  repeated: 'a question asked for a detail that had been said before',
  irrelevant: 'a question asked for a detail the user does not care about',
  'several-at-once': 'one question brought out more than one detail',
  'nothing-asked': 'what was said asked for no detail at all',
} as const satisfies EventMeanings;
