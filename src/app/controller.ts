/**
 * What the buttons do: turns intentions ("step", "reset") into requests, and answers into state.
 * Knows neither the DOM nor runes, so every path through it can be tested with a scripted engine.
 */
import { OWN } from '../gyms/options';
import type { OwnTable } from '../gyms/own/table';
import { SETTING_KEYS, SETTINGS, type SettingKey, type Settings } from '../runs/settings';
import type { Inspection } from '../runs/inspection';
import type { Addition, ConversationRequest, ConversationView, Heard } from '../runs/conversation';
import type { EngineClient } from '../worker/client';
import type { DevicePreference, EngineEvent, Outcome, UserStrength } from '../worker/protocol';
import type { Place } from './inspector/looker.svelte';
import { applyEvent, hasProgress, initialState, type PageEvent, type RunState, type Work } from './state';

/** How long a reset waits for the engine to come to its safe point before it starts a new one. */
const PATIENCE_MS = 4000;
/** Dragging a slider changes a value sixty times a second; the engine needs the last one. */
const CONFIGURE_DELAY_MS = 120;

export class Controller {
  state: RunState = initialState();
  readonly #engine: EngineClient;
  readonly #changed: (state: RunState) => void;
  #settings: Settings;
  #device: DevicePreference;
  #table: OwnTable | null;
  #running: Promise<void> = Promise.resolve();
  #resetting = false;
  #configureTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    engine: EngineClient,
    settings: Settings,
    device: DevicePreference,
    changed: (state: RunState) => void,
    table: OwnTable | null = null,
  ) {
    this.#engine = engine;
    this.#settings = settings;
    this.#device = device;
    this.#changed = changed;
    this.#table = table;
    engine.onEvent((event) => this.#apply(event));
  }

  /** Settings whose change waits for a reset. Nothing waits while there is nothing to lose. */
  pendingRestart(settings: Settings = this.#settings): SettingKey[] {
    return hasProgress(this.state) ? this.#moved(settings) : [];
  }

  /** Whether another device than the run's own has been asked for since, and waits for a reset. */
  deviceWaits(device: DevicePreference = this.#device): boolean {
    return hasProgress(this.state) && this.state.openedOn !== null && this.state.openedOn !== device;
  }

  change(settings: Settings): void {
    this.#settings = settings;
    if (!this.state.opened) return;
    clearTimeout(this.#configureTimer);
    this.#configureTimer = setTimeout(() => void this.#configure(), CONFIGURE_DELAY_MS);
  }

  /** What a gym of one's own is made from, from the next run on. */
  useTable(table: OwnTable | null): void {
    this.#table = table;
  }

  useDevice(device: DevicePreference): void {
    this.#device = device;
  }

  open(): Promise<void> {
    return this.#work('open', () => this.#open());
  }

  /** Start when idle, pause when training. */
  toggle(): Promise<void> {
    return this.state.work ? this.pause() : this.train(null);
  }

  train(steps: number | null): Promise<void> {
    return this.#work('train', () => this.#whenOpen(() => this.#engine.train(steps)));
  }

  coldStart(): Promise<void> {
    return this.#work('coldStart', () => this.#whenOpen(() => this.#engine.coldStart()));
  }

  evaluate(decoding: 'sampled' | 'greedy'): Promise<void> {
    return this.#work('evaluate', () =>
      this.#whenOpen(async () => {
        const outcome = await this.#engine.evaluate(decoding);
        if (outcome.kind === 'completed') this.#apply({ kind: 'evaluation', result: outcome.value });
        return outcome;
      }),
    );
  }

  compare(users: readonly UserStrength[]): Promise<void> {
    return this.#work('compare', () =>
      this.#whenOpen(async () => {
        const outcome = await this.#engine.compare(users);
        if (outcome.kind === 'completed') this.#apply({ kind: 'compared', table: outcome.value });
        return outcome;
      }),
    );
  }

  /** Looks into one attempt of a step. Not work of its own: a run goes on, and what it does is not to be seen. */
  inspect({ step, group, rollout }: Place): Promise<Outcome<Inspection | null>> {
    return this.#engine.inspect(step, group, rollout);
  }

  /** Begins a conversation. `aborted` where something else is going on. */
  converse(request: ConversationRequest): Promise<Outcome<ConversationView>> {
    return this.#talk(() => this.#whenOpen(() => this.#engine.converse(request)));
  }

  say(conversation: number, text: string): Promise<Outcome<ConversationView | null>> {
    return this.#talk(() => this.#engine.say(conversation, text));
  }

  /** The next two ask and put aside; they are no work, and go through whatever is going on. */
  hear(conversation: number, text: string): Promise<Outcome<Heard | null>> {
    return this.#engine.hear(conversation, text);
  }

  async addToTraining(conversations: readonly number[]): Promise<Outcome<Addition>> {
    await this.#configure();
    return this.#engine.addToTraining(conversations);
  }

  async #talk<T>(turn: () => Promise<Outcome<T>>): Promise<Outcome<T>> {
    let outcome: Outcome<T> = { kind: 'aborted' };
    await this.#work('talk', async () => (outcome = await turn()));
    return outcome;
  }

  async pause(): Promise<void> {
    if (!this.state.work || this.state.stopping) return;
    this.#apply({ kind: 'stopping' });
    await this.#engine.stop();
  }

  /** A new run with the settings of now. */
  async reset(): Promise<void> {
    if (this.#resetting) return;
    this.#resetting = true;
    if (this.state.work) {
      void this.pause();
      // A kernel that compiles for a minute cannot be interrupted; a new worker can be started.
      const ended = await endsWithin(this.#running, PATIENCE_MS);
      if (!ended) {
        this.#engine.terminate();
        await this.#running;
      }
    }
    // An engine that failed may hold a lost device or half a step; a fresh worker holds neither.
    if (this.state.failure) this.#engine.terminate();
    this.#resetting = false;
    this.#apply({ kind: 'cleared' });
    await this.open();
  }

  dismiss(): void {
    this.#apply({ kind: 'dismissed' });
  }

  async #work(work: Work, run: () => Promise<Outcome<unknown>>): Promise<void> {
    if (this.state.work || this.#resetting) return;
    this.#apply({ kind: 'began', work });
    this.#running = run().then((outcome) => {
      this.#apply(
        outcome.kind === 'failed' ? { kind: 'failed', failure: outcome.failure } : { kind: 'ended' },
      );
    });
    await this.#running;
  }

  async #open(): Promise<Outcome<unknown>> {
    const settings = this.#settings;
    const device = this.#device;
    const table = settings.gym === OWN ? this.#table : null;
    const outcome = await this.#engine.open(settings, device, table ?? undefined);
    if (outcome.kind === 'completed')
      this.#apply({ kind: 'opened', opened: outcome.value, settings, device, table });
    return outcome;
  }

  /** A run that is not open yet, or has learnt nothing and whose settings have moved on, is opened first. */
  async #whenOpen<T>(then: () => Promise<Outcome<T>>): Promise<Outcome<T>> {
    const { opened, openedWith, openedOn } = this.state;
    const moved = !openedWith || openedOn !== this.#device || this.#moved(this.#settings).length > 0;
    if (!opened || !this.#engine.running || (moved && !hasProgress(this.state))) {
      const outcome = await this.#open();
      if (outcome.kind !== 'completed') return outcome;
      if (this.state.stopping) return { kind: 'aborted' };
    } else {
      await this.#configure();
    }
    return then();
  }

  /** What of the settings differs from what the run was opened with, and needs another one; a new table is a new gym. */
  #moved(settings: Settings): SettingKey[] {
    const { openedWith, openedTable } = this.state;
    if (!openedWith) return [];
    const keys = restartDifferences(openedWith, settings);
    const other = settings.gym === OWN && openedTable !== this.#table && !keys.includes('gym');
    return other ? ['gym', ...keys] : keys;
  }

  async #configure(): Promise<void> {
    clearTimeout(this.#configureTimer);
    if (!this.#engine.running || !this.state.opened) return;
    const outcome = await this.#engine.configure(this.#settings);
    if (outcome.kind === 'failed' && !this.state.failure) {
      this.#changed((this.state = { ...this.state, failure: outcome.failure }));
    }
  }

  #apply(event: EngineEvent | PageEvent): void {
    this.state = applyEvent(this.state, event);
    this.#changed(this.state);
  }
}

export function restartDifferences(a: Settings, b: Settings): SettingKey[] {
  return SETTING_KEYS.filter((key) => SETTINGS[key].restart && a[key] !== b[key]);
}

async function endsWithin(promise: Promise<void>, ms: number): Promise<boolean> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), ms);
  });
  const ended = await Promise.race([promise.then(() => true as const), late]);
  clearTimeout(timer);
  return ended;
}
