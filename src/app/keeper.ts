/**
 * Follows a run and hands its record on to be stored: soon after it has grown, not at every step, and never on the
 * step's own path. Settings that are changed while it goes on are noted with the step at which they were.
 */
import { ColumnBuilder } from '../runs/columns';
import { nameFor } from '../runs/names';
import { SETTING_KEYS, SETTINGS, type SettingKey, type Settings } from '../runs/settings';
import { STORED_RUN_VERSION, type SettingsChange, type StoredRun } from '../runs/stored-run';
import type { Opened } from '../worker/protocol';
import type { RunState } from './state';

/** At most this often a run that goes on is handed on. */
const DELAY_MS = 1000;

export interface KeeperOptions {
  readonly save: (run: StoredRun) => void;
  /** Names that are taken. */
  readonly taken: () => ReadonlySet<string>;
  readonly experiment?: StoredRun['experiment'];
  /** Of every run that is followed; without it each gets one of its own. */
  readonly id?: string;
}

interface Draft {
  readonly id: string;
  readonly name: string;
  readonly opened: Opened;
  readonly before: RunState['last'];
  readonly builder: ColumnBuilder;
  readonly changes: SettingsChange[];
  when: string;
  settings: Settings;
  /** Those of the last step. */
  inForce: Settings;
  evaluations: RunState['evaluations'];
  coldStart: number;
}

export class Keeper {
  readonly #options: KeeperOptions;
  #draft: Draft | null = null;
  #changed = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(options: KeeperOptions) {
    this.#options = options;
  }

  /** The id of the run that is followed, once there is one. */
  get id(): string | null {
    return this.#draft?.id ?? null;
  }

  /** To be told of every state. `settings` are those of now. */
  follow(state: RunState, settings: Settings): void {
    if (state.opened !== (this.#draft?.opened ?? null)) {
      this.flush();
      this.#draft = this.#begin(state, settings);
    }
    const draft = this.#draft;
    if (!draft) return;
    this.#take(draft, state, settings);
    // Whoever pauses may be about to leave.
    if (!state.work) this.flush();
    else if (this.#changed) this.#timer ??= setTimeout(() => this.flush(), DELAY_MS);
  }

  /** Hands on now what would be handed on soon. */
  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (!this.#changed || !this.#draft) return;
    this.#changed = false;
    this.#options.save(recordOf(this.#draft, this.#options.experiment ?? null));
  }

  #begin({ opened, openedWith, last, evaluations }: RunState, settings: Settings): Draft | null {
    if (!opened) return null;
    const [seed = 0, ...rest] = crypto.getRandomValues(new Uint32Array(4));
    const began = openedWith ?? settings;
    return {
      id: this.#options.id ?? [seed, ...rest].map((part) => part.toString(16).padStart(8, '0')).join(''),
      name: nameFor(seed, this.#options.taken()),
      opened,
      before: last,
      builder: new ColumnBuilder(),
      changes: [],
      when: '',
      settings: began,
      inForce: began,
      evaluations,
      coldStart: 0,
    };
  }

  #take(draft: Draft, { last, evaluations, sftStep }: RunState, settings: Settings): void {
    const { builder } = draft;
    if (last && last !== draft.before && last.step > builder.last) {
      const inForce = { ...draft.inForce, ...switchable(draft.inForce, settings) };
      if (builder.last === 0) {
        draft.when = new Date().toISOString();
        draft.settings = inForce;
        draft.coldStart = sftStep;
      } else if (differing(draft.inForce, inForce).length > 0) {
        const changed = differing(draft.inForce, inForce).map((key) => [key, inForce[key]]);
        draft.changes.push({ step: builder.last, settings: Object.fromEntries(changed) });
      }
      draft.inForce = inForce;
      builder.append(last);
      this.#changed = true;
    }
    if (evaluations !== draft.evaluations) {
      draft.evaluations = evaluations;
      // Before its first step a run is not worth keeping.
      if (builder.last > 0) this.#changed = true;
    }
  }
}

/** The settings that act without a new run. */
function switchable(inForce: Settings, settings: Settings): Partial<Settings> {
  const keys = differing(inForce, settings).filter((key) => !SETTINGS[key].restart);
  return Object.fromEntries(keys.map((key) => [key, settings[key]]));
}

const differing = (a: Settings, b: Settings): SettingKey[] => SETTING_KEYS.filter((key) => a[key] !== b[key]);

function recordOf(draft: Draft, experiment: StoredRun['experiment']): StoredRun {
  const { id, name, when, settings, changes, coldStart, opened, builder, evaluations } = draft;
  const { device, policy, baselines } = opened;
  return {
    version: STORED_RUN_VERSION,
    id,
    name,
    note: '',
    when,
    settings,
    changes: [...changes],
    coldStart,
    device,
    policy,
    baselines,
    curves: builder.snapshot(),
    evaluations,
    experiment,
  };
}
