/** The queue of an experiment, with a scripted engine. */
import { describe, expect, it, vi } from 'vitest';
import { progressOf, Queue, type Plan, type QueueState } from '../../src/app/compare/queue';
import { DEFAULT_SETTINGS } from '../../src/runs/settings';
import type { StoredRun } from '../../src/runs/stored-run';
import type { Request } from '../../src/worker/protocol';
import { BIRDS, tableOf } from '../gyms/own/tables';
import { FakeEngine, type FakeOptions } from './fake/engine';

const PLAN: Plan = {
  a: { ...DEFAULT_SETTINGS, evaluateEvery: 0, trajectoryMethod: 'sum' },
  b: { ...DEFAULT_SETTINGS, evaluateEvery: 0, trajectoryMethod: 'mean' },
  seeds: [5, 6],
  steps: 3,
};

function queue(options: FakeOptions | (() => FakeOptions) = {}) {
  const engines: FakeEngine[] = [];
  const requests: Request[] = [];
  const saved = new Map<string, StoredRun>();
  const states: QueueState[] = [];
  const made = new Queue({
    start: () => {
      const engine = new FakeEngine({
        stepMs: 4,
        openMs: 2,
        ...(typeof options === 'function' ? options() : options),
      });
      const post = engine.postMessage.bind(engine);
      engine.postMessage = (message) => {
        requests.push(message.request);
        post(message);
      };
      engines.push(engine);
      return engine;
    },
    save: (run) => saved.set(run.id, run),
    taken: () => new Set([...saved.values()].map(({ name }) => name)),
    changed: (state) => states.push(state),
  });
  return { queue: made, engines, requests, saved, states, runs: () => [...saved.values()] };
}
const reaches = (it: Queue, job: number, step: number) =>
  vi.waitFor(() => expect(it.state.jobs[job]?.step).toBeGreaterThanOrEqual(step));

