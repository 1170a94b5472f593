/**
 * What the place of comparisons holds while one is elsewhere on the page: the experiment under way, the draft of the
 * next, and how the curves are looked at. It holds and forwards; what happens is decided in plain modules.
 */
import type { SettingKey } from '../../runs/settings';
import type { Arm } from '../../runs/stored-run';
import { keptFor } from '../kept.svelte';
import type { Run } from '../run.svelte';
import type { Draft, Value } from './draft';
import { planOf, splitRow, withoutRow, withRow, withValue } from './draft';
import { latestSides, placed, runsOf, sidesOf, toggled, type Sides } from './groups';
import { FIRST_METRICS, METRICS } from './metrics';
import { draftOf, PRESETS, type Preset } from './presets';
import { idleQueue, Queue, type QueueState } from './queue';
import type { View } from './series';

export class Lab {
  readonly #run: Run;
  readonly #queue: Queue;
  queue = $state.raw<QueueState>(idleQueue());
  draft = $state.raw<Draft>({ rows: [], steps: 30, seeds: 3, firstSeed: 0 });
  view = $state.raw<View>({ axis: 'step', band: 'range', smoothing: 0.8, log: false });
  metrics = $state.raw<readonly string[]>(FIRST_METRICS);
  /** What somebody wants to start while the run of the page trains: it waits for their word. */
  asked = $state.raw<Draft | null>(null);
  /** Why the queue was paused by itself. */
  yielded = $state.raw(false);
  #chosen = $state.raw<Sides | null>(null);
  readonly runs = $derived.by(() => this.#run.runs.entries.flatMap((entry) => (entry.ok ? [entry.run] : [])));
  readonly sides = $derived(this.#chosen ?? latestSides(this.runs));
  readonly compared = $derived(runsOf(this.sides, this.runs));
  /** In the order of the picker. */
  readonly specs = $derived(METRICS.filter(({ id }) => this.metrics.includes(id)));

  constructor(run: Run) {
    this.#run = run;
    const [first] = PRESETS;
    if (first) this.use(first);
    this.#queue = new Queue({
      start: run.start,
      save: (stored) => run.library.keep(stored),
      taken: () => run.library.names,
      changed: (state) => (this.queue = state),
    });
    // Two trainings at once are slower than one after the other: the one that was started last goes on.
    $effect.root(() => {
      $effect(() => {
        if (run.state.work !== 'train' || run.state.stopping || this.queue.phase !== 'running') return;
        this.yielded = true;
        void this.#queue.pause();
      });
    });
  }

  get busy(): boolean {
    return this.queue.phase !== 'idle';
  }

  use(preset: Preset): void {
    this.draft = draftOf(preset, this.#run.settings.seed);
  }

  addRow(key: SettingKey): void {
    this.draft = withRow(this.draft, key, this.#run.settings);
  }

  removeRow(key: SettingKey): void {
    this.draft = withoutRow(this.draft, key);
  }

  set(key: SettingKey, arm: Arm | 'both', value: Value): void {
    this.draft = withValue(this.draft, key, arm, value);
  }

  /** From here on A and B have a value each. */
  split(key: SettingKey): void {
    this.draft = splitRow(this.draft, key);
  }

  change(part: Partial<Pick<Draft, 'steps' | 'seeds' | 'firstSeed'>>): void {
    this.draft = { ...this.draft, ...part };
  }

  /** Starts the draft, or asks first where the run of the page would have to share the machine. */
  start(draft = this.draft): void {
    if (this.busy) return;
    if (this.#run.state.work !== null && this.#run.state.work !== 'open') this.asked = draft;
    else this.#begin(draft);
  }

  /** The answer to what was asked: the run of the page is paused, and the experiment starts. */
  pauseAndStart(): void {
    const draft = this.asked;
    if (!draft) return;
    this.#run.stop();
    this.#begin(draft);
  }

  pause(): void {
    this.yielded = false;
    void this.#queue.pause();
  }

  resume(): void {
    if (this.#run.state.work === 'train') this.#run.stop();
    this.yielded = false;
    void this.#queue.resume();
  }

  stop(): void {
    this.yielded = false;
    void this.#queue.stop();
  }

  place(ids: readonly string[], arm: Arm): void {
    this.#chosen = placed(this.sides, ids, arm);
  }

  toggle(id: string, arm: Arm): void {
    this.#chosen = toggled(this.sides, id, arm);
  }

  /** An experiment of earlier, or nothing in particular: then the last one. */
  show(experiment: string | null): void {
    this.#chosen = experiment === null ? null : sidesOf(this.runs, experiment);
  }

  look(part: Partial<View>): void {
    this.view = { ...this.view, ...part };
  }

  pick(metric: string, chosen: boolean): void {
    this.metrics = METRICS.map(({ id }) => id).filter((id) =>
      id === metric ? chosen : this.metrics.includes(id),
    );
  }

  #begin(draft: Draft): void {
    this.asked = null;
    this.yielded = false;
    this.#chosen = null;
    void this.#queue.start(planOf(draft, this.#run.settings), this.#run.device, this.#run.table);
  }
}

/** One for every run of the page; it outlives the place being left. */
export const labOf = keptFor((run) => new Lab(run));
