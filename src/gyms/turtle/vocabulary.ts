/** Every word that Turtle can say: what a tokenizer for it must know. */
import { NOT_HEARD, SEVERAL } from '../phrases';
import { wordsIn } from '../text';
import { AGAIN, VAGUE } from '../truth';
import { CORPUS_TEMPLATES } from './corpus';
import { OPENING_TEMPLATES, SHORT_OPENING_TEMPLATES } from './tasks';
import * as wording from './wording';
import {
  FAMILIES,
  FAMILY_NAMES,
  SCENES,
  SCENE_NAMES,
  VALUES,
  VALUE_NAMES,
  questionFor,
  statementOf,
  storyAnswer,
} from './world';

export function turtleVocabulary(): string[] {
  return wordsIn([
    SCENE_NAMES.map((name) => [SCENES[name].title, SCENES[name].surface]),
    VALUE_NAMES.map((name) => [questionFor(name), statementOf(VALUES[name], false)]),
    FAMILY_NAMES.map((name) => FAMILIES[name].phrase),
    storyAnswer({ who: 'clown', where: 'film', why: 'fire' }),
    [Object.values(wording), NOT_HEARD, SEVERAL, AGAIN, VAGUE],
    [OPENING_TEMPLATES, SHORT_OPENING_TEMPLATES, CORPUS_TEMPLATES],
  ]);
}
