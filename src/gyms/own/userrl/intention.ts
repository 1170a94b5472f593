/**
 * UserRL's Intention items: a vague task and the details that are missing. UserRL lets a language model say which
 * details a question covers; here a detail is covered by a question that has half the words of its description or
 * of its example question.
 */
import * as v from 'valibot';
import { maximumReturn, questionReward, TIER_REWARD } from '../../intention/rules';
import type { Importance } from '../../intention/types';
import type { ToolCall } from '../../types';
import { action, type Game, type Ruling, type UserRlSpec } from './game';
import { coverage } from './overlap';

/** Share of a detail's words that ask for it. */
const ASKED_SHARE = 0.5;

const schema = v.object({
  id: v.optional(v.union([v.string(), v.number()])),
  category: v.optional(v.string(), ''),
  task: v.string(),
  missing_details: v.pipe(
    v.array(
      v.object({
        description: v.string(),
        importance: v.pipe(v.union([v.string(), v.number()]), v.transform(Number), v.picklist([1, 2, 3])),
        inquiry: v.optional(v.string(), ''),
        options: v.optional(v.array(v.string()), []),
      }),
    ),
    v.minLength(1),
  ),
});
type Item = v.InferOutput<typeof schema>;
type Missing = Item['missing_details'][number];

const valueOf = ({ options }: Missing): string => options[0] ?? 'as you think best';
const questionFor = ({ inquiry, description }: Missing): string => inquiry || `What is the ${description}?`;
const asksFor = ({ description, inquiry }: Missing, said: string): boolean =>
  Math.max(coverage(description, said), coverage(inquiry, said)) >= ASKED_SHARE;

class IntentionGame implements Game {
  readonly #remaining: Set<Missing>;

  constructor(private readonly item: Item) {
    this.#remaining = new Set(item.missing_details);
  }

  judge({ content }: ToolCall): Ruling {
    const covered = [...this.#remaining].filter((detail) => asksFor(detail, content));
    for (const detail of covered) this.#remaining.delete(detail);
    const success = this.#remaining.size === 0;
    if (covered.length === 0)
      return { reward: 0, event: { name: 'irrelevant' }, text: 'I have no preference about that.' };
    return {
      reward: questionReward(covered.map(({ importance }) => importance as Importance)),
      success,
      event: { name: 'found', subject: covered.map(({ description }) => description).join(', ') },
      text: covered.map((detail) => `${detail.description}: ${valueOf(detail)}.`).join(' '),
    };
  }

  facts() {
    const total = this.item.missing_details.reduce(
      (sum, d) => sum + TIER_REWARD[d.importance as Importance],
      0,
    );
    return this.item.missing_details.map((detail) => ({
      label: detail.description,
      value: valueOf(detail),
      weight: TIER_REWARD[detail.importance as Importance] / total,
      found: !this.#remaining.has(detail),
    }));
  }

  expert() {
    const [best] = [...this.#remaining].sort((a, b) => b.importance - a.importance);
    return best ? action(questionFor(best)) : null;
  }
}

export const intentionItems: UserRlSpec<Item> = {
  gym: 'intention',
  operations: ['action'],
  recognises: (entry) => 'missing_details' in entry,
  schema,
  opening: ({ category, task }) => (category ? `${category}: ${task}` : task),
  play: (item) => new IntentionGame(item),
  wander: ({ missing_details: details }, random) => action(questionFor(random.pick(details))),
  maximumReturn: ({ missing_details: details }, maxTurns) =>
    maximumReturn(
      details.map(({ description, importance }) => ({
        aspect: description,
        importance: importance as Importance,
        value: '',
      })),
      maxTurns,
    ),
};
