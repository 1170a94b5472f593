/** What can happen in a turn of Travel, by the names under which reward terms refer to it. */
import type { EventMeanings } from '../events';
import type { Grade, TravelSituation } from './types';

/** A choice is an event by its grade. */
type Eventful = Exclude<TravelSituation['kind'], 'chosen' | 'not-heard'> | Grade;

export const TRAVEL_EVENTS = {
  options: 'a search brought the options of one aspect',
  'searched-before': 'a search was for options already listed',
  'no-match': 'a search named no aspect, or the wrong city or day',
  'backend-down': 'a search failed on purpose',
  preference: 'a question brought out a wish',
  volunteered: 'the traveller told a wish without being asked for it',
  'said-before': 'a question asked for a wish already told',
  'no-preference': 'a question asked for something the traveller has no wish about',
  vague: 'a question was too vague to be answered',
  'small-talk': 'what was said asked for nothing',
  best: 'the best option was chosen',
  correct: 'an option was chosen that grants every wish but is not the cheapest',
  wrong: 'an option was chosen that does not grant every wish',
  'chosen-before': 'something was chosen for an aspect that had its choice',
  'bad-answer': 'an answer chose nothing that can be read',
} as const satisfies EventMeanings & Record<Eventful, string>;
