/**
 * UserRL's Travel items: bookings with hidden preferences and options. UserRL lets a language model judge searches
 * and utterances; here a search must name the aspect and have all its arguments, and an utterance asks for a
 * preference if it has half of that preference's words. Rewards as UserRL trains.
 */
import * as v from 'valibot';
import { roundReward } from '../../episode';
import { splitWords } from '../../text';
import { REWARD_TABLES, TRAVEL_DEFAULTS } from '../../travel/rules';
import type { ToolCall } from '../../types';
import { isObject } from '../json';
import { action, answer, search, type Game, type Ruling, type UserRlSpec } from './game';
import { coverage } from './overlap';

const ASPECTS = ['flight', 'hotel', 'apartment', 'rental_car', 'restaurant'] as const;
type AspectName = (typeof ASPECTS)[number];
/** Share of a preference's words that ask for it. */
const ASKED_SHARE = 0.5;
const REWARDS = REWARD_TABLES.training;

const option = v.looseObject({ id: v.pipe(v.string(), v.minLength(1)), cost: v.optional(v.number()) });
const aspectSchema = v.pipe(
  v.object({
    /** Aspect, what it is about, what is wanted, how the traveller says so without saying it. */
    preferences: v.array(v.tuple([v.string(), v.string(), v.string(), v.string()])),
    arguments: v.optional(v.record(v.string(), v.unknown()), {}),
    options: v.object({
      correct: v.array(option),
      wrong: v.optional(v.array(option), []),
      noise: v.optional(v.array(option), []),
    }),
    correct_ids: v.array(v.string()),
    best_id: v.string(),
  }),
  v.check(({ correct_ids: ids, best_id: best }) => ids.includes(best), 'best_id must be one of correct_ids'),
);
type AspectItem = v.InferOutput<typeof aspectSchema>;
type Booking = AspectItem & { readonly name: AspectName };

const schema = v.pipe(
  v.looseObject({
    scenario: v.optional(v.string(), ''),
    dimensions: v.pipe(v.array(v.picklist(ASPECTS)), v.minLength(1)),
    initial_description: v.string(),
  }),
  v.rawTransform(({ dataset, addIssue, NEVER }) => {
    const bookings: Booking[] = [];
    for (const name of dataset.value.dimensions) {
      const parsed = v.safeParse(aspectSchema, dataset.value[name]);
      if (!parsed.success) {
        const [issue] = parsed.issues;
        addIssue({ message: `${name}.${v.getDotPath(issue) ?? ''}: ${issue.message}` });
        return NEVER;
      }
      bookings.push({ name, ...parsed.output });
    }
    return { initial_description: dataset.value.initial_description, bookings };
  }),
);
type Item = v.InferOutput<typeof schema>;
type Preference = AspectItem['preferences'][number];

const spoken = (name: AspectName): string => name.replace('_', ' ');
const argumentTexts = ({ arguments: given }: AspectItem): string[] =>
  Object.values(given).map((value) => (isObject(value) ? JSON.stringify(value) : String(value)));
const queryFor = (booking: Booking): string => [spoken(booking.name), ...argumentTexts(booking)].join(' ');
const questionFor = ([aspect, about, wanted]: Preference): string =>
  `About the ${aspect}: ${about}, ${wanted}?`;

/** The letter and number that an option is chosen by: "F12". */
const ID = /^[a-z]\d+$/i;

class TravelGame implements Game {
  readonly #wishes: Map<Preference, AspectName>;
  readonly #fetched = new Set<AspectName>();
  readonly #chosen = new Map<AspectName, string>();
  #searches = 0;
  #idle = 0;

