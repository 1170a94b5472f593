/**
 * The rules of Travel: find the options by Search, the traveller's wishes by Action, and the cheapest option that
 * grants them all by Answer. UserRL (arXiv 2509.19736), TravelGym; `docs/gyms/travel.md` tells where we differ.
 */
import { Random, splitSeed } from '../../random';
import { roundReward, TurnLimitedEpisode, type Verdict } from '../episode';
import type { EpisodeOptions, GymEvent, HiddenFact, Operation, ToolCall } from '../types';
import { readAnswer, readQuery, readQuestion } from './match';
import {
  GRADES,
  type Booking,
  type Choice,
  type Grade,
  type Option,
  type Preference,
  type TravelSituation,
  type TravelTask,
} from './types';
import type { AspectName } from './world';

export interface RewardTable extends Readonly<Record<Grade, number>> {
  /** First search of an aspect with all its arguments. */
  readonly search: number;
  /** A question that brings out a wish. */
  readonly preference: number;
}

/** UserRL pays differently where it trains, where it evaluates, and by the library's default (and the paper). */
export const REWARD_TABLES = {
  training: { search: 0, preference: 0.8, best: 1, correct: 0.8, wrong: 0 },
  evaluation: { search: 0.2, preference: 0.6, best: 1, correct: 0.8, wrong: 0 },
  library: { search: 0.2, preference: 0.2, best: 1, correct: 0.8, wrong: 0 },
} as const satisfies Record<string, RewardTable>;

export interface TravelOptions {
  readonly rewards: keyof typeof REWARD_TABLES;
  /** Every so many searches the backend fails on purpose. UserRL: search_failure_interval 5. */
  readonly searchFailureInterval: number;
  /** The user volunteers a wish in the so-manieth utterance in a row that asks for none. UserRL: 3. */
  readonly elicitationInterval: number;
  /**
   * Whether the episode ends once every aspect has a choice, good or bad. UserRL's synchronous path does, its
   * asynchronous one (used in training) runs on to the turn limit, although hardly anything can be won there.
   */
  readonly endWhenAllChosen: boolean;
}

export const TRAVEL_DEFAULTS: TravelOptions = {
  rewards: 'training',
  searchFailureInterval: 5,
  elicitationInterval: 3,
  endWhenAllChosen: true,
};

export const TRAVEL_OPERATIONS: readonly Operation[] = ['action', 'search', 'answer'];

const fits = ({ preferences }: Booking, option: Option): boolean =>
  preferences.every(({ value }, i) => option.values[i] === value);

/** The cheapest option that grants every wish. */
export function bestOption(booking: Booking): Option {
  const [best] = booking.options.filter((o) => fits(booking, o)).sort((a, b) => a.price - b.price);
  if (!best) throw new Error(`No ${booking.aspect} fits`);
  return best;
}

export function gradeOf(booking: Booking, number: number): Grade {
  if (bestOption(booking).number === number) return 'best';
  const option = booking.options.find((o) => o.number === number);
  return option && fits(booking, option) ? 'correct' : 'wrong';
}

/**
 * The most that `maxTurns` can earn: every wish and every search pays once and takes a turn; all best options
 * together take one more, since one answer may name several.
 */
export function maximumReturn({ hidden }: TravelTask, maxTurns: number, rewards: RewardTable): number {
  const single = hidden.bookings
    .flatMap(({ preferences }) => [rewards.search, ...preferences.map(() => rewards.preference)])
    .sort((a, b) => b - a);
  const sumOf = (turns: number) => single.slice(0, Math.max(0, turns)).reduce((sum, r) => sum + r, 0);
  const answers = maxTurns > 0 ? hidden.bookings.length * rewards.best : 0;
  return roundReward(Math.max(sumOf(maxTurns), answers + sumOf(maxTurns - 1)));
}

/**
 * UserRL's score of a played task (eval/analyze.py): the best reward of an answer for every aspect, over the number
 * of aspects. Searches and wishes do not count, whatever they pay.
 */
export function itemScore(
  { hidden: { bookings } }: TravelTask,
  turns: readonly { readonly events: readonly GymEvent[] }[],
  rewards: RewardTable,
): number {
  const choices = turns.flatMap(({ events }) => events.filter(isChoice));
  const bestOf = (aspect: AspectName): number =>
    Math.max(0, ...choices.filter(({ subject }) => subject === aspect).map(({ name }) => rewards[name]));
  return bookings.reduce((sum, { aspect }) => sum + bestOf(aspect), 0) / bookings.length;
}

const isChoice = (event: GymEvent): event is GymEvent & { readonly name: Grade } =>
  GRADES.some((grade) => grade === event.name);

export class TravelEpisode extends TurnLimitedEpisode<TravelSituation> {
  readonly operations = TRAVEL_OPERATIONS;
  readonly #bookings: readonly Booking[];
  readonly #rewards: RewardTable;
  readonly #random: Random;
  readonly #told = new Set<Preference>();
  readonly #listed = new Set<AspectName>();
  readonly #chosen = new Map<AspectName, Choice>();
  #searches = 0;
  #idleUtterances = 0;

  constructor(
    private readonly task: TravelTask,
    episode: EpisodeOptions,
    private readonly options: TravelOptions,
  ) {
    super(task.opening, episode);
    this.#bookings = task.hidden.bookings;
    this.#rewards = REWARD_TABLES[options.rewards];
    this.#random = new Random(splitSeed(episode.seed, 'travel'));
  }

