/**
 * Three players of known quality. Random knows nothing and gives the baseline; the oracle reads the hidden
 * details and gives the ceiling; noisy mixes the two and is what the cold start imitates: it shows every skill
 * now and then, which is all that reinforcement learning can sharpen.
 */
import { Random, splitSeed } from '../../random';
import type { Demonstration, Demonstrator, DemonstratorOptions, Episode, ToolCall } from '../types';
import { ASPECT_NAMES, compoundQuestion, questionFor, type AspectName } from './aspects';
import type { Detail, IntentionSituation, IntentionTask } from './types';

/** Where nothing else is asked for: an expert about a third of the time. */
export const DEFAULT_EXPERT_SHARE = 0.35;
/** Share of the noisy player's wandering turns that name two aspects at once. */
const COMPOUND_SHARE = 0.04;
/** How often it gives up before a wandering turn; ending early has to be in the data, so that it can be unlearnt. */
const GIVE_UP_SHARE = 0.06;
/** How often a wandering turn may repeat a question. More than a trace of it is learnt as a habit. */
const REPEAT_SHARE = 0.02;

const ask = (content: string): ToolCall => ({ choice: 'action', content });

export function intentionDemonstrator(
  kind: Demonstrator['name'],
  task: IntentionTask,
  episode: Episode<IntentionSituation>,
  options: DemonstratorOptions,
): Demonstrator {
  const random = new Random(splitSeed(options.seed, 'demonstrator', kind));
  switch (kind) {
    case 'random':
      return { name: kind, next: () => ask(questionFor(random.pick(ASPECT_NAMES))) };
    case 'oracle':
      return { name: kind, next: () => expertCall(task.hidden.missing, episode) };
    case 'noisy':
      return new NoisyDemonstrator(task, episode, random, options);
  }
}

/** Asks for the most important detail that is still missing; among equals the one listed first. */
function expertCall(missing: readonly Detail[], episode: Episode<IntentionSituation>): Demonstration {
  const found = new Set(episode.hiddenFacts().flatMap((fact) => (fact.found ? [fact.label] : [])));
  const open = missing.filter((detail) => !found.has(detail.aspect));
  const [best] = open.sort((a, b) => b.importance - a.importance);
  return best ? ask(questionFor(best.aspect)) : null;
}

class NoisyDemonstrator implements Demonstrator {
  readonly name = 'noisy';
  readonly #expertShare: number;
  readonly #giveUpShare: number;
  readonly #stated: ReadonlySet<AspectName>;
  /** In random order, so that equally important details are not always asked for in the same order. */
  readonly #missing: readonly Detail[];
  readonly #asked = new Set<AspectName>();

  constructor(
    task: IntentionTask,
    private readonly episode: Episode<IntentionSituation>,
    private readonly random: Random,
    { expertShare = DEFAULT_EXPERT_SHARE, giveUpShare = GIVE_UP_SHARE }: DemonstratorOptions,
  ) {
    this.#expertShare = expertShare;
    this.#giveUpShare = giveUpShare;
    this.#stated = new Set(task.hidden.stated.map((detail) => detail.aspect));
    this.#missing = random.shuffled(task.hidden.missing);
  }

  next(): Demonstration {
    if (this.random.next() < this.#expertShare) {
      const call = expertCall(this.#missing, this.episode);
      const aspect = ASPECT_NAMES.find((name) => call?.content === questionFor(name));
      if (aspect) this.#asked.add(aspect);
      return call;
    }
    if (this.episode.turns > 0 && this.random.next() < this.#giveUpShare) return null;
    const first = this.#wander();
    if (this.random.next() >= COMPOUND_SHARE) return ask(questionFor(first));
    return ask(compoundQuestion(first, this.#wander()));
  }

  /** An aspect at random, neither stated in the opening nor asked before (almost never, at least). */
  #wander(): AspectName {
    const repeated = [...this.#asked];
    const fresh = ASPECT_NAMES.filter((name) => !this.#stated.has(name) && !this.#asked.has(name));
    const repeat = fresh.length === 0 || (repeated.length > 0 && this.random.next() < REPEAT_SHARE);
    const aspect = this.random.pick(repeat ? repeated : fresh);
    this.#asked.add(aspect);
    return aspect;
  }
}
