/**
 * The rules of Persuade: someone claims something and must be talked out of it. Which arguments move them depends
 * on what they care about; every level of the seven-step scale pays a sixth. UserRL (arXiv 2509.19736), PersuadeGym.
 */
import { TurnLimitedEpisode, roundReward, type Verdict } from '../episode';
import type { EpisodeOptions, HiddenFact, Operation, ToolCall } from '../types';
import { readUtterance } from './match';
import type { PersuadeHidden, PersuadeSituation, PersuadeTask } from './types';
import { STANCES, type Stance, type ValueName } from './world';

/** UserRL's prompts allow only `answer` here. */
export const PERSUADE_OPERATIONS: readonly Operation[] = ['answer'];
/** Steps from Strongly Agree to Strongly Disagree. */
export const LAST_STANCE = 6;

export interface PersuadeOptions {
  /** Levels that an argument for a hated value moves the user back. UserRL leaves that to its language model. */
  readonly backlash: number;
}
export const PERSUADE_DEFAULTS: PersuadeOptions = { backlash: 1 };

/** max(0, new - old) / 6, to six digits as in UserRL. Moving back costs nothing by itself. */
export const stanceReward = (from: Stance, to: Stance): number =>
  roundReward(Math.max(0, to - from) / LAST_STANCE);

const clampStance = (stance: number): Stance => Math.max(0, Math.min(LAST_STANCE, stance)) as Stance;

/** Every tool call counts as an utterance, whatever its operation. */
export class PersuadeEpisode extends TurnLimitedEpisode<PersuadeSituation> {
  readonly operations = PERSUADE_OPERATIONS;
  #stance: Stance = 0;

  constructor(
    private readonly task: PersuadeTask,
    options: EpisodeOptions,
    private readonly settings: PersuadeOptions,
  ) {
    super(task.opening, options);
  }

  protected judge({ content }: ToolCall): Verdict<PersuadeSituation> {
    const before = this.#stance;
    const situation = this.#react(content);
    this.#stance = situation.stance;
    return {
      reward: stanceReward(before, situation.stance),
      success: situation.stance === LAST_STANCE,
      situation,
      events: [
        situation.value ? { name: situation.kind, subject: situation.value } : { name: situation.kind },
      ],
    };
  }

  #react(content: string): PersuadeSituation {
    const utterance = readUtterance(content);
    const stance = this.#stance;
    switch (utterance.kind) {
      case 'argues':
        return this.#weigh(utterance.value);
      case 'asks': {
        const value = utterance.value ?? this.#strongestUnargued();
        const kind = utterance.value ? 'confirms' : 'tells';
        return { kind, value, levels: value ? this.#levelsOf(value) : 0, stance };
      }
      case 'supports':
        return { kind: 'supported', value: null, levels: 0, stance };
      case 'nothing':
        return { kind: 'no-argument', value: null, levels: 0, stance };
    }
  }

  /** An argument works once; one for a hated value annoys every time. */
  #weigh(value: ValueName): PersuadeSituation {
    const levels = this.#levelsOf(value);
    const spent = this.#argued().includes(value);
    const stance = clampStance(this.#stance + (spent ? 0 : levels));
    const kind = spent ? 'heard-before' : levels > 0 ? 'moved' : levels < 0 ? 'annoyed' : 'unmoved';
    return { kind, value, levels, stance };
  }

  #levelsOf(value: ValueName): number {
    const { movers, hated } = this.task.hidden;
    if (hated.includes(value)) return -this.settings.backlash;
    return movers.find((mover) => mover.value === value)?.levels ?? 0;
  }

  #argued(): readonly (ValueName | null)[] {
    const spent = this.history.filter(({ judgement }) => judgement.situation.kind === 'moved');
    return spent.map(({ judgement }) => judgement.situation.value);
  }

  #strongestUnargued(): ValueName | null {
    const argued = this.#argued();
    return this.task.hidden.movers.find(({ value }) => !argued.includes(value))?.value ?? null;
  }

  protected notHeard(): PersuadeSituation {
    return { kind: 'not-heard', value: null, levels: 0, stance: this.#stance };
  }

  /** What would move the user and what moves it back; the stance is no secret. */
  hiddenFacts(): HiddenFact[] {
    const { movers, hated } = this.task.hidden;
    const shown = new Set(this.history.map(({ judgement }) => judgement.situation.value));
    return [
      ...movers.map(({ value, levels }) => ({
        label: value,
        value: `moves ${levels}`,
        weight: levels / LAST_STANCE,
        found: this.#argued().includes(value),
      })),
      ...hated.map((value) => ({
        label: value,
        value: `moves back ${this.settings.backlash}`,
        weight: 0,
        found: shown.has(value),
      })),
      { label: 'stance', value: STANCES[this.#stance], weight: 0, found: true },
    ];
  }
}

/** The strongest arguments, one a turn. Going back first gains nothing: each argument works only once. */
export function maximumReturn({ movers }: PersuadeHidden, maxTurns: number): number {
  const levels = movers.map((mover) => mover.levels).sort((a, b) => b - a);
  const total = levels.slice(0, maxTurns).reduce((sum, level) => sum + level, 0);
  return roundReward(total / LAST_STANCE);
}
