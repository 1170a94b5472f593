/**
 * What the episodes of all gyms have in common: they count turns, end by success, by a dead end or by the
 * limit, and refuse to go on after that. A gym only says what one call is worth.
 */
import type {
  Episode,
  EpisodeOptions,
  GymEvent,
  HiddenFact,
  Judgement,
  Operation,
  Situation,
  ToolCall,
} from './types';

/** What a gym's rules say about one call that was heard. */
export interface Verdict<S extends Situation> {
  readonly reward: number;
  readonly success: boolean;
  readonly situation: S;
  readonly events: readonly GymEvent[];
  /** The task ends here although it was not solved. */
  readonly deadEnd?: boolean;
}

export interface JudgedTurn<S extends Situation> {
  readonly call: ToolCall;
  readonly judgement: Judgement<S>;
}

export abstract class TurnLimitedEpisode<S extends Situation> implements Episode<S> {
  abstract readonly operations: readonly Operation[];
  readonly #history: JudgedTurn<S>[] = [];
  readonly #maxTurns: number;

  constructor(
    readonly opening: string,
    { maxTurns }: EpisodeOptions,
  ) {
    this.#maxTurns = maxTurns;
  }

  get turns(): number {
    return this.#history.length;
  }

  get over(): boolean {
    return this.turns >= this.#maxTurns || this.#history.at(-1)?.judgement.terminated === true;
  }

  /** Everything said and judged so far: what a demonstrator may draw its conclusions from. */
  get history(): readonly JudgedTurn<S>[] {
    return this.#history;
  }

  act(call: ToolCall, heard = true): Judgement<S> {
    if (this.over) throw new Error('This episode is over; reset the gym to begin another.');
    const verdict = heard ? this.judge(call) : this.#unheard();
    const terminated = verdict.success || verdict.deadEnd === true;
    const judgement: Judgement<S> = {
      reward: verdict.reward,
      terminated,
      truncated: !terminated && this.turns + 1 >= this.#maxTurns,
      success: verdict.success,
      situation: verdict.situation,
      events: verdict.events,
    };
    this.#history.push({ call, judgement });
    return judgement;
  }

  abstract hiddenFacts(): HiddenFact[];

  protected abstract judge(call: ToolCall): Verdict<S>;
  /** The situation of a user who did not take in what was said. */
  protected abstract notHeard(): S;

  #unheard(): Verdict<S> {
    return { reward: 0, success: false, situation: this.notHeard(), events: [{ name: 'not-heard' }] };
  }
}

/** The turns of an episode, for demonstrators, who are handed it as its interface. */
export function historyOf<S extends Situation>(episode: Episode<S>): readonly JudgedTurn<S>[] {
  if (!(episode instanceof TurnLimitedEpisode)) throw new TypeError('This episode keeps no history.');
  return episode.history;
}

/** Rewards as they are meant: 0.3 + 0.2 is 0.5 and 1 - 0.9 is 0.1. UserRL rounds to six digits as well. */
export const roundReward = (reward: number): number => Math.round(reward * 1e6) / 1e6;
