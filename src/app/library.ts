/**
 * The runs of the page: those of earlier visits and those that grow. What is shown changes at once; the store follows
 * behind, one write at a time. It is fetched when it is first needed, so that the page opens without it.
 */
import type { RunStore } from '../runs/store';
import type { StoredEntry, StoredRun } from '../runs/stored-run';

export interface LibraryState {
  /** Newest first; what cannot be read comes last. */
  readonly entries: readonly StoredEntry[];
  /** Whether earlier visits' runs are among them. */
  readonly loaded: boolean;
  /** What is wrong with the keeping, and what can be done. */
  readonly notice: string | null;
}

export const emptyLibrary = (): LibraryState => ({ entries: [], loaded: false, notice: null });

const openStore = async (): Promise<RunStore> => (await import('../runs/store')).openRunStore();

export class Library {
  state: LibraryState = emptyLibrary();
  readonly #changed: (state: LibraryState) => void;
  readonly #open: () => Promise<RunStore>;
  #store: Promise<RunStore> | null = null;
  #loading: Promise<void> | null = null;
  /** Deleted here: a run that still grows must not come back by itself. */
  readonly #gone = new Set<string>();
  /** The newest of each that is not written yet. */
  readonly #waiting = new Map<string, StoredRun>();
  #writing: Promise<void> | null = null;
  /** What could not be written; tried again once there is room. */
  readonly #unsaved = new Map<string, StoredRun>();

  constructor(changed: (state: LibraryState) => void, open: () => Promise<RunStore> = openStore) {
    this.#changed = changed;
    this.#open = open;
  }

  get runs(): readonly StoredRun[] {
    return this.state.entries.flatMap((entry) => (entry.ok ? [entry.run] : []));
  }

  get names(): ReadonlySet<string> {
    return new Set(this.runs.map(({ name }) => name));
  }

  /** Reads what earlier visits have left; once. */
  load(): Promise<void> {
    this.#loading ??= this.#load();
    return this.#loading;
  }

  /** Keeps a run that has grown. Its name and note are the library's own once it is there. */
  keep(run: StoredRun): void {
    if (this.#gone.has(run.id)) return;
    const known = this.#find(run.id);
    this.#put(known ? { ...run, name: known.name, note: known.note } : run);
  }

  rename(id: string, name: string): void {
    const run = this.#find(id);
    if (run && name.trim()) this.#put({ ...run, name: name.trim().slice(0, 80) });
  }

  annotate(id: string, note: string): void {
    const run = this.#find(id);
    if (run) this.#put({ ...run, note: note.slice(0, 4000) });
  }

  /** Runs from a file. One that is here already, unchanged, is left; one of the same id but other content gets an id of its own. */
  add(runs: readonly StoredRun[]): { readonly added: number; readonly known: number } {
    let added = 0;
    for (const run of runs) {
      const known = this.#find(run.id);
      if (known && JSON.stringify(known) === JSON.stringify(run)) continue;
      this.#gone.delete(run.id);
      this.#put(known ? { ...run, id: crypto.getRandomValues(new Uint32Array(4)).join('-') } : run);
      added++;
    }
    return { added, known: runs.length - added };
  }

  async delete(ids: readonly string[]): Promise<void> {
    for (const id of ids) {
      this.#gone.add(id);
      this.#waiting.delete(id);
      this.#unsaved.delete(id);
    }
    this.#show(this.state.entries.filter(({ id }) => !ids.includes(id)));
    await this.#attempt(async (store) => {
      for (const id of ids) await store.delete(id);
    });
    for (const run of this.#unsaved.values()) this.#save(run);
  }

  async clear(): Promise<void> {
    for (const { id } of this.state.entries) this.#gone.add(id);
    this.#waiting.clear();
    this.#unsaved.clear();
    this.#show([]);
    await this.#attempt((store) => store.clear());
  }

  /** Until everything is written that can be. */
  async settled(): Promise<void> {
    await this.#writing;
  }

  #find(id: string): StoredRun | undefined {
    const entry = this.state.entries.find((one) => one.id === id);
    return entry?.ok ? entry.run : undefined;
  }

  #put(run: StoredRun): void {
    const others = this.state.entries.filter(({ id }) => id !== run.id);
    this.#show([...others, { ok: true, id: run.id, run }]);
    this.#save(run);
  }

  #save(run: StoredRun): void {
    this.#waiting.set(run.id, run);
    this.#writing ??= this.#write().finally(() => (this.#writing = null));
  }

  async #write(): Promise<void> {
    for (;;) {
      const [run] = this.#waiting.values();
      if (!run) return;
      this.#waiting.delete(run.id);
      // Until it is written it counts as unsaved: the notice stands as long as anything does.
      this.#unsaved.set(run.id, run);
      await this.#attempt(async (store) => {
        await store.put(run);
        this.#unsaved.delete(run.id);
      });
    }
  }

  async #load(): Promise<void> {
    await this.#attempt(async (store) => {
      const stored = await store.all();
      const here = new Set(this.state.entries.map(({ id }) => id));
      const earlier = stored.filter(({ id }) => !here.has(id) && !this.#gone.has(id));
      this.#show([...this.state.entries, ...earlier]);
    });
    this.#set({ loaded: true });
  }

  /** What fails is said, and nothing that is shown is lost by it. */
  async #attempt(work: (store: RunStore) => Promise<void>): Promise<void> {
    try {
      // What could not be fetched now may be there at the next attempt.
      this.#store ??= this.#open().catch((error: unknown) => {
        this.#store = null;
        throw error;
      });
      const store = await this.#store;
      await work(store);
      if (this.#unsaved.size === 0) this.#set({ notice: store.forgetful });
    } catch (error) {
      this.#set({ notice: error instanceof Error ? error.message : String(error) });
    }
  }

  #show(entries: readonly StoredEntry[]): void {
    const when = (entry: StoredEntry): string => (entry.ok ? entry.run.when : '');
    this.#set({ entries: [...entries].sort((a, b) => when(b).localeCompare(when(a))) });
  }

  #set(part: Partial<LibraryState>): void {
    this.state = { ...this.state, ...part };
    this.#changed(this.state);
  }
}
