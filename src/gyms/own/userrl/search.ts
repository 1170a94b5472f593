/** UserRL's Search items: a question and its answer, compared letter by letter. There is no search engine here. */
import * as v from 'valibot';
import { CORRECT_REWARD, normaliseAnswer, SEARCH_DEFAULTS } from '../../search/rules';
import type { ToolCall } from '../../types';
import { answer, search, type Game, type Ruling, type UserRlSpec } from './game';

const text = v.pipe(v.string(), v.minLength(1));
const schema = v.pipe(
  v.object({ id: v.optional(v.union([v.string(), v.number()])), question: text, answer: text }),
  v.check((item) => normaliseAnswer(item.answer) !== '', 'the answer has no letters or digits'),
);
type Item = v.InferOutput<typeof schema>;

class SearchGame implements Game {
  #searches = 0;
  #answered = false;

  constructor(private readonly item: Item) {}

  judge({ choice, content }: ToolCall): Ruling {
    if (choice !== 'answer') {
      this.#searches += 1;
      return this.#searches > SEARCH_DEFAULTS.maxSearches
        ? { reward: 0, event: { name: 'refused' }, text: 'No more searches are allowed. Please answer.' }
        : {
            reward: 0,
            event: { name: 'no-results' },
            text: 'Nothing was found: there is no search engine here.',
          };
    }
    this.#answered = normaliseAnswer(content) === normaliseAnswer(this.item.answer);
    return this.#answered
      ? { reward: CORRECT_REWARD, success: true, event: { name: 'right' }, text: 'Correct.' }
      : { reward: 0, event: { name: 'wrong' }, text: 'That is not the answer.' };
  }

  facts() {
    return [{ label: 'answer', value: this.item.answer, weight: 1, found: this.#answered }];
  }

  expert() {
    return this.#answered ? null : answer(this.item.answer);
  }
}

export const searchItems: UserRlSpec<Item> = {
  gym: 'search',
  operations: ['search', 'answer'],
  recognises: (entry) => 'question' in entry && 'answer' in entry,
  schema,
  opening: ({ question }) => question,
  play: (item) => new SearchGame(item),
  wander: (item, random) => (random.next() < 0.5 ? search(item.question) : answer(item.answer)),
  maximumReturn: (_item, maxTurns) => (maxTurns >= 1 ? CORRECT_REWARD : 0),
};
