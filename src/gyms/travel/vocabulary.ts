/** Every word that Travel can say: what a tokenizer for it must know. */
import { NUMBER_WORDS } from '../numbers';
import { NOT_HEARD } from '../phrases';
import { wordsIn } from '../text';
import { CORPUS_TEMPLATES } from './corpus';
import { OPENING_TEMPLATES } from './tasks';
import * as wording from './wording';
import { ASPECTS, CITIES, DAYS, POINTS, POINT_NAMES, queryFor, questionFor } from './world';

export function travelVocabulary(): string[] {
  return wordsIn([
    [Object.keys(ASPECTS), ASPECTS, CITIES, DAYS],
    POINT_NAMES.map((point) => [point, Object.keys(POINTS[point]), POINTS[point]]),
    [questionFor('flight', 'seat'), queryFor('flight', 'rome', 'friday'), ' , and'],
    Object.values(wording),
    NOT_HEARD,
    [OPENING_TEMPLATES, CORPUS_TEMPLATES, NUMBER_WORDS, 'so'],
  ]);
}
