/**
 * The players of Intention. The expert reads the hidden details and asks for the most important one that is still
 * missing; who wanders asks for what was neither stated nor asked for, whether it matters or not.
 */
import type { Random } from '../../random';
import { historyOf } from '../episode';
import { createPlayer } from '../players';
import type { Demonstration, Demonstrator, DemonstratorOptions, Episode, ToolCall } from '../types';
import { ASPECT_NAMES, compoundQuestion, questionFor, type AspectName } from './aspects';
import { aspectsAskedIn } from './match';
import type { IntentionSituation, IntentionTask } from './types';

/** Share of wandering turns that name two aspects at once. */
const COMPOUND_SHARE = 0.04;

const ask = (content: string): ToolCall => ({ choice: 'action', content });

export function intentionDemonstrator(
  kind: Demonstrator['name'],
  { hidden: { stated, missing } }: IntentionTask,
  episode: Episode<IntentionSituation>,
  options: DemonstratorOptions,
): Demonstrator {
  const expert = (random: Random): Demonstration => {
    const found = new Set(episode.hiddenFacts().flatMap((fact) => (fact.found ? [fact.label] : [])));
    const open = missing.filter(({ aspect }) => !found.has(aspect));
    const most = Math.max(...open.map(({ importance }) => importance));
    const best = open.filter(({ importance }) => importance === most);
    return best.length > 0 ? ask(questionFor(random.pick(best).aspect)) : null;
  };

  const wander = (random: Random): ToolCall => {
    const spoken = new Set<AspectName>([
      ...stated.map(({ aspect }) => aspect),
      ...historyOf(episode).flatMap(({ call }) => aspectsAskedIn(call.content)),
    ]);
    const fresh = random.shuffled(ASPECT_NAMES.filter((name) => !spoken.has(name)));
    const [first = random.pick(ASPECT_NAMES), second] = fresh;
    const compound = second !== undefined && random.next() < COMPOUND_SHARE;
    return ask(compound ? compoundQuestion(first, second) : questionFor(first));
  };

  const blind = (random: Random): ToolCall => ask(questionFor(random.pick(ASPECT_NAMES)));
  return createPlayer(kind, { expert, wander, blind }, episode, options);
}
