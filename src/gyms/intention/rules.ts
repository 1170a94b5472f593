/**
 * The rules of Intention: a user asks for help but leaves out what matters; every question that uncovers a
 * missing detail pays by how much that detail matters. UserRL (arXiv 2509.19736), IntentionGym.
 */
import { roundReward, TurnLimitedEpisode, type Verdict } from '../episode';
import type { EpisodeOptions, GymEvent, HiddenFact, Operation, ToolCall } from '../types';
import type { Inquiry } from './inquiry';
import type { Detail, Importance, IntentionSituation, IntentionTask } from './types';

/** Turn reward by the highest importance covered. UserRL, IntentionGym: 1.0, 0.7, 0.4. */
export const TIER_REWARD: Readonly<Record<Importance, number>> = { 3: 1, 2: 0.7, 1: 0.4 };
/** Taken off for every detail beyond the first that one question covers. UserRL: multi_detail_penalty 0.2. */
export const MULTI_DETAIL_PENALTY = 0.2;
/** UserRL's prompts allow only `action` here: talking to the user. */
export const INTENTION_OPERATIONS: readonly Operation[] = ['action'];

/** reward = max(0, tier of the most important covered - 0.2 (covered - 1)); nothing covered pays nothing. */
export function questionReward(covered: readonly Importance[]): number {
  if (covered.length === 0) return 0;
  const tier = Math.max(...covered.map((importance) => TIER_REWARD[importance]));
  return roundReward(Math.min(1, Math.max(0, tier - MULTI_DETAIL_PENALTY * (covered.length - 1))));
}

/**
 * The most the missing details can pay within `maxTurns`: the tiers of the most important ones, one question
 * each. Asking for several at once never helps: the extra ones add nothing to the tier and cost 0.2 each.
 */
export function maximumReturn(missing: readonly Detail[], maxTurns: number): number {
  const tiers = missing.map((detail) => TIER_REWARD[detail.importance]).sort((a, b) => b - a);
  return roundReward(tiers.slice(0, maxTurns).reduce((sum, tier) => sum + tier, 0));
}

/** Every tool call counts as an utterance to the user, whatever its operation. */
export class IntentionEpisode extends TurnLimitedEpisode<IntentionSituation> {
  readonly operations = INTENTION_OPERATIONS;
  readonly #remaining: Set<Detail>;

  constructor(
    private readonly task: IntentionTask,
    options: EpisodeOptions,
    private readonly inquiry: Inquiry,
  ) {
    super(task.opening, options);
    this.#remaining = new Set(task.hidden.missing);
  }

  protected judge({ content }: ToolCall): Verdict<IntentionSituation> {
    const situation = this.#react(this.inquiry.askedIn(content));
    return {
      reward: questionReward(situation.covered.map((detail) => detail.importance)),
      success: this.#remaining.size === 0,
      situation,
      events: eventsOf(situation),
    };
  }

  protected notHeard(): IntentionSituation {
    const next = mostImportant(this.#remaining);
    return { kind: 'not-heard', covered: [], known: [], indifferent: [], next };
  }

  hiddenFacts(): HiddenFact[] {
    const { missing } = this.task.hidden;
    const total = missing.reduce((sum, detail) => sum + TIER_REWARD[detail.importance], 0);
    return missing.map((detail) => ({
      label: detail.aspect,
      value: detail.value,
      weight: TIER_REWARD[detail.importance] / total,
      found: !this.#remaining.has(detail),
    }));
  }

  #react(asked: readonly string[]): IntentionSituation {
    const covered: Detail[] = [];
    const known: Detail[] = [];
    const indifferent: string[] = [];
    for (const aspect of asked) {
      const missing = this.task.hidden.missing.find((detail) => detail.aspect === aspect);
      const stated = this.task.hidden.stated.find((detail) => detail.aspect === aspect);
      if (missing && this.#remaining.delete(missing)) covered.push(missing);
      else if (missing ?? stated) known.push((missing ?? stated)!);
      else indifferent.push(aspect);
    }
    const kind =
      covered.length > 0
        ? 'answers'
        : known.length > 0
          ? 'said-before'
          : indifferent.length > 0
            ? 'no-preference'
            : 'nothing-asked';
    return { kind, covered, known, indifferent, next: mostImportant(this.#remaining) };
  }
}

/** What a helpful user would hint at. */
function mostImportant(remaining: ReadonlySet<Detail>): string | null {
  const sorted = [...remaining].sort((a, b) => b.importance - a.importance);
  return sorted[0]?.aspect ?? null;
}

function eventsOf({ kind, covered, known, indifferent }: IntentionSituation): GymEvent[] {
  const events: GymEvent[] = [
    ...covered.map((detail) => ({ name: 'found', subject: detail.aspect })),
    ...known.map((detail) => ({ name: 'repeated', subject: detail.aspect })),
    ...indifferent.map((subject) => ({ name: 'irrelevant', subject })),
  ];
  if (covered.length > 1) events.push({ name: 'several-at-once' });
  if (events.length === 0) events.push({ name: kind });
  return events;
}
