/** Every word that Telepathy can say: what a tokenizer for it must know. */
import { NOT_HEARD, SEVERAL } from '../phrases';
import { wordsIn } from '../text';
import { AGAIN, VAGUE } from '../truth';
import { CORPUS_TEMPLATES } from './corpus';
import { OPENING_TEMPLATES } from './tasks';
import * as wording from './wording';
import { ATTRIBUTE_NAMES, CATEGORIES, MATERIAL_NAMES, THING_NAMES, questionFor } from './world';

export function telepathyVocabulary(): string[] {
  return wordsIn([
    [ATTRIBUTE_NAMES.map(questionFor), Object.keys(CATEGORIES), CATEGORIES, THING_NAMES, MATERIAL_NAMES],
    [Object.values(wording), NOT_HEARD, SEVERAL, AGAIN, VAGUE],
    [OPENING_TEMPLATES, CORPUS_TEMPLATES, 'it is not a an made of'],
  ]);
}
