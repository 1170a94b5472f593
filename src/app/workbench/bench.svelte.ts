/**
 * What lies on the workbench: the rules that are tried, rewards that are supposed, and the rollouts they are tried
 * on. Nothing of it acts on the run until it is told to.
 */
import type { CreditOptions } from '../../credit/advantages';
import type { GroupRecord, StepMetrics } from '../../runs/record';
import type { SettingKey, Settings } from '../../runs/settings';
import { parseSettings } from '../../runs/validate';
import { keptFor } from '../kept.svelte';
import type { Run } from '../run.svelte';
import type { SettingsSource } from '../settings/values';
import { NO_WHAT_IFS, supposing, type WhatIf, type WhatIfs } from './rescore';

export type Formula = NonNullable<CreditOptions['formula']>;

/** The rollouts of one step of the run that is shown, live or recorded. */
export interface Played {
  readonly step: number;
  readonly groups: readonly GroupRecord[];
  readonly tasks: number;
  readonly metrics: StepMetrics | null;
}

const NOTHING: Played = { step: 0, groups: [], tasks: 0, metrics: null };

type Values = Readonly<Partial<Record<SettingKey, string | number | boolean>>>;

export class Bench implements SettingsSource {
  readonly #run: Run;
  /** Only what differs from the run, so that a change made elsewhere shows here, too. */
  #changes = $state.raw<Values>({});
  #held = $state.raw<Played | null>(null);
  #whatIf = $state.raw<WhatIfs>(NO_WHAT_IFS);
  formula = $state.raw<Formula>('released');
  /** Null: the first group that teaches something. */
  group = $state.raw<number | null>(null);
  /** Null: the rollout that the rules do most to. */
  rollout = $state.raw<number | null>(null);
  readonly pendingRestart: readonly SettingKey[] = [];

  readonly settings = $derived.by<Settings>(() => {
    const parsed = parseSettings({ ...this.#run.settings, ...this.#changes });
    return parsed.ok ? parsed.settings : this.#run.settings;
  });
  /** What is looked at stays until it is let go of, or the run is thrown away. */
  readonly played = $derived.by<Played>(() => {
    const now = this.#run.shown.kept;
    return now ? (this.#held ?? now) : NOTHING;
  });

  constructor(run: Run) {
    this.#run = run;
  }

  get origin(): Settings {
    return this.#run.settings;
  }

  /** Rules that training could take. */
  get changes(): number {
    return Object.keys(this.#changes).length;
  }

  /** Whether there is anything to put back. */
  get touched(): boolean {
    return this.changes > 0 || this.#whatIf.size > 0 || this.formula !== 'released';
  }

  get newerStep(): number | null {
    const step = this.#run.shown.kept?.step ?? null;
    return this.played.step !== step ? step : null;
  }

  set(key: SettingKey, value: string | number | boolean): void {
    // The fields check before they call; what slips through changes nothing.
    if (!parseSettings({ ...this.settings, [key]: value }).ok) return;
    this.hold();
    const { [key]: _, ...others } = this.#changes;
    this.#changes = this.#run.settings[key] === value ? others : { ...others, [key]: value };
  }

  reset(key: SettingKey): void {
    this.set(key, this.#run.settings[key]);
  }

  choose(formula: Formula): void {
    this.hold();
    this.formula = formula;
  }

  /** What the gym is supposed to have paid for a turn; null takes it back. */
  suppose(group: number, rollout: number, turn: number, reward: number | null): void {
    this.hold();
    this.#whatIf = supposing(this.#whatIf, [group, rollout, turn], reward);
  }

  whatIf(group: number): WhatIf | undefined {
    return this.#whatIf.get(group);
  }

  /** What one is comparing must not be replaced by the next step. */
  hold(): void {
    if (this.played.groups.length > 0) this.#held ??= this.played;
  }

  /** Takes the newest step, on which nothing has been supposed. */
  follow(): void {
    this.#held = null;
    this.#whatIf = NO_WHAT_IFS;
    this.group = null;
    this.rollout = null;
  }

  putBack(): void {
    this.#changes = {};
    this.#whatIf = NO_WHAT_IFS;
    this.formula = 'released';
  }

  /** The run takes the rules that are tried, from its next step on. */
  train(): void {
    this.hold();
    this.#run.change(this.#changes);
    this.#changes = {};
  }
}

/** One to a run, so that whoever looks elsewhere finds their work as they left it. */
export const benchOf = keptFor((run) => new Bench(run));
