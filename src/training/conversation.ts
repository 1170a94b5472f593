/**
 * One conversation of the policy with a person. It is played as every rollout is (rollout.ts), by a user who takes
 * their time: between two replies nothing is computed. What was sampled is kept as it was, so that it can be
 * trained on; and in the end the same policy plays the same task once more, with the same seed and the scripted
 * user, so that the two can be compared.
 */
import type { Hearing } from '../gyms/hearing';
import { hearingOf } from '../gyms/hearings';
import { GYM_NAMES } from '../gyms/options';
import { findGym } from '../gyms/registry';
import { gymNameOf } from '../gyms/task-set';
import { plainWords } from '../gyms/text';
import type { Episode, Gym, Judgement, Task } from '../gyms/types';
import type { Decoder } from '../policy/decoder';
import type { Dialogue } from '../policy/dialogue';
import { splitSeed } from '../random';
import type {
  ConversationScore,
  ConversationView,
  Heard,
  ScriptedPlay,
  Speaker,
  SpokenTurn,
  Suggestion,
} from '../runs/conversation';
import type { Settings } from '../runs/settings';
import { HumanUser, MOST_REPLY_WORDS } from '../users/human';
import { createUser } from '../users/registry';
import { ScriptedUser } from '../users/scripted';
import { USER_STRENGTHS, type ReplyRequest, type SimulatedUser } from '../users/types';
import { scoreFraction } from './metrics';
import { rollOut, type Trajectory } from './rollout';
import { totalReward } from './statistics';
import { unknownWords } from './words';

export interface ConversationOptions {
  readonly id: number;
  readonly dialogue: Dialogue;
  readonly gym: Gym;
  readonly task: Task;
  /** Those in force when it begins; it keeps to them. */
  readonly settings: Settings;
  readonly seed: number;
  readonly from: Speaker;
  /** GRPO steps behind the policy. */
  readonly step: number;
  /** A decoder of one row over the policy that speaks, drawing by this seed. It must speak the same way every time. */
  readonly decoder: (seed: number) => Decoder;
  /** Called once when nothing is going to be spoken any more. */
  readonly release: () => void;
}

interface Pending {
  readonly request: ReplyRequest;
  readonly answer: (words: string) => void;
}

export class Conversation {
  readonly #options: ConversationOptions;
  readonly #hearing: Hearing;
  readonly #vocabulary: readonly string[];
  readonly #left = new AbortController();
  readonly #turns: SpokenTurn[] = [];
  #episode: Episode | undefined;
  #judgement: Judgement | undefined;
  #pending: Pending | undefined;
  #asked: () => void = () => {};
  #playing: Promise<Trajectory> | undefined;
  #trajectory: Trajectory | undefined;
  #ended: ConversationView['ended'] = null;

  constructor(options: ConversationOptions) {
    this.#options = options;
    const name = gymNameOf(options.task);
    this.#hearing = hearingOf(name);
    const known = GYM_NAMES.some((one) => one === name) ? findGym(name).vocabulary() : [];
    this.#vocabulary = known.filter((word) => /^[a-z]+$/.test(word));
  }

  /** The whole of it as it was played, once it is over. */
  get trajectory(): Trajectory | undefined {
    return this.#trajectory;
  }

  get settings(): Settings {
    return this.#options.settings;
  }

  get from(): Speaker {
    return this.#options.from;
  }

  get view(): ConversationView {
    const { id, gym, task, settings, seed, from, step } = this.#options;
    const waiting = this.#pending && this.#hearing.asksPerson(this.#pending.request.situation);
    return {
      id,
      gym: gymNameOf(task),
      task: task.id,
      level: task.level ?? null,
      from,
      step,
      seed,
      maxTurns: settings.maxTurns,
      most: gym.maximumReturn(task, settings.maxTurns),
      watchOnly: this.#hearing.watchOnly ?? false,
      role: this.#hearing.role(task),
      opening: task.opening,
      turns: [...this.#turns],
      hidden: this.#episode?.hiddenFacts() ?? [],
      waitsFor: this.#pending ? (waiting ? 'person' : 'machine') : null,
      words: this.#vocabulary,
      ended: this.#ended,
    };
  }

  /** The policy's first turn. */
  begin(): Promise<ConversationView> {
    return this.#until(() => {
      const user = new HumanUser((request) => this.#ask(request), this.#left.signal);
      this.#playing = this.#play(user, this.#left.signal);
    });
  }

