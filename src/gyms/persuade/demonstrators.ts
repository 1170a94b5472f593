/**
 * Three players of known quality. Random argues blindly. The oracle sees what a policy sees: it asks what the
 * user cares about and argues for that. Noisy mixes the two and is what the cold start imitates.
 */
import { Random, splitSeed } from '../../random';
import { historyOf } from '../episode';
import type { Demonstration, Demonstrator, DemonstratorOptions, Episode, ToolCall } from '../types';
import type { PersuadeSituation, PersuadeTask } from './types';
import { ASK, VALUES, VALUE_NAMES, askAbout, type ValueName } from './world';

export const DEFAULT_EXPERT_SHARE = 0.35;
/** How often a wandering turn asks whether one thing matters, instead of arguing for it. */
const ASK_SHARE = 0.15;
/** How often the noisy player gives up before a wandering turn. */
const GIVE_UP_SHARE = 0.06;

const say = (content: string): ToolCall => ({ choice: 'answer', content });
const argue = (value: ValueName): ToolCall => say(VALUES[value].argument);

export function persuadeDemonstrator(
  kind: Demonstrator['name'],
  task: PersuadeTask,
  episode: Episode<PersuadeSituation>,
  options: DemonstratorOptions,
): Demonstrator {
  const random = new Random(splitSeed(options.seed, 'demonstrator', kind));
  const wander = (values: readonly ValueName[]): ToolCall => {
    const value = random.pick(values);
    return random.next() < ASK_SHARE ? say(askAbout(value)) : argue(value);
  };
  switch (kind) {
    case 'random':
      return { name: kind, next: () => wander(VALUE_NAMES) };
    case 'oracle':
      return { name: kind, next: () => expertCall(task, episode) };
    case 'noisy': {
      const { expertShare = DEFAULT_EXPERT_SHARE, giveUpShare = GIVE_UP_SHARE } = options;
      const next = (): Demonstration => {
        if (random.next() < expertShare) return expertCall(task, episode);
        if (episode.turns > 0 && random.next() < giveUpShare) return null;
        const fresh = VALUE_NAMES.filter((name) => !spokenOf(episode).has(name));
        return fresh.length > 0 ? wander(fresh) : expertCall(task, episode);
      };
      return { name: kind, next };
    }
  }
}

/** Argues for what the user is known to care about; asks where nothing of that is left. */
function expertCall(task: PersuadeTask, episode: Episode<PersuadeSituation>): ToolCall {
  const history = historyOf(episode).map(({ judgement }) => judgement.situation);
  const argued = new Set(history.filter(({ kind }) => kind === 'moved').map(({ value }) => value));
  const cares = history.flatMap(({ kind, value, levels }) =>
    value && levels > 0 && (kind === 'tells' || kind === 'confirms') ? [value] : [],
  );
  const next = [...task.hidden.told, ...cares].find((value) => !argued.has(value));
  return next ? argue(next) : say(ASK);
}

/** Argued for, or asked about: saying it again would be pointless, or is the expert's business. */
function spokenOf(episode: Episode<PersuadeSituation>): ReadonlySet<ValueName | null> {
  return new Set(historyOf(episode).map(({ judgement }) => judgement.situation.value));
}
