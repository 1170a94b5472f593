/**
 * Three players of known quality. Random asks and tells blindly. The oracle sees what a policy sees, and knows
 * which families a surface leaves possible: it asks until each criterion is settled, then tells the story.
 * Noisy mixes the two and is what the cold start imitates.
 */
import { Random, splitSeed } from '../../random';
import { historyOf } from '../episode';
import type { Demonstration, Demonstrator, DemonstratorOptions, Episode, ToolCall } from '../types';
import { possibleNow } from './knowledge';
import type { TurtleSituation, TurtleTask } from './types';
import {
  possibleValues,
  questionFor,
  slotsOf,
  storyAnswer,
  VALUE_NAMES,
  VALUES,
  type Slot,
  type Story,
  type ValueName,
} from './world';

export const DEFAULT_EXPERT_SHARE = 0.35;
/** How often a wandering turn, and the blind player, tells a story. */
const TELL_SHARE = 0.25;
/** How many of those stories heed the replies; the others are made of what the surface allows. */
const HEEDFUL_SHARE = 0.5;
/** How often the noisy player gives up before a wandering turn. */
const GIVE_UP_SHARE = 0.06;

const ask = (value: ValueName): ToolCall => ({ choice: 'action', content: questionFor(value) });
const tell = (story: Story): ToolCall => ({ choice: 'answer', content: storyAnswer(story) });

export function turtleDemonstrator(
  kind: Demonstrator['name'],
  task: TurtleTask,
  episode: Episode<TurtleSituation>,
  options: DemonstratorOptions,
): Demonstrator {
  const random = new Random(splitSeed(options.seed, 'demonstrator', kind));
  const player = new Player(task, episode, random);
  switch (kind) {
    case 'random':
      return { name: kind, next: () => player.blind() };
    case 'oracle':
      return { name: kind, next: () => player.expert() };
    case 'noisy': {
      const { expertShare = DEFAULT_EXPERT_SHARE, giveUpShare = GIVE_UP_SHARE } = options;
      return { name: kind, next: () => player.noisy(expertShare, giveUpShare) };
    }
  }
}

class Player {
  readonly #slots: readonly Slot[];

  constructor(
    private readonly task: TurtleTask,
    private readonly episode: Episode<TurtleSituation>,
    private readonly random: Random,
  ) {
    this.#slots = slotsOf(task.hidden.scene);
  }

  blind(): ToolCall {
    const { random } = this;
    if (random.next() >= TELL_SHARE) return ask(random.pick(VALUE_NAMES));
    return tell(this.#story((slot) => VALUE_NAMES.filter((name) => VALUES[name].slot === slot)));
  }

  /** Halving is all that asking can do here, so any open criterion is as good as another. */
  expert(): ToolCall {
    const left = this.#left();
    const open = this.#slots.filter((slot) => left(slot).length > 1);
    if (open.length > 0) return ask(this.random.pick(left(this.random.pick(open))));
    return tell(this.#story(left));
  }

  noisy(expertShare: number, giveUpShare: number): Demonstration {
    const { random } = this;
    if (random.next() < expertShare) return this.expert();
    if (this.episode.turns > 0 && random.next() < giveUpShare) return null;
    const said = new Set(historyOf(this.episode).map(({ call }) => call.content));
    const fresh = VALUE_NAMES.filter(
      (name) => this.#slots.includes(VALUES[name].slot) && !said.has(questionFor(name)),
    );
    if (fresh.length > 0 && random.next() >= TELL_SHARE) return ask(random.pick(fresh));
    const left = this.#left();
    const heedful = random.next() < HEEDFUL_SHARE;
    const story = this.#story(heedful ? left : (slot) => possibleValues(this.task.hidden.scene, slot));
    // What was told before is told anew from what is left, which it never is itself.
    return tell(said.has(storyAnswer(story)) ? this.#story(left) : story);
  }

  #left(): (slot: Slot) => readonly ValueName[] {
    const situations = historyOf(this.episode).map(({ judgement }) => judgement.situation);
    const possible = possibleNow(this.task.hidden.scene, situations);
    return (slot) => possible.get(slot) ?? [];
  }

  #story(values: (slot: Slot) => readonly ValueName[]): Story {
    return Object.fromEntries(this.#slots.map((slot) => [slot, this.random.pick(values(slot))]));
  }
}
