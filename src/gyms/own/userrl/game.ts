/**
 * What the gyms of UserRL's data files have in common: an item is a task, a game is one run through it. The rules
 * of a game are plain; its players know the item (the oracle) or other items of the file (who wanders).
 */
import type * as v from 'valibot';
import { historyOf, TurnLimitedEpisode, type Verdict } from '../../episode';
import { NOT_HEARD } from '../../phrases';
import { createPlayer } from '../../players';
import { OWN } from '../../options';
import { lazyTasks, taskId } from '../../task-set';
import type {
  Demonstration,
  Episode,
  EpisodeOptions,
  Gym,
  GymEvent,
  HiddenFact,
  Operation,
  Situation,
  Split,
  Task,
  ToolCall,
} from '../../types';
import type { Wording } from '../../wording';
import { Random, splitSeed } from '../../../random';
import { TASK_SEED } from '../draw';
import type { JsonObject } from '../json';
import type { Spoken } from '../spoken';
import type { UserRlGym } from './names';

/** What the rules of a game say about a call. */
export interface Ruling {
  readonly reward: number;
  readonly success?: boolean;
  readonly event: GymEvent;
  /** What the user or the backend says. */
  readonly text: string;
}

export interface Game {
  judge(call: ToolCall): Ruling;
  facts(): readonly HiddenFact[];
  /** The best call now; null when there is nothing left to win. */
  expert(random: Random): Demonstration;
}

export interface UserRlSpec<Item> {
  readonly gym: UserRlGym;
  readonly operations: readonly Operation[];
  /** Whether an entry looks like one of this gym, before it is checked. */
  recognises(entry: JsonObject): boolean;
  readonly schema: v.GenericSchema<unknown, Item>;
  /** What the policy sees. */
  opening(item: Item): string;
  play(item: Item): Game;
  /** A call that somebody makes who has not read the task; `item` is another one of the file. */
  wander(item: Item, random: Random): ToolCall;
  maximumReturn(item: Item, maxTurns: number): number;
}

interface SaidSituation extends Situation {
  readonly kind: 'said' | 'not-heard';
  readonly text: string;
}

const isSaid = (situation: Situation): situation is SaidSituation => 'text' in situation;

/** The rules fix what is said, for all manners alike; only who does not hear differs. */
const saidWording: Wording = {
  word: (_task, situation, manner, random) =>
    isSaid(situation) && situation.kind === 'said' ? situation.text : random.pick(NOT_HEARD[manner]),
};

class GameEpisode extends TurnLimitedEpisode<SaidSituation> {
  constructor(
    opening: string,
    readonly operations: readonly Operation[],
    options: EpisodeOptions,
    readonly game: Game,
  ) {
    super(opening, options);
  }

  protected judge(call: ToolCall): Verdict<SaidSituation> {
    const { reward, success = false, event, text } = this.#ruling(call);
    return { reward, success, situation: { kind: 'said', text }, events: [event] };
  }

  #ruling(call: ToolCall): Ruling {
    if (this.operations.includes(call.choice)) return this.game.judge(call);
    const text = `This cannot be done here. Use ${this.operations.join(' or ')}.`;
    return { reward: 0, event: { name: 'invalid' }, text };
  }

  protected notHeard(): SaidSituation {
    return { kind: 'not-heard', text: '' };
  }

  hiddenFacts(): HiddenFact[] {
    return [...this.game.facts()];
  }
}

type ItemTask<Item> = Task<{ readonly item: Item } & Spoken>;

/** Share of the items that only tests play. */
const TEST_SHARE = 0.1;

/** The gym of a file's items; each is in one split alone, unless there is only one. */
export function gymOf<Item>(
  spec: UserRlSpec<Item>,
  items: readonly Item[],
): Gym<ItemTask<Item>, SaidSituation> {
  return {
    name: OWN,
    operations: spec.operations,
    tasks: lazyTasks(() => tasksOf(spec, items)),
    reset: (task, options) =>
      new GameEpisode(task.opening, spec.operations, options, spec.play(task.hidden.item)),
    demonstrator: (kind, _task, episode, options) => {
      const somebody = (random: Random) => spec.wander(random.pick(items), random);
      const expert = (random: Random) => gameOf(episode).expert(random);
      return createPlayer(kind, { expert, wander: somebody, blind: somebody }, episode, options);
    },
    maximumReturn: (task, maxTurns) => spec.maximumReturn(task.hidden.item, maxTurns),
  };
}

function gameOf(episode: Episode<SaidSituation>): Game {
  // The players are handed an episode as its interface.
  historyOf(episode);
  if (!(episode instanceof GameEpisode)) throw new TypeError('This episode is no game.');
  return episode.game;
}

function tasksOf<Item>(spec: UserRlSpec<Item>, items: readonly Item[]): Record<Split, ItemTask<Item>[]> {
  const shuffled = new Random(splitSeed(TASK_SEED, 'userrl', spec.gym)).shuffled(items);
  const tested = items.length < 2 ? 0 : Math.max(1, Math.round(TEST_SHARE * items.length));
  const named = (split: Split, some: readonly Item[]) =>
    some.map((item, i) => ({
      id: taskId(OWN, split, i),
      split,
      opening: spec.opening(item),
      hidden: { item, wording: saidWording },
    }));
  return {
    train: named('train', shuffled.slice(tested)),
    test: named('test', tested === 0 ? shuffled : shuffled.slice(0, tested)),
  };
}

export const action = (content: string): ToolCall => ({ choice: 'action', content });
export const search = (content: string): ToolCall => ({ choice: 'search', content });
export const answer = (content: string): ToolCall => ({ choice: 'answer', content });
