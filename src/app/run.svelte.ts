/**
 * The one store of the page: settings, link, device choice and run, as runes. It holds and forwards;
 * what happens is decided in controller.ts and state.ts.
 */
import { OWN } from '../gyms/options';
import type { OwnTable } from '../gyms/own/table';
import { DEFAULT_SETTINGS, type SettingKey, type Settings } from '../runs/settings';
import { parseSettings } from '../runs/validate';
import { EngineClient, type Port } from '../worker/client';
import type { DevicePreference, UserStrength } from '../worker/protocol';
import { Controller } from './controller';
import { lookOf, type InspectionSource } from './inspector/looker.svelte';
import { Keeper } from './keeper';
import { emptyLibrary, Library, type LibraryState } from './library';
import type { Command } from './keyboard';
import { readLink, writeLink, type Link } from './link';
import { lessonNamed, type LessonName } from './lessons/names';
import { hiddenParts, type Part } from './parts';
import { Playback } from './playback.svelte';
import { loadRecording, recordedInspections, type LoadedRecording } from './recorded';
import { hasProgress, initialState, type RunState } from './state';
import { currentTheme, toggleTheme, watchTheme, type Theme } from './theme';
import type { ViewName } from './views';

export class Run {
  /** The live run, as the engine reports it. */
  state = $state.raw<RunState>(initialState());
  /** The recorded one; null until it is there. */
  recording = $state.raw<LoadedRecording | null>(null);
  /** Which of the two the controls are for. The page begins with the recorded one, unless a link asks for more. */
  mode = $state.raw<'recorded' | 'live'>('recorded');
  settings = $state.raw<Settings>(DEFAULT_SETTINGS);
  /** Why the address was not followed. */
  problems = $state.raw<readonly string[]>([]);
  /** Whether that was when the page opened, so that the defaults are shown, or later, so that nothing changed. */
  refusedAtOpening = $state.raw(true);
  /** What a gym of the visitor's own is made from; kept while another gym is chosen. */
  table = $state.raw<OwnTable | null>(null);
  theme = $state.raw<Theme>('light');
  /** The runs of this and earlier visits. */
  runs = $state.raw<LibraryState>(emptyLibrary());
  readonly library = new Library((runs) => {
    this.runs = runs;
  });
  view = $state.raw<ViewName>('watch');
  readonly live = new Playback(() => this.state, 'following');
  readonly tape = new Playback(() => this.#taped, 'standing');
  readonly #taped = $derived(this.recording?.ok ? this.recording.state : initialState());
  /** Also where training has failed before it began: there is nothing else to see. */
  readonly showsTape = $derived(
    this.mode === 'recorded' ||
      (this.state.failure !== null && !hasProgress(this.state) && this.recording?.ok === true),
  );
  readonly pendingRestart = $derived.by(() => {
    void this.state;
    void this.table;
    return this.#controller.pendingRestart(this.settings);
  });
  readonly deviceWaits = $derived.by(() => {
    void this.state;
    return this.#controller.deviceWaits(this.#link.device);
  });
  /** The lesson that the link names; null for none, and in its place their list. */
  readonly lesson = $derived.by<LessonName | null>(() => lessonNamed(this.#link.other.lesson ?? '') ?? null);
  /** Parts of the page that the link leaves out. */
  readonly hidden = $derived.by<ReadonlySet<Part>>(() => hiddenParts(this.#link.other));
  readonly #controller: Controller;
  readonly #keeper = new Keeper({
    save: (run) => this.library.keep(run),
    taken: () => this.library.names,
  });
  #link = $state.raw<Link>(readLink(''));

  /** `start` makes an engine; a place of the page may want one of its own. */
  constructor(readonly start: () => Port) {
    this.#link = readLink(location.hash);
    this.settings = this.#link.settings;
    this.problems = this.#link.problems;
    this.view = this.#link.view;
    this.table = this.#link.table;
    this.mode = this.#link.asksToTrain ? 'live' : 'recorded';
    this.theme = currentTheme();
    const { settings, device, table } = this.#link;
    const changed = (state: RunState): void => {
      this.state = state;
      this.#keeper.follow(state, this.settings);
      // What was held on to went with the old run.
      if (state.step === 0 && !this.live.following) this.live.follow();
    };
    this.#controller = new Controller(new EngineClient(start), settings, device, changed, table);
  }

  /** What is on the stage: a run, and where in it one is. */
  get shown(): Playback {
    return this.showsTape ? this.tape : this.live;
  }

  /** The settings of what is on the stage. */
  get shownSettings(): Settings {
    return this.showsTape && this.recording?.ok ? this.recording.recording.settings : this.settings;
  }

  /** Listens to the window, fetches the recorded run, and opens the engine for whoever came to train; gives back what undoes the listening. */
  attach(): () => void {
    const unwatch = watchTheme((theme) => (this.theme = theme));
    const followed = (): void => this.#follow();
    const leaving = (): void => this.#keeper.flush();
    addEventListener('hashchange', followed);
    addEventListener('pagehide', leaving);
    void this.#fetchTape();
    if (this.mode === 'live') void this.#openLive();
    return () => {
      unwatch();
      removeEventListener('hashchange', followed);
      removeEventListener('pagehide', leaving);
    };
  }

  set(key: SettingKey, value: string | number | boolean): void {
    this.change({ [key]: value });
  }

  /** Several at once. */
  change(values: Readonly<Partial<Record<SettingKey, string | number | boolean>>>): void {
    const parsed = parseSettings({ ...this.settings, ...values });
    // The fields check before they call; this is the last gate before the engine and the link.
    if (!parsed.ok) {
      this.problems = parsed.problems;
      return;
    }
    this.#take(parsed.settings);
    this.#writeHash();
  }

  /** A gym from this table, with these settings beside it. Opens a run of it unless one has learnt something. */
  useOwn(table: OwnTable, suggested: Partial<Settings> = {}): void {
    this.#useTable(table);
    this.#take({ ...this.settings, ...suggested, gym: OWN });
    this.#writeHash();
    if (!this.state.work && !hasProgress(this.state)) this.restart();
  }

  reset(key: SettingKey): void {
    this.set(key, DEFAULT_SETTINGS[key]);
  }

  resetAll(): void {
    this.#take(DEFAULT_SETTINGS);
    this.#writeHash();
  }

  get device(): DevicePreference {
    return this.#link.device;
  }

  /** A new run with the same settings on another device. */
  restartOn(device: DevicePreference): void {
    this.#link = { ...this.#link, device };
    this.#controller.useDevice(device);
    this.#writeHash();
    this.restart();
  }

  /** The address of a place with other settings than these; what the link leaves out stays left out. */
  linkTo(view: ViewName, settings: Settings, lesson: LessonName | null = null): string {
    const { lesson: _, autoplay: __, ...others } = this.#link.other;
    const other = { ...others, ...(lesson && { lesson }) };
    return writeLink({ ...this.#link, view, settings, table: this.table, other });
  }

  link(): string {
    const [page = ''] = location.href.split('#');
    return page + this.#written();
  }

  /** To another place of the page, or another lesson; a history entry, so that the way back is the browser's own. */
  go(view: ViewName, lesson: LessonName | null = null): void {
    if (view === this.view && lesson === this.lesson) return;
    this.view = view;
    const { lesson: _, ...others } = this.#link.other;
    this.#link = { ...this.#link, view, other: { ...others, ...(lesson && { lesson }) } };
    history.pushState(history.state, '', this.#written());
  }

  dismissProblems(): void {
    this.problems = [];
    this.#writeHash();
  }

  flipTheme(): void {
    this.theme = toggleTheme();
  }

  /** One click from the recorded run: the engine is loaded now, and not before. */
  trainLive = (): void => {
    this.mode = 'live';
    if (!this.state.work) void this.#controller.train(null);
  };

  /** Back to the live run, or to the recorded one. A live run goes on meanwhile. */
  watch = (mode: 'recorded' | 'live'): void => {
    this.mode = mode;
  };

  /** What a key does depends on which run it is for. */
  press(command: Exclude<Command, 'help'>): void {
    if (this.mode === 'recorded') {
      if (command === 'toggle') this.tape.togglePlay();
      else this.tape.seek(command === 'step' ? this.tape.position + 1 : 0);
    } else if (command === 'toggle') this.toggle();
    else if (command === 'step') this.step();
    else this.restart();
  }

  toggle = (): void => void this.#controller.toggle();
  step = (): void => {
    this.mode = 'live';
    void this.#controller.train(1);
  };
  restart = (): void => void this.#controller.reset();
  coldStart = (): void => void this.#controller.coldStart();
  evaluate = (): void => void this.#controller.evaluate('greedy');
  compare = (users: readonly UserStrength[]): void => void this.#controller.compare(users);
  stop = (): void => void this.#controller.pause();
  inspect: InspectionSource = async (place) => lookOf(await this.#controller.inspect(place));
  inspectTape: InspectionSource = recordedInspections();
  converse: Controller['converse'] = (request) => this.#controller.converse(request);
  say: Controller['say'] = (conversation, text) => this.#controller.say(conversation, text);
  hear: Controller['hear'] = (conversation, text) => this.#controller.hear(conversation, text);
  addToTraining: Controller['addToTraining'] = (some) => this.#controller.addToTraining(some);
  dismissFailure = (): void => this.#controller.dismiss();

  #useTable(table: OwnTable | null): void {
    this.table = table;
    this.#controller.useTable(table);
  }

  async #openLive(): Promise<void> {
    await this.#controller.open();
    if (this.#link.other.autoplay === '1' && !this.state.failure) void this.#controller.train(null);
  }

  /** It stands at its end, where the whole curve and the way there can be seen at once; it moves when somebody moves it. */
  async #fetchTape(): Promise<void> {
    this.recording = await loadRecording();
    // Without it there is nothing to see but what is trained here.
    if (!this.recording.ok && this.mode === 'recorded') {
      this.mode = 'live';
      void this.#openLive();
    } else this.tape.seek(this.tape.last);
  }

  #take(settings: Settings): void {
    this.settings = settings;
    this.#controller.change(settings);
  }

  /** The link to what the page shows now. */
  #written(): string {
    return writeLink({ ...this.#link, settings: this.settings, table: this.table });
  }

  #writeHash(): void {
    const hash = this.#written();
    // Not a new history entry: a dragged slider must not fill the back button.
    if (hash !== location.hash) history.replaceState(history.state, '', hash);
    this.problems = [];
  }

  /** Somebody edited the address or followed a link to this same page. */
  #follow(): void {
    const link = readLink(location.hash);
    this.problems = link.problems;
    this.refusedAtOpening = false;
    // A slip of the finger must not throw the settings of a run away.
    if (link.problems.length > 0) return;
    this.#link = link;
    this.view = link.view;
    this.#controller.useDevice(this.#link.device);
    this.#useTable(this.#link.table ?? this.table);
    this.#take(this.#link.settings);
    if (link.asksToTrain && this.mode === 'recorded') {
      this.mode = 'live';
      if (!this.state.opened && !this.state.work) void this.#openLive();
    }
  }
}
