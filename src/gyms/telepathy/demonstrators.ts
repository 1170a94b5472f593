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
import type { TelepathySituation, TelepathyTask } from './types';
import {
  guessFor,
  nameOf,
  questionFor,
  tellingAttributes,
  toysOf,
  type AttributeName,
  type Toy,
} from './world';

/** How often a wandering turn guesses. */
const GUESS_SHARE = 0.3;
/** How many of those guesses heed the answers: knowing which toys fit is a skill to show, and to leave room for. */
const HEEDFUL_SHARE = 0.5;
/** How often the blind player guesses. */
const RANDOM_GUESS_SHARE = 0.25;
/** With no more toys left than this, guessing is as good as asking: a wrong guess rules one out as well. */
const FEW_TOYS = 2;

const ask = (attribute: AttributeName): ToolCall => ({ choice: 'action', content: questionFor(attribute) });
const guess = (toy: Toy): ToolCall => ({ choice: 'answer', content: guessFor(toy) });

export function telepathyDemonstrator(
  kind: Demonstrator['name'],
  task: TelepathyTask,
  episode: Episode<TelepathySituation>,
  options: DemonstratorOptions,
): Demonstrator {
  return createPlayer(kind, new Player(task, episode), episode, options);
}

class Player implements Skills {
  readonly #category;

  constructor(
    private readonly task: TelepathyTask,
    private readonly episode: Episode<TelepathySituation>,
  ) {
    this.#category = task.hidden.category;
  }

  blind(random: Random): ToolCall {
    return random.next() < RANDOM_GUESS_SHARE
      ? guess(random.pick(toysOf(this.#category)))
      : ask(random.pick(tellingAttributes(this.#category)));
  }

  expert(random: Random): ToolCall {
    const toys = this.#fittingToys();
    const best = bestAttribute(toys, random.shuffled(tellingAttributes(this.#category)));
    return toys.length <= FEW_TOYS || !best ? guess(random.pick(toys)) : ask(best);
  }

  wander(random: Random): ToolCall {
    const known = new Set(knownFacts(this.task, this.episode).map(({ attribute }) => attribute));
    const fresh = tellingAttributes(this.#category).filter((name) => !known.has(name));
    const guessing = fresh.length === 0 || random.next() < GUESS_SHARE;
    if (!guessing) return ask(random.pick(fresh));
    return guess(random.pick(random.next() < HEEDFUL_SHARE ? this.#fittingToys() : this.#untriedToys()));
  }

  /** What the answers leave of the untried toys. Never empty: one of them is the toy. */
  #fittingToys(): readonly Toy[] {
    const fitting = consistentToys(this.#category, knownFacts(this.task, this.episode)).map(nameOf);
    return this.#untriedToys().filter((toy) => fitting.includes(nameOf(toy)));
  }

  /** All toys of the kind but those that were guessed and refused. */
  #untriedToys(): readonly Toy[] {
    const refused = new Set(
      historyOf(this.episode).flatMap(({ judgement: { situation } }) =>
        situation.kind === 'wrong' && situation.claim?.kind === 'identity'
          ? [`${situation.claim.material} ${situation.claim.thing}`]
          : [],
      ),
    );
    return toysOf(this.#category).filter((toy) => !refused.has(nameOf(toy)));
  }
}
