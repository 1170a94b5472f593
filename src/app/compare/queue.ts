/**
 * Trains the runs of an experiment one after the other, in an engine of its own: seed by seed, A and then B, so that
 * from the second run on there is something to compare. Knows neither the DOM nor runes.
 */
import type { OwnTable } from '../../gyms/own/table';
import { DEFAULT_SETTINGS, type Settings } from '../../runs/settings';
import { ARMS, type Arm, type StoredRun } from '../../runs/stored-run';
import { EngineClient, type Port } from '../../worker/client';
import type { DevicePreference, Failure } from '../../worker/protocol';
import { Controller } from '../controller';
import { Keeper } from '../keeper';
import { secondsLeft } from '../remaining';
import type { RunState } from '../state';
import { statusLine } from '../status';

export interface Plan {
  readonly a: Settings;
  readonly b: Settings;
  readonly seeds: readonly number[];
  /** Of every run. */
  readonly steps: number;
}

export interface Job {
  readonly arm: Arm;
  readonly settings: Settings;
  readonly state: 'waiting' | 'running' | 'done' | 'failed' | 'left';
  /** Steps done. */
  readonly step: number;
  /** Why it failed. */
  readonly problem: string | null;
}

export interface QueueState {
  readonly phase: 'idle' | 'running' | 'pausing' | 'paused';
  /** The id that its runs carry in the store; null before the first experiment. */
  readonly experiment: string | null;
  readonly jobs: readonly Job[];
  /** Of every run. */
  readonly steps: number;
  /** What the engine does. */
  readonly text: string;
  readonly secondsLeft: number | null;
  /** What stopped it; "Go on" tries again. */
  readonly failure: Failure | null;
}

export interface QueueOptions {
  readonly start: () => Port;
  readonly save: (run: StoredRun) => void;
  readonly taken: () => ReadonlySet<string>;
  readonly changed: (state: QueueState) => void;
  /** Milliseconds. */
  readonly now?: () => number;
}

interface Current {
  readonly index: number;
  readonly keeper: Keeper;
}

export const idleQueue = (): QueueState => ({
  phase: 'idle',
  experiment: null,
  jobs: [],
  steps: 0,
  text: '',
  secondsLeft: null,
  failure: null,
});

/** Steps of all runs together. */
export function progressOf({ jobs, steps }: QueueState): { readonly done: number; readonly total: number } {
  const counted = jobs.filter(({ state }) => state !== 'left' && state !== 'failed');
  const done = jobs.reduce((sum, { step }) => sum + step, 0);
  const dropped = jobs.filter((job) => !counted.includes(job)).reduce((sum, { step }) => sum + step, 0);
  return { done, total: counted.length * steps + dropped };
}

export class Queue {
  state: QueueState = idleQueue();
  readonly #options: Required<QueueOptions>;
  readonly #engine: EngineClient;
  /** One for all jobs: each is a reset with other settings. */
  readonly #controller: Controller;
  /** Milliseconds and steps of training that were seen, pauses left out: by them the rest is estimated. */
  #spent = { ms: 0, steps: 0 };
  #since: number | null = null;
  #working: Promise<void> = Promise.resolve();
  /** Of the job that runs, or is paused. */
  #current: Current | null = null;

  constructor(options: QueueOptions) {
    this.#options = { now: () => performance.now(), ...options };
    this.#engine = new EngineClient(options.start);
    this.#controller = new Controller(this.#engine, DEFAULT_SETTINGS, 'auto', (state) => this.#follow(state));
  }

  /**
   * Begins another experiment; one that is under way goes on instead. `table` is what a gym of the visitor's own is
   * made from, where a side plays in one.
   */
  async start(
    { a, b, seeds, steps }: Plan,
    device: DevicePreference,
    table: OwnTable | null = null,
  ): Promise<void> {
    if (this.state.phase !== 'idle') return;
    const settings = { a, b };
    const jobs = seeds.flatMap((seed) =>
      ARMS.map((arm): Job => ({
        arm,
        settings: { ...settings[arm], seed },
        state: 'waiting',
        step: 0,
        problem: null,
      })),
    );
    const experiment = [...crypto.getRandomValues(new Uint32Array(3))]
      .map((part) => part.toString(36))
      .join('');
    this.#controller.useDevice(device);
    this.#controller.useTable(table);
    this.#spent = { ms: 0, steps: 0 };
    this.#set({ ...idleQueue(), experiment, jobs, steps });
    await this.#run();
  }

