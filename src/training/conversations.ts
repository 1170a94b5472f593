/**
 * The conversations of a run with a person: one at a time, and what is left of those that are over, for training.
 */
import { GYM_NAMES } from '../gyms/options';
import { openGym } from '../gyms/registry';
import { gymNameOf } from '../gyms/task-set';
import type { Gym, Task } from '../gyms/types';
import type { Policy } from '../policy/policy';
import { Random, splitSeed } from '../random';
import type { Addition, ConversationRequest, ConversationView, Heard } from '../runs/conversation';
import type { Settings } from '../runs/settings';
import { Conversation } from './conversation';
import { decoderFor, type GrpoTrainer } from './grpo';
import type { Trajectory } from './rollout';

/** Finished conversations that are kept for training; the oldest go first. */
const MOST_KEPT = 100;

/** Never the same twice, not even in another run: a conversation of a run that is gone must not be mistaken. */
let lastId = 0;

interface Finished {
  readonly trajectory: Trajectory;
  readonly settings: Settings;
  readonly from: ConversationRequest['from'];
}

export class Conversations {
  readonly #policy: Policy;
  readonly #gym: Gym;
  readonly #trainer: GrpoTrainer;
  readonly #finished = new Map<number, Finished>();
  readonly #added = new Set<number>();
  #current: { readonly id: number; readonly conversation: Conversation } | undefined;

  constructor(policy: Policy, gym: Gym, trainer: GrpoTrainer) {
    this.#policy = policy;
    this.#gym = gym;
    this.#trainer = trainer;
  }

  /**
   * Begins a conversation; one that is under way is left. It goes on with the policy as it is now, whatever that
   * learns meanwhile. Throws where there is no such task.
   */
  async begin(
    request: ConversationRequest,
    settings: Settings,
    signal?: AbortSignal,
  ): Promise<ConversationView> {
    await this.leave();
    const { gym: name, seed, from } = request;
    const gym = GYM_NAMES.some((one) => one === name)
      ? openGym({ ...settings, gym: name as (typeof GYM_NAMES)[number], difficulty: 'all' })
      : this.#gym;
    const task = taskFor(gym, request);
    const worn = await this.#policy.copyAdapter(from);
    const id = ++lastId;
    const conversation = new Conversation({
      id,
      dialogue: this.#policy.dialogue,
      gym,
      task,
      settings,
      seed,
      from,
      step: this.#trainer.steps,
      decoder: (drawing) =>
        decoderFor(
          this.#policy,
          1,
          settings.temperature,
          drawing,
          this.#trainer.maxNewTokens,
          worn?.adapter ?? null,
        ),
      release: () => worn?.dispose(),
    });
    this.#current = { id, conversation };
    return this.#go(conversation.begin(), signal);
  }

  /** Answers the policy; `null` where there is no such conversation any more. */
  async say(id: number, text: string, signal?: AbortSignal): Promise<ConversationView | null> {
    if (this.#current?.id !== id) return null;
    return this.#go(this.#current.conversation.say(text), signal);
  }

  hear(id: number, text: string): Heard | null {
    return this.#current?.id === id ? this.#current.conversation.hear(text) : null;
  }

  /**
   * Takes finished conversations of one task as a group into the next step, which fills it up with rollouts by the
   * scripted user. All of them or none.
   */
  add(ids: readonly number[], settings: Settings): Addition {
    const finished = ids.flatMap((id) => this.#finished.get(id) ?? []);
    const problem = this.#problem(ids, finished, settings);
    const [first] = finished;
    if (problem !== null || !first) return { added: false, problem: problem ?? 'There is nothing to add.' };
    this.#trainer.add(finished.map(({ trajectory }) => trajectory));
    for (const id of ids) this.#added.add(id);
    const person = finished.length;
    return { added: true, task: first.trajectory.task.id, person, scripted: settings.groupSize - person };
  }

  /** Leaves the conversation under way, if there is one. */
  async leave(): Promise<void> {
    const { conversation } = this.#current ?? {};
    this.#current = undefined;
    await conversation?.leave();
  }

  async #go(turn: Promise<ConversationView>, signal?: AbortSignal): Promise<ConversationView> {
    const { conversation, id } = this.#current!;
    const left = (): void => void conversation.leave();
    if (signal?.aborted) left();
    signal?.addEventListener('abort', left, { once: true });
    try {
      const view = await turn;
      if (conversation.trajectory) this.#keep(id, conversation, conversation.trajectory);
      return view;
    } catch (error) {
      this.#current = undefined;
      throw error;
    } finally {
      signal?.removeEventListener('abort', left);
    }
  }

  #keep(id: number, { settings, from }: Conversation, trajectory: Trajectory): void {
    this.#finished.set(id, { trajectory, settings, from });
    const [oldest] = this.#finished.keys();
    if (this.#finished.size > MOST_KEPT && oldest !== undefined) this.#finished.delete(oldest);
  }

  #problem(ids: readonly number[], finished: readonly Finished[], settings: Settings): string | null {
    const { groupSize, maxTurns, temperature } = settings;
    if (finished.length < ids.length)
      return 'This conversation belongs to a run that has ended. Play the task again, then add it.';
    if (ids.some((id) => this.#added.has(id))) return 'This conversation has been added before.';
    const tasks = new Set(finished.map(({ trajectory }) => trajectory.task.id));
    if (tasks.size > 1) return 'A group compares attempts at one task, and these are of several.';
    if (finished.some(({ from }) => from === 'reference'))
      return 'You talked with the policy as it was before learning; only what the policy of this run says can teach it.';
    const [task] = tasks;
    if (!this.#gym.tasks.train.some(({ id }) => id === task))
      return `This run does not train on this task of ${gymNameOf({ id: task ?? '' })}. Choose its gym and difficulty in the settings, press Reset, and play again.`;
    if (groupSize < 2) return 'Groups have one attempt only. Set the group size to 2 or more.';
    if (finished.length > groupSize)
      return `These are ${finished.length} attempts, and a group has ${groupSize}. Set a larger group size.`;
    const longest = Math.max(...finished.map(({ trajectory }) => trajectory.turns.length));
    if (longest > maxTurns)
      return `This conversation has ${longest} turns, and the turn limit is ${maxTurns} now. Raise it.`;
    if (finished.some((one) => one.settings.temperature !== temperature))
      return 'The temperature has been changed since, and with it what the words were drawn from. Set it back, or play again.';
    return null;
  }
}

/** The task asked for, or one drawn. Test tasks stay out of it: what is learnt from is no test. */
function taskFor(gym: Gym, { task: wanted, level, seed }: ConversationRequest): Task {
  const pool = gym.tasks.train.filter((task) =>
    wanted !== undefined ? task.id === wanted : level === undefined || task.level === level,
  );
  if (pool.length === 0) throw new Error(`${gym.name} has no such task to talk about.`);
  return new Random(splitSeed(seed, 'task')).pick(pool);
}
