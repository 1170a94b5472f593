/** What can happen in a turn of Turtle, by the names under which reward terms refer to it. */
import type { EventMeanings } from '../events';
import type { Truth } from '../truth';

export const TURTLE_EVENTS = {
  yes: 'a question was answered yes',
  no: 'a question was answered no',
  maybe: 'a question came close and was answered maybe',
  repeated: 'a question was asked once more',
  several: 'a question supposed several things at once, which nobody answers',
  'nothing-asked': 'a question supposed nothing that could be so or not',
  covered: 'an account of the story got one of its points right',
  close: 'an account of the story came close to one of its points',
  missed: 'an account of the story got nothing right',
  'no-story': 'an answer told no story',
} as const satisfies EventMeanings & Record<Truth, string>;