describe('the queue', () => {
  it('opens every run with the table its gym is made from, and no other run with one', async () => {
    const table = tableOf(BIRDS);
    const { queue: it, requests } = queue();
    const own: Plan = { ...PLAN, a: { ...PLAN.a, gym: 'own' }, seeds: [5], steps: 1 };
    await it.start(own, 'auto', table);
    await it.start({ ...own, b: own.a }, 'auto');
    const opened = requests.flatMap((request) => (request.kind === 'open' ? [request] : []));
    expect(opened.map(({ settings, table: used }) => [settings.gym, used])).toEqual([
      ['own', table],
      [PLAN.b.gym, undefined],
      ['own', undefined],
      ['own', undefined],
    ]);
  });

  it('trains every seed of both, in turns, and stores them as one experiment', async () => {
    const { queue: it, engines, requests, runs, states } = queue();
    await it.start(PLAN, 'wasm');
    expect(it.state).toMatchObject({ phase: 'idle', failure: null, secondsLeft: null });
    expect(it.state.jobs.map(({ arm, settings, state, step }) => [arm, settings.seed, state, step])).toEqual([
      ['a', 5, 'done', 3],
      ['b', 5, 'done', 3],
      ['a', 6, 'done', 3],
      ['b', 6, 'done', 3],
    ]);
    expect(
      runs().map(({ experiment, settings, curves }) => [
        experiment,
        settings.seed,
        settings.trajectoryMethod,
        curves.step,
      ]),
    ).toEqual([
      [{ id: it.state.experiment, arm: 'a' }, 5, 'sum', [1, 2, 3]],
      [{ id: it.state.experiment, arm: 'b' }, 5, 'mean', [1, 2, 3]],
      [{ id: it.state.experiment, arm: 'a' }, 6, 'sum', [1, 2, 3]],
      [{ id: it.state.experiment, arm: 'b' }, 6, 'mean', [1, 2, 3]],
    ]);
    expect(new Set(runs().map(({ name }) => name)).size).toBe(4);
    // One engine for all, each run opened in it.
    expect(engines).toHaveLength(1);
    expect(requests.filter(({ kind }) => kind === 'open')).toHaveLength(4);
    expect(requests[0]).toMatchObject({ kind: 'open', device: 'wasm', settings: { seed: 5 } });
    const shares = states.map((state) => progressOf(state)).filter(({ total }) => total > 0);
    expect(shares.at(-1)).toEqual({ done: 12, total: 12 });
    expect(states.some(({ secondsLeft }) => secondsLeft !== null && secondsLeft >= 0)).toBe(true);
  });

  it('pauses, and goes on with the same run where it was', async () => {
    const { queue: it, runs, requests } = queue({ stepMs: 90 });
    const whole = it.start({ ...PLAN, seeds: [5] }, 'auto');
    await reaches(it, 0, 1);
    await it.pause();
    await whole;
    expect(it.state).toMatchObject({ phase: 'paused', failure: null });
    const { step } = it.state.jobs[0]!;
    expect(step).toBeLessThan(3);
    await it.resume();
    expect(it.state.phase).toBe('idle');
    expect(runs().map(({ curves }) => curves.step)).toEqual([
      [1, 2, 3],
      [1, 2, 3],
    ]);
    expect(requests.filter(({ kind }) => kind === 'open')).toHaveLength(2);
  });

  it('can be paused while a run is opened', async () => {
    const { queue: it, runs } = queue({ openMs: 60 });
    const whole = it.start({ ...PLAN, seeds: [5] }, 'auto');
    await it.pause();
    await whole;
    expect(it.state.phase).toBe('paused');
    expect(runs()).toEqual([]);
    await it.resume();
    expect(runs()).toHaveLength(2);
  });

  it('stops at once, and keeps what was trained', async () => {
    const { queue: it, runs } = queue({ stepMs: 90 });
    const whole = it.start(PLAN, 'auto');
    await reaches(it, 1, 1);
    await it.stop();
    await whole;
    expect(it.state.phase).toBe('idle');
    expect(it.state.jobs.map(({ state }) => state)).toEqual(['done', 'left', 'left', 'left']);
    expect(runs()[0]?.curves.step).toEqual([1, 2, 3]);
    expect(runs()).toHaveLength(2);
    const { experiment } = it.state;
    await it.start({ ...PLAN, seeds: [1], steps: 1 }, 'auto');
    expect(it.state.experiment).not.toBe(experiment);
    expect(it.state.jobs.map(({ state }) => state)).toEqual(['done', 'done']);
    expect(runs()).toHaveLength(4);
  });

  it('waits when the engine fails, and begins the run anew when asked to go on', async () => {
    const { queue: it, engines, saved, runs } = queue({ stepMs: 90 });
    const whole = it.start({ ...PLAN, seeds: [5] }, 'auto');
    await reaches(it, 0, 1);
    engines[0]?.crash('out of memory');
    await whole;
    expect(it.state).toMatchObject({ phase: 'paused', failure: { code: 'internal' } });
    expect(saved.size).toBe(1);
    await it.resume();
    expect(it.state).toMatchObject({ phase: 'idle', failure: null });
    expect(engines).toHaveLength(2);
    expect(runs().map(({ curves }) => curves.step)).toEqual([
      [1, 2, 3],
      [1, 2, 3],
    ]);
  });

  it('shows why nothing can be opened, and can be stopped then', async () => {
    const failure = { code: 'checkpoint-missing', message: 'HTTP 404' } as const;
    const { queue: it } = queue({ failure });
    await it.start(PLAN, 'auto');
    expect(it.state).toMatchObject({ phase: 'paused', failure });
    await it.stop();
    expect(it.state.phase).toBe('idle');
    expect(it.state.jobs.every(({ state }) => state === 'left')).toBe(true);
  });

  it('takes a run that diverges for a result, and goes on with the next', async () => {
    let opened = 0;
    const { queue: it } = queue(() => ({
      // The first engine diverges; a failed engine is replaced.
      ...(opened++ === 0 && { failure: { code: 'diverged' as const, message: 'NaN' } }),
    }));
    await it.start({ ...PLAN, seeds: [5] }, 'auto');
    expect(it.state.jobs.map(({ state, problem }) => [state, problem])).toEqual([
      ['failed', 'NaN'],
      ['done', null],
    ]);
    expect(it.state.phase).toBe('idle');
    expect(progressOf(it.state)).toEqual({ done: 3, total: 3 });
  });

  it('runs one experiment at a time', async () => {
    const { queue: it } = queue();
    const first = it.start({ ...PLAN, seeds: [1] }, 'auto');
    await it.start({ ...PLAN, seeds: [2, 3, 4] }, 'auto');
    await first;
    expect(it.state.jobs).toHaveLength(2);
  });
});