  /** Stops at the end of what the engine is doing; nothing is lost. */
  async pause(): Promise<void> {
    if (this.state.phase !== 'running') return;
    this.#set({ phase: 'pausing' });
    await this.#controller.pause();
    await this.#working;
  }

  async resume(): Promise<void> {
    if (this.state.phase === 'paused') await this.#run();
  }

  /** Ends the experiment at once. What was trained stays; the runs that are left are not made. */
  async stop(): Promise<void> {
    if (this.state.phase === 'idle') return;
    const jobs = this.state.jobs.map((job) =>
      job.state === 'waiting' || job.state === 'running' ? { ...job, state: 'left' as const } : job,
    );
    this.#set({ jobs, phase: 'pausing' });
    this.#engine.terminate();
    await this.#working;
    this.#finish();
  }

  async #run(): Promise<void> {
    this.#set({ phase: 'running', failure: null });
    this.#since = this.#options.now();
    this.#working = this.#jobs();
    await this.#working;
  }

  async #jobs(): Promise<void> {
    for (;;) {
      const index = this.state.jobs.findIndex(({ state }) => state === 'waiting' || state === 'running');
      if (index < 0) return this.#finish();
      await this.#train(index);
      if (this.state.failure || this.state.phase !== 'running') {
        this.#clock();
        return this.#set({ phase: 'paused', text: '' });
      }
    }
  }

  async #train(index: number): Promise<void> {
    const controller = this.#controller;
    const fresh = this.#current?.index !== index;
    const { keeper } = (this.#current = fresh || !this.#current ? this.#begin(index) : this.#current);
    // After a crash, or a pause while it was opened, there is nothing to go on from.
    if (fresh || !controller.state.opened || !this.#engine.running || controller.state.failure) {
      controller.change(this.state.jobs[index]!.settings);
      await controller.reset();
    }
    if (controller.state.opened && !controller.state.failure && this.state.phase === 'running')
      await controller.train(this.state.steps - controller.state.step);
    keeper.flush();
    const { failure, step } = controller.state;
    if (failure) this.#failed(index, failure);
    else if (step >= this.state.steps) this.#update(index, { state: 'done' });
  }

  #begin(index: number): Current {
    const { arm, settings } = this.state.jobs[index]!;
    const { save, taken } = this.#options;
    const experiment = this.state.experiment ?? '';
    const keeper = new Keeper({
      save,
      taken,
      experiment: { id: experiment, arm },
      // One that has to be begun again takes the place of its first attempt.
      id: `${experiment}-${arm}-${settings.seed}`,
    });
    return { index, keeper };
  }

  #follow(state: RunState): void {
    if (!this.#current) return;
    const { index, keeper } = this.#current;
    const job = this.state.jobs[index]!;
    keeper.follow(state, job.settings);
    if (state.step > job.step) {
      this.#clock();
      this.#spent.steps += state.step - job.step;
    }
    this.#update(index, { step: state.step, state: 'running' }, statusLine(state).doing);
  }

  /** Numbers that leave the range of numbers are a result; any other failure would come again with the next run. */
  #failed(index: number, failure: Failure): void {
    if (failure.code === 'diverged') this.#update(index, { state: 'failed', problem: failure.message });
    else this.#set({ failure });
  }

  #update(index: number, part: Partial<Job>, text = this.state.text): void {
    // What was given up stays so, whatever still comes in.
    const merged = (job: Job): Job => ({ ...job, ...part, ...(job.state === 'left' && { state: 'left' }) });
    const jobs = this.state.jobs.map((job, i) => (i === index ? merged(job) : job));
    this.#set({ jobs, text });
    const { done, total } = progressOf(this.state);
    const { ms, steps } = this.#spent;
    this.#set({ secondsLeft: secondsLeft(ms * (done / Math.max(1, steps)), done, total) });
  }

  #clock(): void {
    const now = this.#options.now();
    if (this.#since !== null) this.#spent.ms += now - this.#since;
    this.#since = this.state.phase === 'running' ? now : null;
  }

  #finish(): void {
    this.#current?.keeper.flush();
    this.#current = null;
    this.#since = null;
    // A policy and its device are not held for an experiment that may never come.
    this.#engine.terminate();
    this.#set({ phase: 'idle', text: '', secondsLeft: null });
  }

  #set(part: Partial<QueueState>): void {
    this.state = { ...this.state, ...part };
    this.#options.changed(this.state);
  }
}
