/**
 * The players of Intention. The expert reads the hidden details and asks for the most important one that is still
 * missing; who wanders asks for what was neither stated nor asked for, whether it matters or not.
 */
import type { Random } from '../../random';
import { historyOf } from '../episode';
import { createPlayer } from '../players';
import type { Demonstration, Demonstrator, DemonstratorOptions, Episode, ToolCall } from '../types';
import type { Inquiry } from './inquiry';
import type { IntentionSituation, IntentionTask } from './types';

/** Share of wandering turns that name two aspects at once. */
const COMPOUND_SHARE = 0.04;

const ask = (content: string): ToolCall => ({ choice: 'action', content });

export function intentionDemonstrator(
  inquiry: Inquiry,
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
    return best.length > 0 ? ask(inquiry.questionFor(random.pick(best).aspect)) : null;
  };

  const wander = (random: Random): ToolCall => {
    const spoken = new Set<string>([
      ...stated.map(({ aspect }) => aspect),
      ...historyOf(episode).flatMap(({ call }) => inquiry.askedIn(call.content)),
    ]);
    const fresh = random.shuffled(inquiry.names.filter((name) => !spoken.has(name)));
    const [first = random.pick(inquiry.names), second] = fresh;
    const compound = second !== undefined && random.next() < COMPOUND_SHARE;
    return ask(compound ? inquiry.compoundQuestion(first, second) : inquiry.questionFor(first));
  };

  const blind = (random: Random): ToolCall => ask(inquiry.questionFor(random.pick(inquiry.names)));
  return createPlayer(kind, { expert, wander, blind }, episode, options);
}
