/**
 * UserRL's Turtle items: a surface story, the story behind it, and weighted criteria. UserRL lets a language model
 * judge; here a question is answered by how many of its words stand in the story behind, and a criterion is told by
 * a story that has its words.
 */
import * as v from 'valibot';
import { roundReward } from '../../episode';
import { CLOSE_SHARE, COVERED_SHARE, maximumReturn, TURTLE_DEFAULTS } from '../../turtle/rules';
import type { ToolCall } from '../../types';
import { action, answer, type Game, type Ruling, type UserRlSpec } from './game';
import { contentWords, coverage } from './overlap';

/** Shares of a question's words that make a yes and a maybe, and of a criterion's that make it told or close. */
const YES = 0.6;
const MAYBE = 0.3;
const TOLD = 0.75;
const CLOSE = 0.4;
/** How far the weights may be from adding up to 1. */
const WEIGHT_TOLERANCE = 1e-3;

const text = v.pipe(v.string(), v.minLength(1));
const schema = v.pipe(
  v.object({
    new_title: v.optional(v.string(), ''),
    new_surface: text,
    new_bottom: text,
    evaluation: v.pipe(
      v.array(v.object({ statement: text, score: v.pipe(v.number(), v.minValue(0), v.maxValue(1)) })),
      v.minLength(1),
    ),
  }),
  v.check(
    ({ evaluation }) =>
      Math.abs(evaluation.reduce((sum, { score }) => sum + score, 0) - 1) < WEIGHT_TOLERANCE,
    'the scores of the statements must add up to 1',
  ),
);
type Item = v.InferOutput<typeof schema>;

class TurtleGame implements Game {
  readonly #told = new Set<string>();
  #best = 0;

  constructor(private readonly item: Item) {}

  judge({ choice, content }: ToolCall): Ruling {
    if (choice !== 'answer') {
      const known = coverage(content, this.item.new_bottom);
      const reply = known >= YES ? 'Yes' : known >= MAYBE ? 'Maybe' : 'No';
      return { reward: 0, event: { name: reply.toLowerCase() }, text: `${reply}.` };
    }
    const shares = this.item.evaluation.map(({ statement }) => {
      const said = coverage(statement, content);
      return said >= TOLD ? COVERED_SHARE : said >= CLOSE ? CLOSE_SHARE : 0;
    });
    const score = roundReward(
      this.item.evaluation.reduce((sum, { score: weight }, i) => sum + weight * shares[i]!, 0),
    );
    const reward = roundReward(Math.max(0, score - this.#best));
    this.#best = Math.max(this.#best, score);
    const covered = this.item.evaluation.filter((_, i) => shares[i] === COVERED_SHARE);
    for (const { statement } of covered) this.#told.add(statement);
    return {
      reward,
      success: score >= TURTLE_DEFAULTS.successThreshold - WEIGHT_TOLERANCE,
      event: { name: covered.length > 0 ? 'covered' : 'missed' },
      text:
        covered.length > 0
          ? `You have found out: ${covered.map(({ statement }) => statement).join(' ')}`
          : 'That is not yet the story.',
    };
  }

  facts() {
    return this.item.evaluation.map(({ statement, score }, i) => ({
      label: `statement ${i + 1}`,
      value: statement,
      weight: score,
      found: this.#told.has(statement),
    }));
  }

  expert() {
    return this.#best >= 1 - WEIGHT_TOLERANCE
      ? null
      : answer(this.item.evaluation.map(({ statement }) => statement).join(' '));
  }
}

export const turtleItems: UserRlSpec<Item> = {
  gym: 'turtle',
  operations: ['action', 'answer'],
  recognises: (entry) => 'new_bottom' in entry,
  schema,
  opening: ({ new_title: title, new_surface: surface }) => [title, surface].filter(Boolean).join(': '),
  play: (item) => new TurtleGame(item),
  wander: (item, random) =>
    random.next() < 0.3
      ? answer(item.new_surface)
      : action(`Is it about ${random.pick([...contentWords(item.new_bottom), 'that'])}?`),
  maximumReturn: (_item, maxTurns) => maximumReturn(maxTurns),
};