  hiddenFacts(): HiddenFact[] {
    const total = maximumReturn(this.task, Infinity, this.#rewards);
    return this.#bookings.flatMap((booking) => {
      const { aspect, preferences, options } = booking;
      return [
        {
          label: `${aspect} options`,
          value: `${options.length}`,
          weight: this.#rewards.search / total,
          found: this.#listed.has(aspect),
        },
        ...preferences.map((preference) => ({
          label: `${aspect} ${preference.point}`,
          value: preference.value,
          weight: this.#rewards.preference / total,
          found: this.#told.has(preference),
        })),
        {
          label: `best ${aspect}`,
          value: `${aspect} ${bestOption(booking).number}`,
          weight: this.#rewards.best / total,
          found: this.#chosen.get(aspect)?.grade === 'best',
        },
      ];
    });
  }

  protected judge({ choice, content }: ToolCall): Verdict<TravelSituation> {
    if (choice === 'search') return this.#search(content);
    return choice === 'answer' ? this.#answer(content) : this.#talk(content);
  }

  protected notHeard(): TravelSituation {
    return { kind: 'not-heard' };
  }

  /** Pays for the first search of an aspect that names the city and the day of the opening, and no others. */
  #search(query: string): Verdict<TravelSituation> {
    this.#searches += 1;
    if (this.#searches % this.options.searchFailureInterval === 0) return verdict({ kind: 'backend-down' });
    const { aspect, cities, days } = readQuery(query);
    const { city, day } = this.task.hidden;
    const matches = cities.length === 1 && cities[0] === city && days.length === 1 && days[0] === day;
    const booking = this.#bookings.find((b) => b.aspect === aspect);
    if (!booking || !matches) return verdict({ kind: 'no-match' });
    if (this.#listed.has(booking.aspect)) return verdict({ kind: 'searched-before', aspect: booking.aspect });
    this.#listed.add(booking.aspect);
    return verdict({ kind: 'options', booking }, this.#rewards.search, booking.aspect);
  }

  /** One utterance brings out one wish at most: the first it asks for that is still open. */
  #talk(text: string): Verdict<TravelSituation> {
    const { aspects, points, vague } = readQuestion(text);
    const asked = points.flatMap((point) =>
      this.#preferences().filter((p) => p.point === point && (!aspects.length || aspects.includes(p.aspect))),
    );
    const open = this.#open();
    const preference = asked.find((p) => open.includes(p));
    if (preference) {
      this.#idleUtterances = 0;
      this.#told.add(preference);
      return verdict({ kind: 'preference', preference }, this.#rewards.preference, nameOf(preference));
    }
    if (this.#idleUtterances >= this.options.elicitationInterval - 1 && open.length > 0) {
      this.#idleUtterances = 0;
      const volunteered = this.#random.pick(open);
      this.#told.add(volunteered);
      return verdict({ kind: 'volunteered', preference: volunteered }, 0, nameOf(volunteered));
    }
    this.#idleUtterances += 1;
    const told = asked.find((p) => this.#told.has(p));
    if (told) return verdict({ kind: 'said-before', preference: told }, 0, nameOf(told));
    if (points[0]) return verdict({ kind: 'no-preference', point: points[0] }, 0, points[0]);
    return verdict({ kind: vague || aspects.length > 0 ? 'vague' : 'small-talk' });
  }

  /** One choice per aspect: an answer that chooses again is worth nothing as a whole. */
  #answer(text: string): Verdict<TravelSituation> {
    const only = this.#bookings.length === 1 ? this.#bookings[0]?.aspect : undefined;
    const named = readAnswer(text, only);
    if (named.length === 0) return verdict({ kind: 'bad-answer' });
    const aspects = new Set(named.map(({ aspect }) => aspect));
    if (aspects.size < named.length || named.some(({ aspect }) => this.#chosen.has(aspect))) {
      return verdict({ kind: 'chosen-before' });
    }
    const choices = named.map(({ aspect, number }): Choice => {
      const booking = this.#bookings.find((b) => b.aspect === aspect);
      return { aspect, number, grade: booking ? gradeOf(booking, number) : 'wrong' };
    });
    for (const choice of choices) this.#chosen.set(choice.aspect, choice);
    const grades = this.#bookings.map(({ aspect }) => this.#chosen.get(aspect)?.grade);
    const success = grades.every((grade) => grade === 'best');
    return {
      reward: roundReward(choices.reduce((sum, { grade }) => sum + this.#rewards[grade], 0)),
      success,
      deadEnd: !success && this.options.endWhenAllChosen && grades.every((grade) => grade !== undefined),
      situation: { kind: 'chosen', choices },
      events: choices.map(({ aspect, grade }) => ({ name: grade, subject: aspect })),
    };
  }

  #preferences(): Preference[] {
    return this.#bookings.flatMap(({ preferences }) => preferences);
  }

  /** Wishes that can still be brought out: choosing for an aspect withdraws those about it. */
  #open(): Preference[] {
    return this.#preferences().filter((p) => !this.#told.has(p) && !this.#chosen.has(p.aspect));
  }
}

const nameOf = ({ aspect, point }: Preference): string => `${aspect} ${point}`;

function verdict(situation: TravelSituation, reward = 0, subject?: string): Verdict<TravelSituation> {
  const event: GymEvent =
    subject === undefined ? { name: situation.kind } : { name: situation.kind, subject };
  return { reward, success: false, situation, events: [event] };
}
