/**
 * The players of Persuade. The expert uses only what a policy can see: it argues for what the user is known to
 * care about, and asks where nothing of that is left.
 */
import type { Random } from '../../random';
import { historyOf } from '../episode';
import { createPlayer } from '../players';
import type { Demonstrator, DemonstratorOptions, Episode, ToolCall } from '../types';
import type { PersuadeSituation, PersuadeTask } from './types';
import { ASK, VALUES, VALUE_NAMES, askAbout, type ValueName } from './world';

/** How often a wandering turn asks whether one thing matters, instead of arguing for it. */
const ASK_SHARE = 0.15;

const say = (content: string): ToolCall => ({ choice: 'answer', content });
const argue = (value: ValueName): ToolCall => say(VALUES[value].argument);

export function persuadeDemonstrator(
  kind: Demonstrator['name'],
  { hidden: { told } }: PersuadeTask,
  episode: Episode<PersuadeSituation>,
  options: DemonstratorOptions,
): Demonstrator {
  const situations = () => historyOf(episode).map(({ judgement }) => judgement.situation);

  const expert = (): ToolCall => {
    const seen = situations();
    const argued = new Set(seen.flatMap(({ kind, value }) => (kind === 'moved' ? [value] : [])));
    const cares = seen.flatMap(({ kind, value, levels }) =>
      value && levels > 0 && (kind === 'tells' || kind === 'confirms') ? [value] : [],
    );
    const next = [...told, ...cares].find((value) => !argued.has(value));
    return next ? argue(next) : say(ASK);
  };

  const speak = (random: Random, values: readonly ValueName[]): ToolCall => {
    const value = random.pick(values);
    return random.next() < ASK_SHARE ? say(askAbout(value)) : argue(value);
  };
  /** Of what was not yet argued for or asked about: saying it again would be pointless, or is the expert's business. */
  const wander = (random: Random): ToolCall => {
    const spoken = new Set(situations().map(({ value }) => value));
    const fresh = VALUE_NAMES.filter((name) => !spoken.has(name));
    return fresh.length > 0 ? speak(random, fresh) : expert();
  };

  const blind = (random: Random): ToolCall => speak(random, VALUE_NAMES);
  return createPlayer(kind, { expert, wander, blind }, episode, options);
}
