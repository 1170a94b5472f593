/**
 * Every event that a turn can carry, gym by gym, with what it means. Light, so that the page can offer the names
 * and check those that a link brings without loading a gym. A gym's own list lies next to its rules.
 */
import { FUNCTION_EVENTS } from './function/events';
import { INTENTION_EVENTS } from './intention/events';
import { gymsOf, type GymSetting } from './mixture';
import { GYM_NAMES, OWN, type GymName } from './options';
import { PERSUADE_EVENTS } from './persuade/events';
import { SEARCH_EVENTS } from './search/events';
import { TAU_EVENTS } from './tau/events';
import { TELEPATHY_EVENTS } from './telepathy/events';
import { TRAVEL_EVENTS } from './travel/events';
import { TURTLE_EVENTS } from './turtle/events';

/** By the name of an event, what happened; without a full stop, to be put into a sentence. */
export type EventMeanings = Readonly<Record<string, string>>;

/** What can happen in every gym: the user may not listen, and the policy may not call the tool as it should. */
export const COMMON_EVENTS = {
  'not-heard': 'the user did not take in what was said',
  'plain-text': 'the policy spoke in plain text instead of calling the tool',
  malformed: 'the policy made a call that cannot be read',
} as const satisfies EventMeanings;

/** What the rules of each gym report of a turn, beside the common events. */
export const GYM_EVENTS: Readonly<Record<GymName, EventMeanings>> = {
  travel: TRAVEL_EVENTS,
  turtle: TURTLE_EVENTS,
  function: FUNCTION_EVENTS,
  tau: TAU_EVENTS,
  persuade: PERSUADE_EVENTS,
  intention: INTENTION_EVENTS,
  telepathy: TELEPATHY_EVENTS,
  search: SEARCH_EVENTS,
};

/** Every name, once. */
export const EVENT_NAMES: readonly string[] = [
  ...new Set([COMMON_EVENTS, ...GYM_NAMES.map((name) => GYM_EVENTS[name])].flatMap(Object.keys)),
];

/** The gyms by whose rules a table of somebody's own is played. */
const RULES_OF_TABLES = ['telepathy', 'intention'] as const satisfies readonly GymName[];

/** What can happen in training on this gym or these gyms; a name that several share means what it does in each. */
export function eventsIn(setting: GymSetting): EventMeanings {
  const meanings = new Map<string, Set<string>>();
  const add = (events: EventMeanings): void => {
    for (const [name, meaning] of Object.entries(events))
      meanings.set(name, (meanings.get(name) ?? new Set()).add(meaning));
  };
  for (const gym of setting === OWN ? RULES_OF_TABLES : gymsOf(setting).train) add(GYM_EVENTS[gym]);
  add(COMMON_EVENTS);
  return Object.fromEntries([...meanings].map(([name, said]) => [name, [...said].join('; or ')]));
}
