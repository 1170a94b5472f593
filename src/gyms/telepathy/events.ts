/** What can happen in a turn of Telepathy, by the names under which reward terms refer to it. */
import type { EventMeanings } from '../events';
import type { Truth } from '../truth';

export const TELEPATHY_EVENTS = {
  yes: 'a question was answered yes',
  no: 'a question was answered no',
  maybe: 'a question was answered maybe',
  repeated: 'a question asked for what was known already',
  several: 'a question asked for several things at once, which nobody answers',
  'nothing-asked': 'a question asked for nothing that could be so or not',
  right: 'the toy was guessed',
  wrong: 'another toy was guessed',
  'no-guess': 'an answer named no toy, or several',
} as const satisfies EventMeanings & Record<Truth, string>;
