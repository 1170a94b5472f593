/**
 * Where runs are kept between visits: IndexedDB, or memory where the browser forbids it. What is read is parsed
 * (stored-run.ts); a record that cannot be read is listed with the reason, and stays until somebody deletes it.
 */
import { openDB, type IDBPDatabase } from 'idb';
import { entryOf, type StoredEntry, type StoredRun } from './stored-run';

export interface RunStore {
  /** Why what is put here is gone after a reload; null where it stays. */
  readonly forgetful: string | null;
  all(): Promise<StoredEntry[]>;
  /** Adds a run, or replaces the one of its id. Throws a `StoreError`. */
  put(run: StoredRun): Promise<void>;
  delete(id: string): Promise<void>;
  clear(): Promise<void>;
}

/** `message` says what happened and what can be done. */
export class StoreError extends Error {
  override readonly name = 'StoreError';
}

const DATABASE = 'turnwise';
const TABLE = 'runs';
/** Of the database's layout; what a record holds has a version of its own. */
const LAYOUT = 1;

/** Never fails: without a database the runs are kept as long as the page. */
export async function openRunStore(): Promise<RunStore> {
  try {
    const store = new DatabaseStore();
    await store.open();
    return store;
  } catch (error) {
    return new MemoryStore(
      `This browser keeps nothing for this page (${describe(error)}), so runs last only as long as the page is open. Export what you want to keep.`,
    );
  }
}

export class MemoryStore implements RunStore {
  readonly #runs = new Map<string, StoredRun>();

  constructor(readonly forgetful: string | null) {}

  async all(): Promise<StoredEntry[]> {
    return [...this.#runs].map(([id, run]) => ({ ok: true, id, run }));
  }

  async put(run: StoredRun): Promise<void> {
    this.#runs.set(run.id, run);
  }

  async delete(id: string): Promise<void> {
    this.#runs.delete(id);
  }

  async clear(): Promise<void> {
    this.#runs.clear();
  }
}

class DatabaseStore implements RunStore {
  readonly forgetful = null;
  #database: Promise<IDBPDatabase> | null = null;

  open(): Promise<IDBPDatabase> {
    this.#database ??= openDB(DATABASE, LAYOUT, {
      upgrade(database) {
        // Keys beside the records, not in them: a record that is broken must still be found and deleted.
        database.createObjectStore(TABLE);
      },
      // Another tab has a newer version of the page; it cannot begin while this one holds on.
      blocking: (_current, _blocked, event) => (event.target as IDBDatabase).close(),
      // The browser may close it by itself, to clear its data or after a fault; the next call opens it again.
      terminated: () => (this.#database = null),
    }).catch((error: unknown) => {
      this.#database = null;
      throw error;
    });
    return this.#database;
  }

  /** One record at a time: all at once, a hundred long runs would hold the page up. */
  async all(): Promise<StoredEntry[]> {
    return this.#do('read', async (database) => {
      const entries: StoredEntry[] = [];
      for (const key of await database.getAllKeys(TABLE)) {
        const raw: unknown = await database.get(TABLE, key);
        // Another tab may have deleted it meanwhile.
        if (raw !== undefined) entries.push(entryOf(String(key), raw));
      }
      return entries;
    });
  }

  async put(run: StoredRun): Promise<void> {
    await this.#do('write', (database) => database.put(TABLE, run, run.id));
  }

  async delete(id: string): Promise<void> {
    await this.#do('write', (database) => database.delete(TABLE, id));
  }

  async clear(): Promise<void> {
    await this.#do('write', (database) => database.clear(TABLE));
  }

  async #do<T>(what: 'read' | 'write', work: (database: IDBPDatabase) => Promise<T>): Promise<T> {
    try {
      return await work(await this.open());
    } catch (error) {
      throw storeError(what, error);
    }
  }
}

function storeError(what: 'read' | 'write', error: unknown): StoreError {
  if (error instanceof Error && error.name === 'QuotaExceededError') {
    return new StoreError(
      'The room that this browser gives the page is full, so what is new is not saved. Delete runs you no longer need, or export them first.',
      { cause: error },
    );
  }
  if (error instanceof Error && error.name === 'InvalidStateError') {
    return new StoreError(
      'Another tab runs a newer version of this page, so runs are not saved here. Reload this tab.',
      { cause: error },
    );
  }
  return new StoreError(
    what === 'read'
      ? `The stored runs could not be read (${describe(error)}). Reload the page to try again.`
      : `A run could not be saved (${describe(error)}). It stays here as long as the page is open; export it to keep it.`,
    { cause: error },
  );
}

function describe(error: unknown): string {
  return error instanceof Error ? error.message || error.name : String(error);
}
