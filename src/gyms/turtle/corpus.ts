/** Plain text about the stories, for pre-training: which families there are, and which surface leaves which. */
import type { Random } from '../../random';
import { render } from '../text';
import { wordOpening } from './tasks';
import {
  FAMILIES,
  SCENE_NAMES,
  VALUES,
  VALUE_NAMES,
  possibleValues,
  questionFor,
  slotsOf,
  statementOf,
  storyAnswer,
} from './world';

export const CORPUS_TEMPLATES = {
  exchange: {
    yes: 'a : {question} b : yes , {fact} .',
    no: 'a : {question} b : no , {denial} .',
    maybe: 'a : {question} b : maybe : {family} but not {word} . a : so {other} .',
  },
  kin: '{word} ? {family} .',
  surface: ['{opening} so ask : {question}', '{opening} it can be {word} .'],
  story: '{fact} and {more} : {story}',
} as const;

export function passage(random: Random): string {
  const scene = random.pick(SCENE_NAMES);
  const about = random.next();
  const surface = about < 0.5;
  const value = random.pick(surface ? possibleValues(scene, random.pick(slotsOf(scene))) : VALUE_NAMES);
  const { slot, family, phrase: word } = VALUES[value];
  const other = VALUE_NAMES.find((name) => VALUES[name].family === family && name !== value) ?? value;
  const later = VALUE_NAMES.filter((name) => slot === 'who' && VALUES[name].slot === 'why');
  const second = later.length > 0 ? random.pick(later) : value;
  const words = {
    word,
    question: questionFor(value),
    fact: statementOf(VALUES[value]),
    denial: statementOf(VALUES[value], false),
    family: statementOf(FAMILIES[family]),
    other: statementOf(VALUES[other]),
    more: statementOf(VALUES[second]),
    story: storyAnswer(slot === 'who' ? { who: value, why: second } : { [slot]: value }),
    opening: wordOpening(scene, random),
  };
  const { exchange, kin, surface: surfaces, story } = CORPUS_TEMPLATES;
  if (surface) return render(random.pick(surfaces), words);
  if (about < 0.8) return render(random.pick(Object.values(exchange)), words);
  return render(about < 0.9 || slot !== 'who' ? kin : story, words);
}
