/** Every word that Function can say: what a tokenizer for it must know. */
import { CALL_LOST } from '../phrases';
import { NUMBER_WORDS } from '../numbers';
import { wordsIn } from '../text';
import { RULES, ruleText } from './arithmetic';
import { CORPUS_TEMPLATES } from './corpus';
import { SEARCH, answer } from './demonstrators';
import { OPENING_TEMPLATES } from './tasks';
import { FRAMES } from './wording';

export const functionVocabulary = (): string[] =>
  wordsIn([
    NUMBER_WORDS,
    [RULES.map(({ expression }) => ruleText(expression)), SEARCH.content, answer(0).content],
    [FRAMES, CALL_LOST, OPENING_TEMPLATES, CORPUS_TEMPLATES, 'one two three - .'],
  ]);
