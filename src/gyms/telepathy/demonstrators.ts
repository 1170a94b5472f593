/**
 * The players of Telepathy. The expert sees what a policy sees, the opening and the answers, and plays twenty
 * questions as well as it can be played: the question that leaves fewest toys, then the guess.
 */
import type { Random } from '../../random';
import { historyOf } from '../episode';
import type { Demonstrator, DemonstratorOptions, Episode, ToolCall } from '../types';
import { createPlayer, type Skills } from '../players';
import { bestAttribute, consistentToys } from './knowledge';
import { knownFacts } from './rules';
import type { Riddle } from './riddle';
import type { TelepathySituation, TelepathyTask, Toy } from './types';

/** How often a wandering turn guesses. */
const GUESS_SHARE = 0.3;
/** How many of those guesses heed the answers: knowing which toys fit is a skill to show, and to leave room for. */
const HEEDFUL_SHARE = 0.5;
/** How often the blind player guesses. */
const RANDOM_GUESS_SHARE = 0.25;
/** With no more toys left than this, guessing is as good as asking: a wrong guess rules one out as well. */
const FEW_TOYS = 2;

export function telepathyDemonstrator(
  riddle: Riddle,
  kind: Demonstrator['name'],
  task: TelepathyTask,
  episode: Episode<TelepathySituation>,
  options: DemonstratorOptions,
): Demonstrator {
  return createPlayer(kind, new Player(riddle, task, episode), episode, options);
}

class Player implements Skills {
  readonly #category;
  readonly #telling;

  constructor(
    private readonly riddle: Riddle,
    private readonly task: TelepathyTask,
    private readonly episode: Episode<TelepathySituation>,
  ) {
    this.#category = task.hidden.category;
    this.#telling = riddle.tellingAttributes(this.#category);
  }

  blind(random: Random): ToolCall {
    return random.next() < RANDOM_GUESS_SHARE
      ? this.#guess(random.pick(this.riddle.toysOf(this.#category)))
      : this.#ask(random.pick(this.#telling));
  }

  expert(random: Random): ToolCall {
    const toys = this.#fittingToys();
    const best = bestAttribute(this.riddle, toys, random.shuffled(this.#telling));
    return toys.length <= FEW_TOYS || !best ? this.#guess(random.pick(toys)) : this.#ask(best);
  }

  wander(random: Random): ToolCall {
    const known = new Set(knownFacts(this.task, this.episode).map(({ attribute }) => attribute));
    const fresh = this.#telling.filter((name) => !known.has(name));
    const guessing = fresh.length === 0 || random.next() < GUESS_SHARE;
    if (!guessing) return this.#ask(random.pick(fresh));
    return this.#guess(
      random.pick(random.next() < HEEDFUL_SHARE ? this.#fittingToys() : this.#untriedToys()),
    );
  }

  /** What the answers leave of the untried toys. Never empty: one of them is the toy. */
  #fittingToys(): readonly Toy[] {
    const fitting = consistentToys(this.riddle, this.#category, knownFacts(this.task, this.episode)).map(
      this.riddle.nameOf,
    );
    return this.#untriedToys().filter((toy) => fitting.includes(this.riddle.nameOf(toy)));
  }

  /** All toys of the kind but those that were guessed and refused. */
  #untriedToys(): readonly Toy[] {
    const refused = new Set(
      historyOf(this.episode).flatMap(({ judgement: { situation } }) =>
        situation.kind === 'wrong' && situation.claim?.kind === 'identity'
          ? [this.riddle.nameOf(situation.claim)]
          : [],
      ),
    );
    return this.riddle.toysOf(this.#category).filter((toy) => !refused.has(this.riddle.nameOf(toy)));
  }

  #ask(attribute: string): ToolCall {
    return { choice: 'action', content: this.riddle.questionFor(attribute) };
  }

  #guess(toy: Toy): ToolCall {
    return { choice: 'answer', content: this.riddle.guessFor(toy) };
  }
}
