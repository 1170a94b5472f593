/**
 * What a gym is: a task with something hidden in it, rules that judge one tool call at a time,
 * and demonstrators that show how well one can play it.
 *
 * A gym decides rewards and endings; it never decides how the user words a reply. It hands a
 * `Situation` to a user (see `users/`), which puts it into words. That split is what lets one set of
 * rules be played against scripted users, language models and people.
 *
 * The interface follows UserRL (arXiv 2509.19736): one tool with three operations.
 */

import type { Random } from '../random';

/** The three operations of UserRL's one tool, `interact_with_env{choice, content}`. */
export type Operation = 'action' | 'search' | 'answer';

export interface ToolCall {
  readonly choice: Operation;
  readonly content: string;
}

export type Split = 'train' | 'test';

export type Level = 'easy' | 'normal' | 'hard';

/** One problem of a gym. `Hidden` is what the user knows and the policy must find out. */
export interface Task<Hidden = unknown> {
  /** The gym's name, a slash, and what tells it from the gym's other tasks. */
  readonly id: string;
  readonly split: Split;
  /** The user's first words; everything of the task that the policy may see. */
  readonly opening: string;
  /** How hard it is among the tasks of its gym; left out where there are no levels. */
  readonly level?: Level;
  readonly hidden: Hidden;
}

/** Something that happened in a turn, named so that reward terms, lessons and charts can refer to it. */
export interface GymEvent {
  readonly name: string;
  /** What it happened to, e.g. the name of a detail. */
  readonly subject?: string;
}

/** What the user must react to, in structured form. Each gym defines its own kinds. */
export interface Situation {
  readonly kind: string;
}

/** What the rules say about one tool call. */
export interface Judgement<S extends Situation = Situation> {
  readonly reward: number;
  /** The task is over because of what was done (success or a dead end). */
  readonly terminated: boolean;
  /** The task is over because the turns ran out. */
  readonly truncated: boolean;
  readonly success: boolean;
  readonly situation: S;
  readonly events: readonly GymEvent[];
}

/** A fact of the hidden state, for the page's "what the user knows" panel. */
export interface HiddenFact {
  readonly label: string;
  readonly value: string;
  /** Share of the task's maximum this fact is worth, in [0, 1]. */
  readonly weight: number;
  readonly found: boolean;
}

/** One run through one task. Holds the hidden state; only `opening` and replies reach the policy. */
export interface Episode<S extends Situation = Situation> {
  readonly opening: string;
  readonly operations: readonly Operation[];
  /** Tool calls judged so far. */
  readonly turns: number;
  readonly over: boolean;
  /**
   * Judge one call. `heard: false` means that the user did not take in what was said: the turn is
   * spent, nothing is won. Throws once the episode is over.
   */
  act(call: ToolCall, heard?: boolean): Judgement<S>;
  hiddenFacts(): readonly HiddenFact[];
}

/** What a demonstrator does next; `null` ends the episode by talking in plain text instead of calling the tool. */
export type Demonstration = ToolCall | null;

/** Plays a gym with a known quality. Gives baselines for the charts and data for the cold start. */
export interface Demonstrator {
  readonly name: 'random' | 'noisy' | 'oracle';
  next(): Demonstration;
}

export interface DemonstratorOptions {
  readonly seed: number;
  /** Probability that a turn of the noisy demonstrator is an expert's; 0 is random, 1 the oracle. */
  readonly expertShare?: number;
  /** Probability that the noisy demonstrator gives up before a turn that is not an expert's. */
  readonly giveUpShare?: number;
}

export interface EpisodeOptions {
  readonly seed: number;
  readonly maxTurns: number;
}

/** A training task drawn anew, and the gym to play it in: that gym's world may be drawn anew as well. */
export interface Practice<T extends Task = Task, S extends Situation = Situation> {
  readonly gym: Gym<T, S>;
  readonly task: T;
}

export interface Gym<T extends Task = Task, S extends Situation = Situation> {
  readonly name: string;
  /** What the policy may call here. */
  readonly operations: readonly Operation[];
  readonly tasks: Readonly<Record<Split, readonly T[]>>;
  /**
   * What the cold start is shown instead of `tasks.train`, where those are few enough to be learnt by heart: a
   * policy that knows the answers need not read. Keeps to the same split: what is kept for tests stays unseen.
   */
  readonly practice?: ((random: Random) => Practice<T, S>) | undefined;
  reset(task: T, options: EpisodeOptions): Episode<S>;
  demonstrator(
    kind: Demonstrator['name'],
    task: T,
    episode: Episode<S>,
    options: DemonstratorOptions,
  ): Demonstrator;
  /** The largest sum of turn rewards that the rules allow on this task within `maxTurns`. */
  maximumReturn(task: T, maxTurns: number): number;
  /**
   * What UserRL's evaluation gives a played task, where the gym has a rule of its own for that; left out, or
   * `undefined`, where it is the sum of turn rewards.
   */
  itemScore?(task: T, turns: readonly Pick<Judgement, 'events'>[]): number | undefined;
}
