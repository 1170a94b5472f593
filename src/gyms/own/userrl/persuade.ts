/**
 * UserRL's Persuade items: a claim that the user supports, and an argument for it. UserRL lets a language model say
 * where the user stands after each utterance; here an utterance moves the user by one level if it is about the
 * claim and brings enough words that were not said before. Nobody moves back.
 */
import * as v from 'valibot';
import { LAST_STANCE, stanceReward } from '../../persuade/rules';
import type { Stance } from '../../persuade/world';
import type { ToolCall } from '../../types';
import { answer, type Game, type Ruling, type UserRlSpec } from './game';
import { contentWords } from './overlap';

/** New words with a meaning of their own that make an argument. */
export const NEW_WORDS = 5;
const STANCES = [
  'Strongly Agree',
  'Agree',
  'Partly Agree',
  'Neutral',
  'Partly Disagree',
  'Disagree',
  'Strongly Disagree',
] as const;

/** What may be held against nearly everything, each with more new words than it takes. */
const REASONS: readonly string[] = [
  'It costs ordinary families money, patience, energy and trust that they cannot spare.',
  'Careful studies found weak evidence, large errors and hidden assumptions behind it.',
  'Freedom, privacy, dignity and fair treatment suffer wherever people lose real choices.',
  'Simpler alternatives already succeed elsewhere, with fewer rules, delays and complaints.',
  'Children, workers, patients and pensioners would carry most risks and burdens alone.',
  'Experience teaches that early promises fade while side effects quietly accumulate and spread.',
  'Experts, neighbours and former supporters openly regret similar decisions made abroad before.',
  'Better uses exist: schools, hospitals, bridges, parks, libraries and clean rivers.',
];

const text = v.pipe(v.string(), v.minLength(1));
const schema = v.pipe(
  v.object({
    id: v.optional(v.union([v.string(), v.number()])),
    claim: text,
    argument: v.optional(v.string(), ''),
  }),
  v.check(({ claim }) => contentWords(claim).length > 0, 'the claim says nothing'),
);
type Item = v.InferOutput<typeof schema>;

class PersuadeGame implements Game {
  readonly #said = new Set<string>();
  readonly #topic: ReadonlySet<string>;
  #stance: Stance = 0;
  #argument = 0;

  constructor(private readonly item: Item) {
    this.#topic = new Set(contentWords(`${item.claim} ${item.argument}`));
  }

  judge({ content }: ToolCall): Ruling {
    const words = contentWords(content);
    const fresh = words.filter((word) => !this.#said.has(word));
    for (const word of words) this.#said.add(word);
    const before = this.#stance;
    const moved = fresh.length >= NEW_WORDS && words.some((word) => this.#topic.has(word));
    if (moved) this.#stance = Math.min(LAST_STANCE, before + 1) as Stance;
    return {
      reward: stanceReward(before, this.#stance),
      success: this.#stance === LAST_STANCE,
      event: { name: moved ? 'moved' : 'not-moved' },
      text: moved
        ? `I had not thought of that. I ${STANCES[this.#stance].toLowerCase()} now.`
        : 'That is nothing new to me, or not about this.',
    };
  }

  facts() {
    return [
      { label: 'stance', value: STANCES[this.#stance], weight: 1, found: this.#stance === LAST_STANCE },
    ];
  }

  /** The file holds no argument against the claim; to this judge any will do that is about it and says enough. */
  expert() {
    const reason = REASONS[this.#argument];
    if (this.#stance === LAST_STANCE || reason === undefined) return null;
    this.#argument += 1;
    return answer(`${this.item.claim} ${reason}`);
  }
}

export const persuadeItems: UserRlSpec<Item> = {
  gym: 'persuade',
  operations: ['answer'],
  recognises: (entry) => 'claim' in entry,
  schema,
  opening: ({ claim }) => `I strongly agree with this: ${claim} Can you convince me otherwise?`,
  play: (item) => new PersuadeGame(item),
  wander: ({ claim }) => answer(`I disagree: ${claim}`),
  // A level at a time, each rounded as UserRL rounds it.
  maximumReturn: (_item, maxTurns) => Math.min(LAST_STANCE, Math.max(0, maxTurns)) * stanceReward(0, 1),
};
