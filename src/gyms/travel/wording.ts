/**
 * What the traveller and the booking backend of Travel say. The traveller hints at a wish and (unless helpful)
 * never names the value; the backend is no person and speaks the same way in every manner.
 */
import type { Random } from '../../random';
import { NOT_HEARD, type Phrases } from '../phrases';
import { render, withinWords } from '../text';
import type { Situation } from '../types';
import type { Manner, Wording } from '../wording';
import {
  isBackendSituation,
  isTravelSituation,
  type BackendSituation,
  type Booking,
  type Choice,
  type Preference,
  type TravellerSituation,
  type TravelTask,
} from './types';
import { valueWords } from './world';

/** Longest reply in words; lists of options may have `LIST_WORDS`. */
export const REPLY_WORDS = 18;
export const LIST_WORDS = 40;

/** How often a noisy traveller stays vague although it was asked the right thing. */
const VAGUE_SHARE = 0.12;

/** `{hint}` is the roundabout statement; `{brief}` its short form. */
export const TELLS: Phrases = {
  helpful: [
    '{hint} , so {value} is best .',
    'good question : {hint} , so {value} .',
    'thank you : {hint} , so {value} .',
  ],
  plain: ['{hint} .', 'well , {hint} .', 'for the {point} : {hint} .', 'you should know : {hint} .'],
  terse: ['{brief} .', '{brief}', 'well , {brief} .'],
  noisy: ['hmm , {hint} , i guess .', 'oh , {hint} or so .', 'well , i think {hint} .'],
};
export const TELL_SHORT = '{hint} , so {value} .';
export const VAGUE_TELL: readonly string[] = [
  'hmm , i must think about the {point} .',
  'the {point} ? hard to say .',
];
/** Must name the aspect, since nobody asked. */
export const VOLUNTEERS: Phrases = {
  helpful: ['one thing about the {aspect} : {hint} , so {value} is best .'],
  plain: ['one thing about the {aspect} : {hint} .', 'you should know for the {aspect} : {hint} .'],
  terse: ['for the {aspect} : {brief} .'],
  noisy: ['oh , about the {aspect} : {hint} , i guess .'],
};
export const VOLUNTEER_SHORT = 'for the {aspect} : {hint} , so {value} .';
export const TOLD_BEFORE: Phrases = {
  helpful: ['as i said , {hint} , so {value} .'],
  plain: ['as i said , {hint} .', 'i said that before : {hint} .'],
  terse: ['as i said , {brief} .'],
  noisy: ['hmm , i said that before : {hint} .', 'oh , you know that : {hint} .'],
};
export const NO_PREFERENCE: Phrases = {
  helpful: ['good question , but the {point} does not matter .'],
  plain: ['the {point} does not matter to me .', 'i have no preference about the {point} .'],
  terse: ['does not matter .', 'no preference .'],
  noisy: ['hmm , the {point} ? i do not care .', 'oh , the {point} does not matter .'],
};
export const TOO_VAGUE: Phrases = {
  helpful: ['i like many things . please ask about one thing , as in the list .'],
  plain: ['i do not understand . please ask about one thing .'],
  terse: ['what do you want to know ?'],
  noisy: ['hmm , hard to say .', 'oh , i like many things .'],
};
export const SMALL_TALK: Phrases = {
  helpful: ['thank you . what do you want to know about the trip ?'],
  plain: ['good . what do you want to know ?'],
  terse: ['and ?', 'so ?'],
  noisy: ['hmm , well .', 'oh , good .'],
};
/** By the worst grade among the choices. */
export const CHOSEN: Readonly<Record<Choice['grade'], Phrases>> = {
  best: {
    helpful: ['that is just right , thank you .'],
    plain: ['that is right , thank you .', 'good , i will take it .'],
    terse: ['good .', 'right .'],
    noisy: ['oh , that is good , i think .'],
  },
  correct: {
    helpful: ['i like the {aspect} , but it is not the cheapest .'],
    plain: ['good , but not the cheapest {aspect} .'],
    terse: ['not the cheapest .'],
    noisy: ['hmm , that {aspect} is not very cheap .'],
  },
  wrong: {
    helpful: ['sorry , the {aspect} is not right for me .'],
    plain: ['the {aspect} is not right for me .', 'i do not like that {aspect} .'],
    terse: ['not right .'],
    noisy: ['hmm , i do not think i like the {aspect} .'],
  },
};
export const CHOSEN_BEFORE: Phrases = {
  helpful: ['you can choose once only , and you did before .'],
  plain: ['you can choose once only .'],
  terse: ['once only .'],
  noisy: ['oh , you did choose before .'],
};
export const BAD_ANSWER: Phrases = {
  helpful: ['please say which one , as in : flight 2 .'],
  plain: ['which one ? please say the number .'],
  terse: ['which number ?'],
  noisy: ['hmm , which one ?'],
};
/** One option of a list, e.g. "flight 2 : window morning 20 euros ." */
export const OPTION = '{aspect} {number} : {values} {price} euros .';
export const SEARCHED_BEFORE = 'you have the {aspect} list .';
export const NO_MATCH = 'nothing there . say what , the city and the day .';
export const BACKEND_DOWN = 'sorry , the list is not ready now . please try again .';

