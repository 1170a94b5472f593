/** The store, on an IndexedDB that is not a browser's but follows the same standard. */
import { IDBFactory } from 'fake-indexeddb';
import 'fake-indexeddb/auto';
import { openDB } from 'idb';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { openRunStore, StoreError } from '../../src/runs/store';
import { storedRun } from './stored';

beforeEach(() => {
  globalThis.indexedDB = new IDBFactory();
});
afterEach(() => {
  vi.restoreAllMocks();
});

/** Puts something under a key as an older page, or somebody else, might have. */
async function plant(key: string, value: unknown): Promise<void> {
  const database = await openDB('turnwise');
  await database.put('runs', value, key);
  database.close();
}

describe('the store of runs', () => {
  it('has after a reload what was put there, replaced where it was put twice', async () => {
    const before = await openRunStore();
    await before.put(storedRun({ id: 'one' }));
    await before.put(storedRun({ id: 'two' }));
    await before.put(storedRun({ id: 'one', name: 'bold heron' }));
    const after = await openRunStore();
    expect(after.forgetful).toBeNull();
    expect(await after.all()).toEqual([
      { ok: true, id: 'one', run: storedRun({ id: 'one', name: 'bold heron' }) },
      { ok: true, id: 'two', run: storedRun({ id: 'two' }) },
    ]);
  });

  it('lists what it cannot read, with the reason and as it lies there, until it is deleted', async () => {
    const store = await openRunStore();
    await store.put(storedRun({ id: 'good' }));
    const broken = { ...storedRun(), settings: { gamma: 7 } };
    await plant('broken', broken);
    await plant('newer', { version: 99 });
    await plant('odd', 'a string');
    const all = await store.all();
    expect(all.filter(({ ok }) => ok).map(({ id }) => id)).toEqual(['good']);
    const unread = all.filter((entry) => !entry.ok);
    expect(unread.map(({ id, problem }) => [id, problem])).toEqual([
      ['broken', expect.stringMatching(/gamma: must be/)],
      ['newer', expect.stringMatching(/newer version/)],
      ['odd', expect.stringMatching(/no version/)],
    ]);
    expect(unread[0]?.raw).toEqual(broken);
    await store.delete('odd');
    expect((await store.all()).map(({ id }) => id)).toEqual(['broken', 'good', 'newer']);
    await store.clear();
    expect(await store.all()).toEqual([]);
  });

  it('says that there is no room left, and what helps', async () => {
    const store = await openRunStore();
    vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(() => {
      throw new DOMException('no room', 'QuotaExceededError');
    });
    const failure = store.put(storedRun());
    await expect(failure).rejects.toThrow(StoreError);
    await expect(failure).rejects.toThrow(/full.*Delete runs/);
  });

  it('says so when a newer page has taken the database over', async () => {
    const store = await openRunStore();
    await store.put(storedRun());
    const newer = await openDB('turnwise', 2);
    await expect(store.put(storedRun())).rejects.toThrow(/newer version of this page.*Reload/);
    newer.close();
  });

  it.each([
    ['is missing', () => vi.stubGlobal('indexedDB', undefined)],
    [
      'is forbidden',
      () =>
        vi.stubGlobal('indexedDB', {
          open: () => {
            throw new DOMException('The operation is insecure.', 'SecurityError');
          },
        }),
    ],
  ])('keeps runs in memory where IndexedDB %s, and says that they will not last', async (_, forbid) => {
    forbid();
    try {
      const store = await openRunStore();
      expect(store.forgetful).toMatch(/only as long as the page is open/);
      await store.put(storedRun({ id: 'one' }));
      await store.put(storedRun({ id: 'two' }));
      await store.delete('one');
      expect(await store.all()).toEqual([{ ok: true, id: 'two', run: storedRun({ id: 'two' }) }]);
      await store.clear();
      expect(await store.all()).toEqual([]);
    } finally {
      vi.unstubAllGlobals();
    }
  });
});
