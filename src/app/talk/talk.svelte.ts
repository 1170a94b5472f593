/**
 * The conversations of a visitor: the one under way, and those that are over. It belongs to the run's store, so that
 * nothing is lost by looking at another place of the page in between.
 */
import type { Level } from '../../gyms/types';
import type { Addition, ConversationView, Heard, Speaker } from '../../runs/conversation';
import { splitSeed } from '../../random';
import type { Outcome } from '../../worker/protocol';
import { keptFor } from '../kept.svelte';
import type { Run } from '../run.svelte';
import type { RunState } from '../state';

interface Finished {
  readonly view: ConversationView;
  /** The run it was played in: only that one can be taught by it. */
  readonly opened: RunState['opened'];
}

/** Typing fast asks sixty times a minute; the engine needs the last one. */
const HEAR_DELAY_MS = 60;

export class Talk {
  view = $state.raw<ConversationView | null>(null);
  finished = $state.raw<readonly Finished[]>([]);
  /** What the typed words would be; `null` until it is known. */
  heard = $state.raw<Heard | null>(null);
  /** Why something was not done. */
  problem = $state.raw('');
  /** What was last put aside for training, and at which step. */
  addition = $state.raw<{ readonly step: number; readonly what: Extract<Addition, { added: true }> } | null>(
    null,
  );
  gym = $state.raw<string | null>(null);
  level = $state.raw<Level | null>(null);
  from = $state.raw<Speaker>('policy');
  readonly #run: Run;
  #added = $state.raw<readonly number[]>([]);
  #begun = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(run: Run) {
    this.#run = run;
  }

  /** The engine is busy with something else than this. */
  get elsewhere(): boolean {
    const { work } = this.#run.state;
    return work !== null && work !== 'talk';
  }

  get speaking(): boolean {
    return this.#run.state.work === 'talk';
  }

  /** Another task of the chosen gym, or the same one again. */
  async begin(gym: string, task?: string): Promise<void> {
    const seed = splitSeed(this.#run.settings.seed, 'talk', this.#begun++);
    const { level, from } = this;
    this.#clear();
    const outcome = await this.#run.converse({
      gym,
      seed,
      from,
      ...(task !== undefined ? { task } : level && { level }),
    });
    this.#take(outcome, 'The conversation was not begun.');
  }

  async say(text: string): Promise<void> {
    const { view } = this;
    if (!view?.waitsFor || this.#run.state.work) return;
    clearTimeout(this.#timer);
    this.heard = null;
    this.#take(await this.#run.say(view.id, text), 'The conversation was stopped.');
  }

  /** Asks what these words would be, a moment after the last key. */
  typed(text: string): void {
    clearTimeout(this.#timer);
    this.heard = null;
    const { view } = this;
    if (!view || text.trim() === '') return;
    this.#timer = setTimeout(() => void this.#hear(view.id, text), HEAR_DELAY_MS);
  }

  /** Finished conversations about the task on show that can make a group: of this run, and not added yet. */
  get addable(): readonly ConversationView[] {
    const { view } = this;
    return this.finished.flatMap((one) =>
      one.view.task === view?.task &&
      one.opened === this.#run.state.opened &&
      one.view.from === 'policy' &&
      !this.#added.includes(one.view.id)
        ? [one.view]
        : [],
    );
  }

  async addToTraining(): Promise<void> {
    const ids = this.addable.map(({ id }) => id);
    const outcome = await this.#run.addToTraining(ids);
    if (outcome.kind !== 'completed') return;
    if (!outcome.value.added) {
      this.problem = outcome.value.problem;
      return;
    }
    this.#added = [...this.#added, ...ids];
    this.problem = '';
    this.addition = { step: this.#run.state.step, what: outcome.value };
  }

  async #hear(id: number, text: string): Promise<void> {
    const outcome = await this.#run.hear(id, text);
    if (outcome.kind === 'completed' && this.view?.id === id) this.heard = outcome.value;
  }

  #take(outcome: Outcome<ConversationView | null>, stopped: string): void {
    if (outcome.kind === 'failed') return;
    if (outcome.kind === 'aborted') {
      this.#clear();
      this.problem = stopped;
      return;
    }
    if (!outcome.value) {
      this.#clear();
      this.problem = 'The run was reset, and with it this conversation.';
      return;
    }
    this.view = outcome.value;
    if (outcome.value.ended)
      this.finished = [...this.finished, { view: outcome.value, opened: this.#run.state.opened }];
  }

  #clear(): void {
    this.view = null;
    this.heard = null;
    this.problem = '';
    this.addition = null;
  }
}

export const talkOf = keptFor((run) => new Talk(run));
