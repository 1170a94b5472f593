/** Every word that Function can say: what a tokenizer for it must know. */
import { wordsIn } from '../text';
import { LARGEST_WORD, RULES, numberWords, ruleText } from './arithmetic';
import { CORPUS_TEMPLATES } from './corpus';
import { SEARCH, answer } from './demonstrators';
import { OPENING_TEMPLATES } from './tasks';
import { FRAMES } from './wording';

export const functionVocabulary = (): string[] =>
  wordsIn([
    Array.from({ length: LARGEST_WORD + 1 }, (_, i) => numberWords(i)),
    [RULES.map(({ expression }) => ruleText(expression)), SEARCH.content, answer(0).content],
    [FRAMES, OPENING_TEMPLATES, CORPUS_TEMPLATES, 'one two three - .'],
  ]);
