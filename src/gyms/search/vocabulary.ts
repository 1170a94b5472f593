/** Every word that Search can say: what a tokenizer for it must know. */
import { PEOPLE } from '../people';
import { CALL_LOST } from '../phrases';
import { wordsIn } from '../text';
import { CORPUS_TEMPLATES } from './corpus';
import * as wording from './wording';
import { CITIES, objectsOf, RELATION_NAMES, RELATIONS, THINGS } from './world';

export function searchVocabulary(): string[] {
  const facts = [THINGS, PEOPLE, CITIES, RELATION_NAMES.map(objectsOf)];
  const relations = Object.values(RELATIONS).map(({ stated, query, questions, ...rest }) => [
    stated,
    query,
    questions,
    'phrase' in rest ? rest.phrase : '',
  ]);
  return wordsIn([relations, facts, Object.values(wording), CALL_LOST, CORPUS_TEMPLATES]);
}