  constructor(private readonly item: Item) {
    this.#wishes = new Map(
      item.bookings.flatMap(({ name, preferences }) => preferences.map((wish) => [wish, name] as const)),
    );
  }

  judge({ choice, content }: ToolCall): Ruling {
    switch (choice) {
      case 'search':
        return this.#search(content);
      case 'action':
        return this.#ask(content);
      case 'answer':
        return this.#choose(content);
    }
  }

  #search(content: string): Ruling {
    this.#searches += 1;
    if (this.#searches % TRAVEL_DEFAULTS.searchFailureInterval === 0)
      return { reward: 0, event: { name: 'failed' }, text: 'The search failed. Please try again.' };
    const said = new Set(splitWords(content));
    const has = (text: string) => splitWords(text).every((word) => said.has(word));
    const booking = this.item.bookings.find((one) => has(spoken(one.name)) && argumentTexts(one).every(has));
    if (!booking) return { reward: 0, event: { name: 'no-results' }, text: 'Nothing fits this search.' };
    const first = !this.#fetched.has(booking.name);
    this.#fetched.add(booking.name);
    const { correct, wrong, noise } = booking.options;
    return {
      reward: first ? REWARDS.search : 0,
      event: { name: first ? 'fetched' : 'repeated', subject: booking.name },
      // By their names, which tell nothing: the file has the right ones first.
      text: [...correct, ...wrong, ...noise]
        .sort((a, b) => a.id.localeCompare(b.id, 'en', { numeric: true }))
        .map((one) => JSON.stringify(one))
        .join('\n'),
    };
  }

  #ask(content: string): Ruling {
    const meant = [...this.#wishes.keys()].find(
      ([, about, wanted]) => coverage(`${about} ${wanted}`, content) >= ASKED_SHARE,
    );
    if (meant) return this.#tell(meant, REWARDS.preference);
    this.#idle += 1;
    const [left] = this.#wishes.keys();
    if (left && this.#idle >= TRAVEL_DEFAULTS.elicitationInterval) return this.#tell(left, 0);
    return { reward: 0, event: { name: 'vague' }, text: 'Could you ask for something more definite?' };
  }

  #tell(wish: Preference, reward: number): Ruling {
    this.#wishes.delete(wish);
    this.#idle = 0;
    return {
      reward,
      event: { name: reward > 0 ? 'preference' : 'volunteered', subject: wish[1] },
      text: wish[3],
    };
  }

  #choose(content: string): Ruling {
    const ids = content.split(',').map((id) => id.trim().toUpperCase());
    if (!ids.every((id) => ID.test(id)))
      return {
        reward: 0,
        event: { name: 'bad-format' },
        text: 'Name the options by their ids, such as F1, H2.',
      };
    const bookings = ids.map((id) =>
      this.item.bookings.find(({ options }) =>
        [...options.correct, ...options.wrong, ...options.noise].some((one) => one.id.toUpperCase() === id),
      ),
    );
    const names = bookings.flatMap((booking) => (booking ? [booking.name] : []));
    if (new Set(names).size < names.length || names.some((name) => this.#chosen.has(name)))
      return { reward: 0, event: { name: 'chosen-before' }, text: 'There is a choice for this already.' };
    let reward = 0;
    bookings.forEach((booking, i) => {
      if (!booking) return;
      const id = ids[i]!;
      this.#chosen.set(booking.name, id);
      for (const [wish, name] of this.#wishes) if (name === booking.name) this.#wishes.delete(wish);
      const correct = booking.correct_ids.some((one) => one.toUpperCase() === id);
      reward +=
        booking.best_id.toUpperCase() === id ? REWARDS.best : correct ? REWARDS.correct : REWARDS.wrong;
    });
    const success = this.item.bookings.every(
      ({ name, best_id: best }) => this.#chosen.get(name) === best.toUpperCase(),
    );
    return {
      reward: roundReward(reward),
      success,
      event: { name: reward > 0 ? 'chosen' : 'wrong' },
      text: success ? 'Thank you, that is just what I need.' : 'Thank you, I have noted that.',
    };
  }

  facts() {
    const { bookings } = this.item;
    return bookings.flatMap((booking) => [
      {
        label: spoken(booking.name),
        value: booking.best_id,
        weight: 1 / bookings.length,
        found: this.#chosen.get(booking.name) === booking.best_id.toUpperCase(),
      },
      ...booking.preferences.map((wish) => ({
        label: wish[1],
        value: wish[2],
        weight: 0,
        found: !this.#wishes.has(wish),
      })),
    ]);
  }

  expert() {
    if (this.#chosen.size > 0) return null;
    const [wish] = this.#wishes.keys();
    if (wish) return action(questionFor(wish));
    return answer(this.item.bookings.map(({ best_id: best }) => best).join(', '));
  }
}

export const travelItems: UserRlSpec<Item> = {
  gym: 'travel',
  operations: ['action', 'search', 'answer'],
  recognises: (entry) => 'initial_description' in entry && 'dimensions' in entry,
  schema,
  opening: ({ initial_description: text }) => `${text} Please find the cheapest options that suit me.`,
  play: (item) => new TravelGame(item),
  wander: ({ bookings }, random) => {
    const booking = random.pick(bookings);
    const kind = random.next();
    if (kind < 0.3) return search(queryFor(booking));
    const [wish] = random.shuffled(booking.preferences);
    return kind < 0.7 && wish ? action(questionFor(wish)) : answer(booking.best_id);
  },
  /** Every preference takes a turn, all choices together one; searches pay nothing where UserRL trains. */
  maximumReturn: ({ bookings }, maxTurns) => {
    if (maxTurns < 1) return 0;
    const wishes = bookings.reduce((sum, { preferences }) => sum + preferences.length, 0);
    return roundReward(bookings.length * REWARDS.best + Math.min(maxTurns - 1, wishes) * REWARDS.preference);
  },
};