  /** Answers the policy, which then speaks until somebody has to answer again. A machine's words are its own. */
  say(text: string): Promise<ConversationView> {
    const pending = this.#pending;
    if (!pending) return Promise.reject(new Error('The policy does not wait for a reply.'));
    const { situation } = pending.request;
    const person = this.#hearing.asksPerson(situation);
    const turn = this.#turns.at(-1)!;
    const reply = person ? plainWords(text) : turn.suggestions[0]!.text;
    this.#turns[this.#turns.length - 1] = {
      ...turn,
      by: person ? 'person' : 'machine',
      reply,
      meaning: person ? this.#hearing.hear(this.#options.task, situation, reply) : null,
    };
    return this.#until(() => {
      this.#pending = undefined;
      pending.answer(reply);
    });
  }

  /** What the words would be to the policy, if they were said now. */
  hear(text: string): Heard | null {
    if (!this.#pending) return null;
    const reply = plainWords(text);
    const words = reply === '' ? [] : reply.split(' ');
    const strangers = new Set(unknownWords(this.#options.dialogue.tokenizer, words));
    return {
      words: words.map((word) => ({ text: word, known: !strangers.has(word) })),
      tooMany: Math.max(0, words.length - MOST_REPLY_WORDS),
      meaning: this.#hearing.hear(this.#options.task, this.#pending.request.situation, reply),
    };
  }

  /** Ends it where it is; nothing of it is kept. Resolves when it holds nothing on the device any more. */
  async leave(): Promise<void> {
    this.#left.abort(new DOMException('The conversation was left', 'AbortError'));
    this.#pending = undefined;
    await this.#playing?.catch(() => {});
  }

  /** Lets it go on by `go` until somebody is asked or it is over. */
  async #until(go: () => void): Promise<ConversationView> {
    const asked = new Promise<undefined>((resolve) => {
      this.#asked = () => resolve(undefined);
    });
    go();
    const trajectory = await Promise.race([asked, this.#playing]);
    if (trajectory) await this.#end(trajectory);
    return this.view;
  }

  async #play(user: SimulatedUser, signal: AbortSignal): Promise<Trajectory> {
    const { seed, decoder: open, gym, task, settings, dialogue } = this.#options;
    const decoder = open(splitSeed(seed, 'sample'));
    const options = {
      ...settings,
      seed: splitSeed(seed, 'world'),
      onJudged: (judgement: Judgement, episode: Episode) => {
        this.#judgement = judgement;
        this.#episode = episode;
      },
    };
    try {
      const [trajectory] = await rollOut(gym, user, dialogue, decoder, [task], options, signal);
      return trajectory!;
    } catch (error) {
      this.#options.release();
      throw error;
    } finally {
      decoder.dispose();
    }
  }

  async #ask(request: ReplyRequest): Promise<string> {
    const { situation, call } = request;
    const { reward, events, terminated, truncated } = this.#judgement!;
    const suggestions = await this.#suggest(request);
    const person = this.#hearing.asksPerson(situation);
    const last = terminated || truncated;
    const alone = !person && (last || !this.#hearing.watchOnly);
    const reply = alone ? suggestions[0]!.text : '';
    this.#turns.push({
      ...call,
      reward,
      events,
      explanation: this.#hearing.explain(situation),
      by: alone ? 'machine' : null,
      reply,
      meaning: null,
      suggestions,
    });
    // The policy reads no reply to its last call.
    if (alone || last) return reply;
    return new Promise((answer) => {
      this.#pending = { request, answer };
      this.#asked();
    });
  }

  async #suggest(request: ReplyRequest): Promise<Suggestion[]> {
    const { userStrength } = this.#options.settings;
    const users = [userStrength, ...USER_STRENGTHS.filter((strength) => strength !== userStrength)];
    return Promise.all(
      users.map(async (user) => {
        const [text = ''] = await new ScriptedUser(user).reply([request]);
        return { user, text };
      }),
    );
  }

  async #end(trajectory: Trajectory): Promise<void> {
    const { settings } = this.#options;
    this.#trajectory = { ...trajectory, withPerson: true };
    const last = trajectory.turns.at(-1);
    // What was no call, or was not run, nobody was asked about.
    if (last && trajectory.turns.length > this.#turns.length) {
      const { choice, content, reward, events } = last;
      const nothing = { explanation: '', by: null, reply: '', meaning: null, suggestions: [] };
      this.#turns.push({ choice, content, reward, events, ...nothing });
    }
    this.#episode = trajectory.episode;
    let scripted: ScriptedPlay | null = null;
    try {
      if (!this.#hearing.watchOnly) {
        const played = await this.#play(createUser(settings), this.#left.signal);
        const turns = played.turns.map(({ choice, content, reward, feedback }) => ({
          choice,
          content,
          reward,
          reply: feedback,
        }));
        scripted = { user: settings.userStrength, turns, ...this.#score(played) };
      }
    } finally {
      this.#episode = trajectory.episode;
      this.#options.release();
    }
    this.#ended = { ...this.#score(trajectory), scripted };
  }

  #score(trajectory: Trajectory): ConversationScore {
    const { gym, settings } = this.#options;
    const { end, success, turns } = trajectory;
    return {
      end,
      success,
      reward: totalReward(turns),
      score: scoreFraction(gym, trajectory, settings.maxTurns),
    };
  }
}
