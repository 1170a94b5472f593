/**
 * UserRL's Telepathy items: an entity with a description. UserRL lets a language model answer; here a question is
 * answered yes if all its words stand in the description, maybe if some do, no if none does, and a guess is right if
 * it has all words of the name.
 */
import * as v from 'valibot';
import { maximumReturn, RIGHT_GUESS_REWARD } from '../../telepathy/rules';
import type { ToolCall } from '../../types';
import { action, answer, type Game, type Ruling, type UserRlSpec } from './game';
import { contentWords, coverage } from './overlap';

const text = v.pipe(v.string(), v.minLength(1));
const schema = v.pipe(
  v.object({
    id: v.optional(v.union([v.string(), v.number()])),
    title: v.optional(v.string(), ''),
    description: v.optional(v.string(), ''),
    goal: v.optional(v.string(), ''),
    target_entity: text,
    category: v.optional(v.string(), ''),
  }),
  v.check((item) => contentWords(nameOf(item)).length > 0, 'the name of the target is missing'),
);
type Item = v.InferOutput<typeof schema>;

/** "Kite - a toy flown on a string" is a kite. */
function nameOf({ target_entity: target }: { target_entity: string }): string {
  return target.split(/\s[-–—:]\s/)[0]!.trim();
}

class TelepathyGame implements Game {
  readonly #asked = new Set<string>();
  #guessed = false;

  constructor(private readonly item: Item) {}

  judge({ choice, content }: ToolCall): Ruling {
    if (choice === 'answer') {
      this.#guessed = coverage(nameOf(this.item), content) === 1;
      return this.#guessed
        ? { reward: RIGHT_GUESS_REWARD, success: true, event: { name: 'right' }, text: 'Yes, that is it.' }
        : { reward: 0, event: { name: 'wrong' }, text: 'No, it is something else.' };
    }
    const known = coverage(content, `${this.item.target_entity} ${this.item.category}`);
    const reply = known === 1 ? 'Yes' : known > 0 ? 'Maybe' : 'No';
    return { reward: 0, event: { name: reply.toLowerCase() }, text: `${reply}.` };
  }

  facts() {
    return [{ label: 'target', value: this.item.target_entity, weight: 1, found: this.#guessed }];
  }

  expert() {
    if (this.#guessed) return null;
    const { target_entity: target } = this.item;
    const name = contentWords(nameOf(this.item));
    const hint = contentWords(target).find((word) => !name.includes(word) && !this.#asked.has(word));
    // One question first, to show how: the target itself is in the file.
    if (hint === undefined || this.#asked.size > 0) return answer(nameOf(this.item));
    this.#asked.add(hint);
    return action(`Does it have to do with ${hint}?`);
  }
}

export const telepathyItems: UserRlSpec<Item> = {
  gym: 'telepathy',
  operations: ['action', 'answer'],
  recognises: (entry) => 'target_entity' in entry,
  schema,
  opening: ({ description, goal, category }) =>
    [description, goal].filter((part) => part !== '').join(' ') || `I am thinking of something: ${category}`,
  play: (item) => new TelepathyGame(item),
  wander: (item, random) =>
    random.next() < 0.3
      ? answer(nameOf(item))
      : action(`Is it about ${random.pick(contentWords(item.target_entity))}?`),
  maximumReturn: (_item, maxTurns) => maximumReturn(maxTurns),
};
