/**
 * The rules of Telepathy: someone thinks of a toy and answers yes, no or maybe; the right guess pays 1 and ends
 * it. UserRL (arXiv 2509.19736), TelepathyGym.
 */
import { TurnLimitedEpisode, historyOf, type Verdict } from '../episode';
import type { Episode, EpisodeOptions, GymEvent, HiddenFact, Operation, ToolCall } from '../types';
import { bestQuestion } from './knowledge';
import type { Riddle } from './riddle';
import type { Fact, TelepathySituation, TelepathyTask } from './types';

/** Turn reward of the right guess; everything else pays nothing. UserRL: score 1 or 0, paid as gain over the best. */
export const RIGHT_GUESS_REWARD = 1;
/** UserRL's prompts allow asking and guessing here. */
export const TELEPATHY_OPERATIONS: readonly Operation[] = ['action', 'answer'];

export interface TelepathyOptions {
  /** Guesses before the game is lost. UserRL: as many as there are turns. */
  readonly guesses: number;
}
export const TELEPATHY_DEFAULTS: TelepathyOptions = { guesses: Infinity };

/** `answer` is a guess; any other call is a question, as in UserRL. */
export class TelepathyEpisode extends TurnLimitedEpisode<TelepathySituation> {
  readonly operations = TELEPATHY_OPERATIONS;
  #guesses = 0;

  constructor(
    private readonly task: TelepathyTask,
    options: EpisodeOptions,
    private readonly settings: TelepathyOptions,
    private readonly riddle: Riddle,
  ) {
    super(task.opening, options);
  }

  protected judge({ choice, content }: ToolCall): Verdict<TelepathySituation> {
    return choice === 'answer' ? this.#judgeGuess(content) : this.#judgeQuestion(content);
  }

  #judgeQuestion(content: string): Verdict<TelepathySituation> {
    const claims = this.riddle.claimsIn(content);
    const [claim] = claims;
    if (!claim || claims.length > 1) {
      const kind = claim ? 'several' : 'nothing-asked';
      return { reward: 0, success: false, situation: this.#situation(kind), events: [{ name: kind }] };
    }
    const truth = this.riddle.claimTruth(claim, this.task.hidden.toy);
    const known = knownFacts(this.task, this);
    const repeated =
      claim.kind === 'attribute' && known.some(({ attribute }) => attribute === claim.attribute);
    const learnt = claim.kind === 'attribute' ? [...known, { attribute: claim.attribute, truth }] : known;
    const subject = claim.kind === 'attribute' ? claim.attribute : (claim.thing ?? claim.material);
    const events: GymEvent[] = [repeated ? { name: 'repeated', subject } : { name: truth, subject }];
    const situation = { ...this.#situation('replies', learnt), claim, truth, repeated };
    return { reward: 0, success: false, situation, events };
  }

  /** Right if it names the thing and the material, if there are any, and no other: a list of toys is no guess. */
  #judgeGuess(content: string): Verdict<TelepathySituation> {
    const { things, materials } = this.riddle.guessIn(content);
    const [thing] = things;
    const [material] = materials;
    const { toy } = this.task.hidden;
    const whole = thing && (material || this.riddle.materialNames.length === 0);
    if (things.length > 1 || materials.length > 1 || !whole) {
      const situation = this.#situation('no-guess');
      return { reward: 0, success: false, situation, events: [{ name: 'no-guess' }] };
    }
    this.#guesses += 1;
    const right = thing === toy.thing && material === toy.material;
    const kind = right ? 'right' : 'wrong';
    return {
      reward: right ? RIGHT_GUESS_REWARD : 0,
      success: right,
      deadEnd: this.#guesses >= this.settings.guesses,
      situation: {
        ...this.#situation(kind),
        claim: { kind: 'identity', thing, material },
        truth: right ? 'yes' : 'no',
      },
      events: [{ name: kind, subject: this.riddle.nameOf({ thing, material }) }],
    };
  }

  protected notHeard(): TelepathySituation {
    return this.#situation('not-heard');
  }

  /** The toy, then every attribute worth asking about; those count nothing by themselves. */
  hiddenFacts(): HiddenFact[] {
    const { riddle } = this;
    const { category, toy } = this.task.hidden;
    const known = new Set(knownFacts(this.task, this).map((fact) => fact.attribute));
    const guessed = this.history.at(-1)?.judgement.success === true;
    return [
      { label: riddle.data.noun, value: riddle.nameOf(toy), weight: 1, found: guessed },
      ...riddle.tellingAttributes(category).map((attribute) => ({
        label: riddle.questionFor(attribute),
        value: riddle.truthOf(attribute, toy),
        weight: 0,
        found: known.has(attribute),
      })),
    ];
  }

  #situation(kind: TelepathySituation['kind'], facts = knownFacts(this.task, this)): TelepathySituation {
    const next = bestQuestion(this.riddle, this.task.hidden.category, facts);
    return { kind, claim: null, truth: null, repeated: false, next };
  }
}

/** The attributes that the opening and the answers so far have told. */
export function knownFacts(task: TelepathyTask, episode: Episode<TelepathySituation>): Fact[] {
  const answered = historyOf(episode).flatMap(({ judgement: { situation } }) => {
    const { claim, truth } = situation;
    return claim?.kind === 'attribute' && truth ? [{ attribute: claim.attribute, truth }] : [];
  });
  return [...task.hidden.told, ...answered];
}

/** One lucky guess is enough, whatever the toy. */
export const maximumReturn = (maxTurns: number): number => (maxTurns >= 1 ? RIGHT_GUESS_REWARD : 0);
