/**
 * The players of Turtle. The expert sees what a policy sees, and knows which families a surface leaves possible:
 * it asks until each criterion is settled, then tells the story.
 */
import type { Random } from '../../random';
import { historyOf } from '../episode';
import type { Demonstrator, DemonstratorOptions, Episode, ToolCall } from '../types';
import { createPlayer, type Skills } from '../players';
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

/** How often a wandering turn, and the blind player, tells a story. */
const TELL_SHARE = 0.25;
/** How many of those stories heed the replies; the others are made of what the surface allows. */
const HEEDFUL_SHARE = 0.5;

const ask = (value: ValueName): ToolCall => ({ choice: 'action', content: questionFor(value) });
const tell = (story: Story): ToolCall => ({ choice: 'answer', content: storyAnswer(story) });

export function turtleDemonstrator(
  kind: Demonstrator['name'],
  task: TurtleTask,
  episode: Episode<TurtleSituation>,
  options: DemonstratorOptions,
): Demonstrator {
  return createPlayer(kind, new Player(task, episode), episode, options);
}

class Player implements Skills {
  readonly #slots: readonly Slot[];

  constructor(
    private readonly task: TurtleTask,
    private readonly episode: Episode<TurtleSituation>,
  ) {
    this.#slots = slotsOf(task.hidden.scene);
  }

  blind(random: Random): ToolCall {
    if (random.next() >= TELL_SHARE) return ask(random.pick(VALUE_NAMES));
    return tell(this.#story(random, (slot) => VALUE_NAMES.filter((name) => VALUES[name].slot === slot)));
  }

  /** Halving is all that asking can do here, so any open criterion is as good as another. */
  expert(random: Random): ToolCall {
    const left = this.#left();
    const open = this.#slots.filter((slot) => left(slot).length > 1);
    if (open.length > 0) return ask(random.pick(left(random.pick(open))));
    return tell(this.#story(random, left));
  }

  wander(random: Random): ToolCall {
    const askable = VALUE_NAMES.filter((name) => this.#slots.includes(VALUES[name].slot));
    if (random.next() >= TELL_SHARE) return ask(random.pick(askable));
    const heedful = random.next() < HEEDFUL_SHARE;
    const possible = (slot: Slot) => possibleValues(this.task.hidden.scene, slot);
    return tell(this.#story(random, heedful ? this.#left() : possible));
  }

  #left(): (slot: Slot) => readonly ValueName[] {
    const situations = historyOf(this.episode).map(({ judgement }) => judgement.situation);
    const possible = possibleNow(this.task.hidden.scene, situations);
    return (slot) => possible.get(slot) ?? [];
  }

  #story(random: Random, values: (slot: Slot) => readonly ValueName[]): Story {
    return Object.fromEntries(this.#slots.map((slot) => [slot, random.pick(values(slot))]));
  }
}
