/**
 * Makes the runs of a lesson one after the other, in an engine of its own, so that the page's run is left alone.
 * Knows neither the DOM nor runes.
 */
import { DEFAULT_SETTINGS, type Settings } from '../../runs/settings';
import { EngineClient, type Port } from '../../worker/client';
import type { DevicePreference, EngineEvent, Failure, Outcome } from '../../worker/protocol';
import { secondsLeft } from '../remaining';
import type { Act, Arm, ArmResult } from './lesson';

export interface RunnerState {
  readonly running: boolean;
  /** A stop has been asked for and is not through yet. */
  readonly stopping: boolean;
  /** Of the arms so far, the one that runs included. */
  readonly results: readonly ArmResult[];
  /** What the engine does. */
  readonly text: string;
  /** In [0, 1]. */
  readonly progress: number;
  readonly secondsLeft: number | null;
  /** What stopped it. */
  readonly failure: Failure | null;
}

export interface RunnerOptions {
  readonly start: () => Port;
  readonly changed: (state: RunnerState) => void;
  /** Milliseconds. */
  readonly now?: () => number;
}

export const idleRunner = (): RunnerState => ({
  running: false,
  stopping: false,
  results: [],
  text: '',
  progress: 0,
  secondsLeft: null,
  failure: null,
});

/** How long a stop waits for the engine's safe point before it ends the engine. */
const PATIENCE_MS = 3000;

export class LessonRunner {
  state: RunnerState = idleRunner();
  readonly #options: Required<RunnerOptions>;
  readonly #engine: EngineClient;
  #arms: readonly Arm[] = [];
  /** In units of a training step of default size: what is done, of how much, and since when. */
  #done = 0;
  #total = 0;
  #since = 0;
  /** What the act under way adds at most, and what of that is counted already. */
  #act = { cost: 0, counted: 0 };
  #ended: Promise<unknown> = Promise.resolve();

  constructor(options: RunnerOptions) {
    this.#options = { now: () => performance.now(), ...options };
    this.#engine = new EngineClient(options.start);
    this.#engine.onEvent((event) => this.#hear(event));
  }

  /** Results in the order of the arms; null where it was stopped or failed. One at a time: a second call is refused. */
  async run(arms: readonly Arm[], seed: number, device: DevicePreference): Promise<ArmResult[] | null> {
    if (this.state.running) return null;
    this.#arms = arms;
    this.#done = 0;
    this.#total = arms.reduce((sum, arm) => sum + armCost(arm), 0);
    this.#since = this.#options.now();
    this.#set({ ...idleRunner(), running: true, text: 'Starting an engine for this lesson' });
    const all = this.#all(seed, device);
    this.#ended = all;
    return all;
  }

  /** Gives the lesson up. What the page had before stays as it was. */
  async stop(): Promise<void> {
    if (!this.state.running || this.state.stopping) return;
    this.#set({ stopping: true });
    void this.#engine.stop();
    // A program that compiles for a minute cannot be interrupted; its worker can be ended.
    const timer = setTimeout(() => this.#engine.terminate(), PATIENCE_MS);
    await this.#ended;
    clearTimeout(timer);
  }

  async #all(seed: number, device: DevicePreference): Promise<ArmResult[] | null> {
    let complete = true;
    for (const arm of this.#arms) {
      complete = await this.#one(arm, { ...DEFAULT_SETTINGS, ...arm.settings, seed }, device);
      if (!complete) break;
    }
    // A policy and its device are not held for a lesson that may never come.
    this.#engine.terminate();
    const { results, failure } = this.state;
    this.#set({ ...idleRunner(), results: complete ? results : [], failure });
    return complete ? [...results] : null;
  }

