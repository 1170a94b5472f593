/** What can happen in a turn of Persuade, by the names under which reward terms refer to it. */
import type { EventMeanings } from '../events';
import type { PersuadeSituation } from './types';

export const PERSUADE_EVENTS = {
  moved: 'an argument moved the user',
  unmoved: 'an argument left the user where they were',
  annoyed: 'an argument moved the user back',
  'heard-before': 'an argument that had worked was used once more',
  supported: "what was said supports the user's claim",
  tells: 'asked what matters, the user told',
  confirms: 'asked whether something matters, the user said so or not',
  'no-argument': 'what was said neither argued nor asked',
} as const satisfies EventMeanings & Record<Exclude<PersuadeSituation['kind'], 'not-heard'>, string>;