export const travelWording: Wording<TravelTask> = {
  word(_task: TravelTask, situation: Situation, manner: Manner, random: Random): string {
    if (!isTravelSituation(situation)) throw new TypeError(`Not a situation of Travel: ${situation.kind}`);
    return isBackendSituation(situation) ? wordBackend(situation) : wordTraveller(situation, manner, random);
  },
};

function wordBackend(situation: BackendSituation): string {
  switch (situation.kind) {
    case 'options':
      return wordOptions(situation.booking);
    case 'searched-before':
      return render(SEARCHED_BEFORE, { aspect: situation.aspect });
    case 'no-match':
      return NO_MATCH;
    case 'backend-down':
      return BACKEND_DOWN;
  }
}

function wordTraveller(situation: TravellerSituation, manner: Manner, random: Random): string {
  const say = (phrases: Phrases, words: Readonly<Record<string, string>> = {}): string =>
    render(random.pick(phrases[manner]), words);
  switch (situation.kind) {
    case 'preference': {
      const words = preferenceWords(situation.preference, random);
      if (manner === 'noisy' && random.next() < VAGUE_SHARE) return render(random.pick(VAGUE_TELL), words);
      return withinWords([say(TELLS, words), render(TELL_SHORT, words)], REPLY_WORDS);
    }
    case 'volunteered': {
      const words = preferenceWords(situation.preference, random);
      return withinWords([say(VOLUNTEERS, words), render(VOLUNTEER_SHORT, words)], REPLY_WORDS);
    }
    case 'said-before':
      return say(TOLD_BEFORE, preferenceWords(situation.preference, random));
    case 'no-preference':
      return say(NO_PREFERENCE, { point: situation.point });
    case 'vague':
      return say(TOO_VAGUE);
    case 'small-talk':
      return say(SMALL_TALK);
    case 'chosen': {
      const worst = (['wrong', 'correct', 'best'] as const)
        .flatMap((grade) => situation.choices.filter((choice) => choice.grade === grade))
        .at(0);
      return say(CHOSEN[worst?.grade ?? 'wrong'], { aspect: worst?.aspect ?? '' });
    }
    case 'chosen-before':
      return say(CHOSEN_BEFORE);
    case 'bad-answer':
      return say(BAD_ANSWER);
    case 'not-heard':
      return say(NOT_HEARD);
  }
}

export function wordOptions({ aspect, options }: Booking): string {
  return options
    .map(({ number, values, price }) =>
      render(OPTION, { aspect, number: `${number}`, values: values.join(' '), price: `${price}` }),
    )
    .join(' ');
}

function preferenceWords({ aspect, point, value }: Preference, random: Random): Record<string, string> {
  const { hints, brief } = valueWords(point, value);
  return { aspect, point, value, hint: random.pick(hints), brief };
}
