/** The keeping of runs: what follows them as they grow, and the library that holds them. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Keeper } from '../../src/app/keeper';
import { Library, type LibraryState } from '../../src/app/library';
import { applyEvent, initialState, type RunState } from '../../src/app/state';
import { DEFAULT_SETTINGS, type Settings } from '../../src/runs/settings';
import { MemoryStore, StoreError } from '../../src/runs/store';
import { parseStoredRun, type StoredRun } from '../../src/runs/stored-run';
import type { Opened } from '../../src/worker/protocol';
import { storedRun } from '../runs/stored';
import { evaluation, metrics, sft } from './records';

const opened = (): Opened => {
  const { device, policy, baselines } = storedRun();
  return { device, policy, baselines };
};

describe('the keeper', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  function following(experiment: StoredRun['experiment'] = null) {
    const saved: StoredRun[] = [];
    const keeper = new Keeper({ save: (run) => saved.push(run), taken: () => new Set(), experiment });
    let state: RunState = initialState();
    let settings: Settings = DEFAULT_SETTINGS;
    return {
      keeper,
      saved,
      set: (part: Partial<Settings>) => (settings = { ...settings, ...part }),
      tell(...events: Parameters<typeof applyEvent>[1][]) {
        for (const event of events) keeper.follow((state = applyEvent(state, event)), settings);
      },
      open(part: Partial<Settings> = {}) {
        settings = { ...settings, ...part };
        this.tell({ kind: 'opened', opened: opened(), settings, device: 'auto', table: null });
        this.tell({ kind: 'began', work: 'train' });
      },
      step(step: number, part: Parameters<typeof metrics>[1] = {}) {
        this.tell({ kind: 'step', metrics: metrics(step, part), groups: [], tasks: 0 });
      },
    };
  }

  it('hands a run on a while after it has grown, not at every step', () => {
    const run = following({ id: 'x', arm: 'b' });
    run.open({ seed: 4 });
    expect(run.keeper.id).toMatch(/^[0-9a-f]{32}$/);
    for (let step = 1; step <= 5; step++) run.step(step, { score: step / 10 });
    expect(run.saved).toEqual([]);
    vi.advanceTimersByTime(1500);
    expect(run.saved).toHaveLength(1);
    run.step(6);
    run.tell({ kind: 'ended' });
    expect(run.saved).toHaveLength(2);
    vi.advanceTimersByTime(5000);
    expect(run.saved).toHaveLength(2);
    const [before, last] = run.saved;
    expect(before?.curves.step).toEqual([1, 2, 3, 4, 5]);
    expect(last?.curves.score).toEqual([0.1, 0.2, 0.3, 0.4, 0.5, 0.5]);
    expect(last).toMatchObject({
      id: run.keeper.id,
      settings: { seed: 4 },
      experiment: { id: 'x', arm: 'b' },
    });
    expect(parseStoredRun(JSON.parse(JSON.stringify(last)))).toEqual({ ok: true, run: last });
  });

  it('keeps nothing of a run without a step', () => {
    const run = following();
    run.open();
    run.tell({ kind: 'evaluation', result: evaluation(0) }, { kind: 'ended' });
    expect(run.saved).toEqual([]);
  });

  it('takes evaluations along, those before the first step too', () => {
    const run = following();
    run.open();
    run.tell({ kind: 'evaluation', result: evaluation(0) });
    run.step(1);
    run.tell({ kind: 'evaluation', result: evaluation(1) }, { kind: 'ended' });
    expect(run.saved.at(-1)?.evaluations.map(({ step }) => step)).toEqual([0, 1]);
  });

  it('begins another record with another run, and lets nothing of the old one into it', () => {
    const run = following();
    run.open();
    run.step(1);
    run.step(2);
    run.tell({ kind: 'cleared' });
    run.open({ seed: 9 });
    run.tell({ kind: 'ended' });
    expect(run.saved).toHaveLength(1);
    run.step(1);
    run.keeper.flush();
    expect(run.saved.map(({ curves }) => curves.step)).toEqual([[1, 2], [1]]);
    expect(new Set(run.saved.map(({ id }) => id)).size).toBe(2);
  });

  it('does not take the last step of a crashed run for the first of its successor', () => {
    const run = following();
    run.open();
    run.step(40);
    run.open();
    run.tell({ kind: 'ended' });
    run.step(1);
    run.keeper.flush();
    expect(run.saved.at(-1)?.curves.step).toEqual([1]);
  });

  it('notes settings that are changed on the way, and not those that wait for a new run', () => {
    const run = following();
    run.open();
    run.set({ gamma: 0.5 });
    run.step(1);
    run.set({ gamma: 0.6, seed: 77 });
    run.step(2);
    run.step(3);
    run.set({ gamma: 0.7, temperature: 0.5 });
    run.step(4);
    run.keeper.flush();
    expect(run.saved.at(-1)).toMatchObject({
      settings: { gamma: 0.5, seed: 0 },
      changes: [
        { step: 1, settings: { gamma: 0.6 } },
        { step: 3, settings: { gamma: 0.7, temperature: 0.5 } },
      ],
    });
  });

  it('counts the cold start that came before', () => {
    const run = following();
    run.open();
    run.tell({ kind: 'sftStep', metrics: sft(1) }, { kind: 'sftStep', metrics: sft(2) });
    run.step(1);
    run.keeper.flush();
    expect(run.saved.at(-1)?.coldStart).toBe(2);
  });
});

describe('the library', () => {
  function library(store = new MemoryStore(null), open = async () => store) {
    const states: LibraryState[] = [];
    const made = new Library((state) => states.push(state), open);
    const ids = (): string[] => made.state.entries.map(({ id }) => id);
    return { library: made, store, states, ids };
  }
  const at = (id: string, day: number, part: Partial<StoredRun> = {}): StoredRun =>
    storedRun({ ...part, id, when: `2026-01-0${day}T00:00:00.000Z` });

  it('shows what was kept earlier beside what is kept now, newest first', async () => {
    const store = new MemoryStore(null);
    await store.put(at('old', 1));
    await store.put(at('older', 2));
    const { library: it, ids, states } = library(store);
    it.keep(at('new', 3));
    expect(ids()).toEqual(['new']);
    await it.load();
    expect(ids()).toEqual(['new', 'older', 'old']);
    expect(states.at(-1)).toMatchObject({ loaded: true, notice: null });
  });

  it('writes the last of what comes quickly, and the name that was given to it', async () => {
    const { library: it, store } = library();
    it.keep(at('one', 1));
    it.rename('one', '  bold heron ');
    it.annotate('one', 'the good one');
    it.keep(at('one', 1, { coldStart: 5 }));
    await vi.waitFor(async () => {
      await it.settled();
      expect(await store.all()).toEqual([
        {
          ok: true,
          id: 'one',
          run: at('one', 1, { name: 'bold heron', note: 'the good one', coldStart: 5 }),
        },
      ]);
    });
    it.rename('one', '   ');
    expect(it.runs[0]?.name).toBe('bold heron');
  });

  it('does not bring back what was deleted while it still grew', async () => {
    const { library: it, store, ids } = library();
    it.keep(at('one', 1));
    it.keep(at('two', 2));
    await it.delete(['one']);
    it.keep(at('one', 1));
    await it.settled();
    expect(ids()).toEqual(['two']);
    expect((await store.all()).map(({ id }) => id)).toEqual(['two']);
    await it.clear();
    it.keep(at('two', 2));
    await it.settled();
    expect(await store.all()).toEqual([]);
  });

  it('says what is wrong, loses nothing that is shown, and is content again when it is mended', async () => {
    const { library: it, store, ids } = library();
    const put = vi.spyOn(store, 'put').mockRejectedValueOnce(new StoreError('It is full.'));
    it.keep(at('one', 1));
    await it.settled();
    expect(it.state.notice).toBe('It is full.');
    expect(ids()).toEqual(['one']);
    it.keep(at('one', 1));
    await it.settled();
    expect(put).toHaveBeenCalledTimes(2);
    expect(it.state.notice).toBeNull();
  });

  it('saves what found no room as soon as something else is deleted', async () => {
    const { library: it, store } = library();
    it.keep(at('one', 1));
    await it.settled();
    vi.spyOn(store, 'put').mockRejectedValueOnce(new StoreError('It is full.'));
    it.keep(at('two', 2));
    await it.settled();
    it.keep(at('three', 3));
    await it.settled();
    expect(it.state.notice).toBe('It is full.');
    await it.delete(['one']);
    await it.settled();
    expect((await store.all()).map(({ id }) => id).sort()).toEqual(['three', 'two']);
    expect(it.state.notice).toBeNull();
  });

  it('passes on that nothing lasts here', async () => {
    const { library: it } = library(new MemoryStore('Only as long as the page.'));
    await it.load();
    expect(it.state.notice).toBe('Only as long as the page.');
  });

  it('tries again to fetch a store that could not be fetched', async () => {
    const store = new MemoryStore(null);
    let offline = true;
    const { library: it } = library(store, async () => {
      if (offline) throw new Error('no connection');
      return store;
    });
    it.keep(at('one', 1));
    await it.settled();
    expect(it.state.notice).toBe('no connection');
    offline = false;
    it.keep(at('one', 1));
    await it.settled();
    expect(it.state.notice).toBeNull();
    expect(await store.all()).toHaveLength(1);
  });

  it('takes runs from a file: known ones once, others beside them', async () => {
    const { library: it, ids } = library();
    it.keep(at('one', 1));
    expect(it.add([at('one', 1), at('two', 2), at('one', 3)])).toEqual({ added: 2, known: 1 });
    expect(ids()).toHaveLength(3);
    expect(it.runs.map(({ when }) => when.slice(0, 10))).toEqual(['2026-01-03', '2026-01-02', '2026-01-01']);
    await it.delete(['two']);
    expect(it.add([at('two', 2)])).toEqual({ added: 1, known: 0 });
    expect(ids()).toContain('two');
  });
});
