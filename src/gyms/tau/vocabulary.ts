/** Every word that Tau can say: what a tokenizer for it must know. */
import { NUMBER_WORDS } from '../numbers';
import { NOT_HEARD } from '../phrases';
import { wordsIn } from '../text';
import { CORPUS_TEMPLATES } from './corpus';
import { OPENING_TEMPLATES, UNSTATED_COLOUR, UNSTATED_ITEM, WISH_PHRASES } from './tasks';
import * as wording from './wording';
import { COLOURS, CUSTOMERS, ITEMS, SAYINGS } from './world';

export function tauVocabulary(): string[] {
  return wordsIn([
    [ITEMS, COLOURS, CUSTOMERS, NUMBER_WORDS, 'my and ,', 'cancel return'],
    [Object.values(SAYINGS), Object.values(WISH_PHRASES), UNSTATED_COLOUR, UNSTATED_ITEM],
    [OPENING_TEMPLATES, CORPUS_TEMPLATES, Object.values(wording), NOT_HEARD],
    'tools policy',
  ]);
}