  /** Whether it came to its end. */
  async #one({ id, label, acts }: Arm, settings: Settings, device: DevicePreference): Promise<boolean> {
    const fresh: ArmResult = {
      id,
      label,
      settings,
      steps: [],
      updates: [],
      groups: [],
      comparison: null,
      baselines: null,
      diverged: null,
    };
    this.#set({ results: [...this.state.results, fresh] });
    const opened = await this.#engine.open(settings, device);
    if (!this.#goesOn(opened)) return false;
    if (opened.kind === 'completed') this.#change({ baselines: opened.value.baselines });
    for (const act of acts) {
      this.#act = { cost: actCost(act, settings), counted: 0 };
      const outcome = await this.#perform(act);
      if (!this.#goesOn(outcome)) return false;
      this.#count(1);
      // The rest of this arm would train on what is broken; the lesson goes on with the next.
      if (outcome.kind === 'failed') {
        this.#change({ diverged: outcome.failure.message });
        break;
      }
    }
    return true;
  }

  async #perform(act: Act): Promise<Outcome<unknown>> {
    switch (act.kind) {
      case 'train':
        return this.#engine.train(act.steps);
      case 'coldStart':
        return this.#engine.coldStart();
      case 'compare': {
        const outcome = await this.#engine.compare(act.users);
        if (outcome.kind === 'completed') this.#change({ comparison: outcome.value });
        return outcome;
      }
    }
  }

  /** Numbers that leave the range of numbers are a result; any other failure ends the lesson. */
  #goesOn(outcome: Outcome<unknown>): boolean {
    if (this.state.stopping || outcome.kind === 'aborted') return false;
    if (outcome.kind === 'completed' || outcome.failure.code === 'diverged') return true;
    this.#set({ failure: outcome.failure });
    return false;
  }

  #hear(event: EngineEvent): void {
    if (!this.state.running) return;
    const result = this.state.results.at(-1);
    switch (event.kind) {
      case 'status':
        if (event.text !== '') this.#set({ text: event.text });
        break;
      case 'compiling':
        this.#set({ text: `Compiling ${event.done} of ${event.total} GPU programs` });
        break;
      case 'step': {
        const { metrics, groups } = event;
        this.#change({ steps: [...(result?.steps ?? []), metrics], groups });
        const planned = this.#act.cost / stepCost(result?.settings ?? DEFAULT_SETTINGS);
        this.#count(metrics.step / planned);
        break;
      }
      case 'sftStep': {
        this.#change({ updates: [...(result?.updates ?? []), event.metrics] });
        this.#count(event.metrics.step / (result?.settings.sftSteps ?? 1));
        break;
      }
      case 'comparing':
        this.#count(event.total > 0 ? event.done / event.total : 0);
        break;
      case 'evaluation':
        break;
    }
  }

  #change(part: Partial<ArmResult>): void {
    const last = this.state.results.length - 1;
    this.#set({ results: this.state.results.map((one, i) => (i === last ? { ...one, ...part } : one)) });
  }

  /** `share` of the act under way is done. */
  #count(share: number): void {
    const counted = Math.max(this.#act.counted, Math.min(1, share) * this.#act.cost);
    this.#done += counted - this.#act.counted;
    this.#act.counted = counted;
    const elapsed = this.#options.now() - this.#since;
    this.#set({
      progress: this.#total > 0 ? Math.min(1, this.#done / this.#total) : 0,
      secondsLeft: secondsLeft(elapsed, this.#done, this.#total),
    });
  }

  #set(part: Partial<RunnerState>): void {
    this.state = { ...this.state, ...part };
    this.#options.changed(this.state);
  }
}

/** An update of the cold start, and the test tasks with one user, in training steps. */
const UPDATE_COST = 0.25;
const USER_COST = 4;

/** Rollouts cost about as much as two updates from them. */
const stepCost = ({ tasksPerStep, groupSize, innerEpochs }: Settings): number =>
  ((tasksPerStep * groupSize) / 64) * ((2 + innerEpochs) / 3);

function actCost(act: Act, settings: Settings): number {
  switch (act.kind) {
    case 'train':
      return act.steps * stepCost(settings);
    case 'coldStart':
      return settings.sftSteps * UPDATE_COST;
    case 'compare':
      return act.users.length * USER_COST;
  }
}

function armCost({ settings, acts }: Arm): number {
  const all = { ...DEFAULT_SETTINGS, ...settings };
  return acts.reduce((sum, act) => sum + actCost(act, all), 0);
}
