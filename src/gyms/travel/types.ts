/** The data of Travel: what a task hides and what the user or the backend has to react to. All plain JSON. */
import type { Situation, Task } from '../types';
import type { AspectName, City, Day, PointName } from './world';

export interface Preference {
  readonly aspect: AspectName;
  readonly point: PointName;
  readonly value: string;
}

export interface Option {
  readonly number: number;
  /** Value of every point on which the options differ, in the order of the preferences. */
  readonly values: readonly string[];
  readonly price: number;
}

export interface Booking {
  readonly aspect: AspectName;
  readonly preferences: readonly Preference[];
  readonly options: readonly Option[];
}

export interface TravelHidden {
  readonly city: City;
  readonly day: Day;
  readonly bookings: readonly Booking[];
}

export type TravelTask = Task<TravelHidden>;

export const GRADES = ['best', 'correct', 'wrong'] as const;
export type Grade = (typeof GRADES)[number];

export interface Choice {
  readonly aspect: AspectName;
  readonly number: number;
  readonly grade: Grade;
}

/** What the booking backend reacts to; everything else is the traveller's. */
export type BackendSituation = Situation &
  (
    | { readonly kind: 'options'; readonly booking: Booking }
    | { readonly kind: 'searched-before'; readonly aspect: AspectName }
    | { readonly kind: 'no-match' | 'backend-down' }
  );

export type TravellerSituation = Situation &
  (
    | { readonly kind: 'preference' | 'volunteered' | 'said-before'; readonly preference: Preference }
    | { readonly kind: 'no-preference'; readonly point: PointName }
    | { readonly kind: 'vague' | 'small-talk' }
    | { readonly kind: 'chosen'; readonly choices: readonly Choice[] }
    | { readonly kind: 'chosen-before' | 'bad-answer' | 'not-heard' }
  );

export type TravelSituation = BackendSituation | TravellerSituation;

/** Every kind of situation, by who reacts to it. */
const REACTS: Readonly<
  Record<BackendSituation['kind'], 'backend'> & Record<TravellerSituation['kind'], 'traveller'>
> = {
  options: 'backend',
  'searched-before': 'backend',
  'no-match': 'backend',
  'backend-down': 'backend',
  preference: 'traveller',
  volunteered: 'traveller',
  'said-before': 'traveller',
  'no-preference': 'traveller',
  vague: 'traveller',
  'small-talk': 'traveller',
  chosen: 'traveller',
  'chosen-before': 'traveller',
  'bad-answer': 'traveller',
  'not-heard': 'traveller',
};

/** A user is handed situations of any gym; this tells whether one can be of this gym. */
export const isTravelSituation = (situation: Situation): situation is TravelSituation =>
  Object.hasOwn(REACTS, situation.kind);

/** Whether the backend answers; whoever plays the traveller need not. */
export const isBackendSituation = (situation: TravelSituation): situation is BackendSituation =>
  REACTS[situation.kind] === 'backend';
