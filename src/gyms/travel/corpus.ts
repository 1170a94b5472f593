/**
 * Plain text about the world of Travel, for pre-training: which hint means which value, how questions and lists
 * go, and which of two prices is lower. It never shows the tool protocol or a whole conversation.
 */
import type { Random } from '../../random';
import { NUMBER_WORDS } from '../numbers';
import { render } from '../text';
import { OPENING_TEMPLATES } from './tasks';
import {
  ASPECT_NAMES,
  ASPECTS,
  CITIES,
  DAYS,
  POINT_NAMES,
  pointsOf,
  questionFor,
  valuesOf,
  valueWords,
} from './world';

export const CORPUS_TEMPLATES = {
  /** What a hint means: the fact the gym turns on. */
  hint: [
    '{hint} , so {value} is best .',
    '{hint} . that is about the {point} : {value} .',
    'a : {question} b : {hint} . so {value} .',
    '{brief} , so {value} .',
    'for the {point} : {hint} . so {value} , not {other} .',
  ],
  values: ['the {point} can be {value} or {other} .', '{value} : that is the {point} .'],
  points: ['for {one} , ask about the {point} .', 'a : {question} b : {value} .'],
  price: ['{low} euros is cheap , {high} euros is not .', '{low} or {high} euros ? the cheapest is {low} .'],
  /** Choosing among two that differ in one point. */
  choose: [
    '{hint} . {aspect} {n} : {value} {low} euros . {aspect} {m} : {other} {high} euros . so {aspect} {n} .',
    '{hint} . {aspect} {n} : {value} {high} euros . {aspect} {m} : {other} {low} euros . so {aspect} {n} .',
    '{hint} . {aspect} {n} : {value} {high} euros . {aspect} {m} : {value} {low} euros . so {aspect} {m} .',
  ],
} as const;

/** One passage of one or two sentences. */
export function passage(random: Random): string {
  const aspect = random.pick(ASPECT_NAMES);
  const kind = random.next();
  const { hint, values, points, price, choose } = CORPUS_TEMPLATES;
  const templates: readonly string[] =
    kind < 0.35
      ? hint
      : kind < 0.6
        ? choose
        : kind < 0.9
          ? random.pick([values, points, price])
          : OPENING_TEMPLATES;
  const point = random.pick(kind < 0.35 ? POINT_NAMES : pointsOf(aspect));
  const [value = '', other = ''] = random.shuffled(valuesOf(point));
  const [low, high] = random
    .shuffled(NUMBER_WORDS)
    .slice(0, 2)
    .map(Number)
    .sort((a, b) => a - b);
  const [n, m] = random.shuffled(['1', '2', '3', '4']);
  const { hints, brief } = valueWords(point, value);
  return render(random.pick(templates), {
    aspect,
    one: ASPECTS[aspect].one,
    things: ASPECTS[aspect].one,
    city: random.pick(CITIES),
    day: random.pick(DAYS),
    question: questionFor(aspect, point),
    point,
    value,
    other,
    hint: random.pick(hints),
    brief,
    low: `${low}`,
    high: `${high}`,
    n: n!,
    m: m!,
  });
}
