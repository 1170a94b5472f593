/** Every word that Persuade can say: what a tokenizer for it must know. */
import { NOT_HEARD } from '../phrases';
import { wordsIn } from '../text';
import { CORPUS_TEMPLATES } from './corpus';
import { OPENING_TEMPLATES, TOLD_TEMPLATES } from './tasks';
import * as wording from './wording';
import { ASK, CLAIMS, PERSONA_NAMES, STANCES, VALUES, VALUE_NAMES, askAbout } from './world';

export function persuadeVocabulary(): string[] {
  return wordsIn([
    VALUE_NAMES.map((name) => [VALUES[name].own, VALUES[name].argument, askAbout(name)]),
    [CLAIMS, PERSONA_NAMES, STANCES, ASK, 'a an that'],
    [Object.values(wording), NOT_HEARD],
    [OPENING_TEMPLATES, TOLD_TEMPLATES, CORPUS_TEMPLATES],
  ]);
}
