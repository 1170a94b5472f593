/** Every word that Intention can say: what a tokenizer for it must know. */
import { NOT_HEARD, NOT_UNDERSTOOD } from '../phrases';
import { wordsIn } from '../text';
import { ASPECTS, ASPECT_NAMES, compoundQuestion } from './aspects';
import { CATEGORIES, CATEGORY_NAMES } from './categories';
import { CORPUS_TEMPLATES } from './corpus';
import { OPENING_TEMPLATES } from './tasks';
import * as wording from './wording';

/** All words and punctuation marks, sorted; template placeholders are left out. */
export function intentionVocabulary(): string[] {
  const sources: readonly unknown[] = [
    ASPECT_NAMES.map((name) => {
      const { question, values, stated, told } = ASPECTS[name];
      return [name, question, values, stated, told, compoundQuestion(name, name)];
    }),
    CATEGORY_NAMES.map((name) => [CATEGORIES[name].wish, CATEGORIES[name].thing]),
    [Object.values(wording), NOT_HEARD, NOT_UNDERSTOOD],
    [OPENING_TEMPLATES, CORPUS_TEMPLATES, ', and'],
  ];
  return wordsIn(sources).filter((word) => word !== '*');
}
