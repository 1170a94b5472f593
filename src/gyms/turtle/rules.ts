/**
 * The rules of Turtle (turtle soup): the surface of a story is told, what is behind it must be found out by
 * yes/no questions and then told. An account is scored by weighted criteria and pays only what it gains over
 * the best so far. UserRL (arXiv 2509.19736), TurtleGym.
 */
import { TurnLimitedEpisode, roundReward, type Verdict } from '../episode';
import type { EpisodeOptions, GymEvent, HiddenFact, Operation, ToolCall } from '../types';
import type { Truth } from '../truth';
import { possibleNow } from './knowledge';
import { claimsIn, valuesIn } from './match';
import type { Claim, Criterion, TurtleSituation, TurtleTask } from './types';
import { FAMILIES, VALUES, type Slot, type ValueName } from './world';

/** Share of a criterion's weight: stated, or something of the same family. UserRL: 1, 0.5 or 0. */
export const COVERED_SHARE = 1;
export const CLOSE_SHARE = 0.5;
/** UserRL's prompts allow asking and telling here. */
export const TURTLE_OPERATIONS: readonly Operation[] = ['action', 'answer'];

export interface TurtleOptions {
  /** Score at which the story counts as told. UserRL: 1.0 in training and evaluation, 0.9 in the library. */
  readonly successThreshold: number;
}
export const TURTLE_DEFAULTS: TurtleOptions = { successThreshold: 1 };

/**
 * score = sum of weight x share. Two values for one criterion cover nothing: an account that lists everything
 * would otherwise always be right, which policies trained with UserRL are known to exploit.
 */
export function storyScore(criteria: readonly Criterion[], said: readonly ValueName[]): number {
  const score = criteria.reduce((sum, criterion) => sum + criterion.weight * share(criterion, said), 0);
  return roundReward(score);
}

function share({ slot, value }: Criterion, said: readonly ValueName[]): number {
  const [first, second] = said.filter((other) => VALUES[other].slot === slot);
  if (!first || second) return 0;
  if (first === value) return COVERED_SHARE;
  return VALUES[first].family === VALUES[value].family ? CLOSE_SHARE : 0;
}

/** `answer` tells the story; any other call is a question, as in UserRL. */
export class TurtleEpisode extends TurnLimitedEpisode<TurtleSituation> {
  readonly operations = TURTLE_OPERATIONS;
  #best = 0;

  constructor(
    private readonly task: TurtleTask,
    options: EpisodeOptions,
    private readonly settings: TurtleOptions,
  ) {
    super(task.opening, options);
  }

  protected judge({ choice, content }: ToolCall): Verdict<TurtleSituation> {
    return choice === 'answer' ? this.#judgeStory(valuesIn(content)) : this.#judgeQuestion(content);
  }

  #judgeStory(said: readonly ValueName[]): Verdict<TurtleSituation> {
    const { criteria } = this.task.hidden;
    if (said.length === 0) {
      const situation = this.#situation('no-story');
      return { reward: 0, success: false, situation, events: [{ name: 'no-story' }] };
    }
    const score = storyScore(criteria, said);
    const reward = roundReward(Math.max(0, score - this.#best));
    this.#best = Math.max(this.#best, score);
    const covered = criteria.filter((criterion) => share(criterion, said) === COVERED_SHARE);
    const solved = score >= this.settings.successThreshold;
    const events: GymEvent[] = criteria.flatMap((criterion) => {
      const part = share(criterion, said);
      if (part === 0) return [];
      return [{ name: part === COVERED_SHARE ? 'covered' : 'close', subject: criterion.slot }];
    });
    return {
      reward,
      success: solved,
      // A value said twice for one criterion says nothing about it, so nothing may be concluded from it.
      situation: this.#situation('judged', { said: unambiguous(said), covered, solved }),
      events: events.length > 0 ? events : [{ name: 'missed' }],
    };
  }

  #judgeQuestion(content: string): Verdict<TurtleSituation> {
    const claims = claimsIn(content);
    const [claim] = claims;
    if (!claim || claims.length > 1) {
      const kind = claim ? 'several' : 'nothing-asked';
      return { reward: 0, success: false, situation: this.#situation(kind), events: [{ name: kind }] };
    }
    const truth = claimTruth(claim, this.task.hidden.criteria);
    const repeated = this.history.some(({ judgement }) => sameClaim(judgement.situation.claim, claim));
    const subject = claim.kind === 'value' ? claim.value : claim.family;
    const situation = this.#situation('replies', { claim, truth, repeated });
    return {
      reward: 0,
      success: false,
      situation,
      events: [{ name: repeated ? 'repeated' : truth, subject }],
    };
  }

  protected notHeard(): TurtleSituation {
    return this.#situation('not-heard');
  }

  hiddenFacts(): HiddenFact[] {
    return this.task.hidden.criteria.map(({ slot, value, weight }) => ({
      label: slot,
      value: VALUES[value].phrase,
      weight,
      found: this.#told(value),
    }));
  }

  /** Said by the user: confirmed, or listed as covered. */
  #told(value: ValueName): boolean {
    return this.history.some(({ judgement: { situation } }) => {
      const { claim, truth, covered } = situation;
      const confirmed = claim?.kind === 'value' && claim.value === value && truth === 'yes';
      return confirmed || covered.some((criterion) => criterion.value === value);
    });
  }

  #situation(kind: TurtleSituation['kind'], told: Partial<TurtleSituation> = {}): TurtleSituation {
    const situation: TurtleSituation = {
      kind,
      claim: null,
      truth: null,
      repeated: false,
      said: [],
      covered: [],
      solved: false,
      next: null,
      ...told,
    };
    const before = this.history.map(({ judgement }) => judgement.situation);
    const left = possibleNow(this.task.hidden.scene, [...before, situation]);
    const open = [...left].find(([, values]) => values.length > 1);
    return { ...situation, next: open?.[0] ?? null };
  }
}

function unambiguous(said: readonly ValueName[]): readonly ValueName[] {
  const times = (slot: Slot) => said.filter((value) => VALUES[value].slot === slot).length;
  return said.filter((value) => times(VALUES[value].slot) === 1);
}

/** yes: it is so. maybe: something of the same family is. no: neither, or the story says nothing about it. */
function claimTruth(claim: Claim, criteria: readonly Criterion[]): Truth {
  const { slot } = claim.kind === 'value' ? VALUES[claim.value] : FAMILIES[claim.family];
  const actual = criteria.find((criterion) => criterion.slot === slot)?.value;
  if (!actual) return 'no';
  if (claim.kind === 'family') return VALUES[actual].family === claim.family ? 'yes' : 'no';
  if (claim.value === actual) return 'yes';
  return VALUES[actual].family === VALUES[claim.value].family ? 'maybe' : 'no';
}

function sameClaim(a: Claim | null, b: Claim): boolean {
  if (a?.kind === 'value' && b.kind === 'value') return a.value === b.value;
  return a?.kind === 'family' && b.kind === 'family' && a.family === b.family;
}

/** A lucky account tells everything at once. */
export const maximumReturn = (maxTurns: number): number => (maxTurns >= 1 ? 1 : 0);
