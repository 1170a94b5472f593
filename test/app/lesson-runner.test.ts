/** The runs of a lesson, in an engine of their own: scripted, and one that fails on demand. */
import { describe, expect, it, vi } from 'vitest';
import type { Arm } from '../../src/app/lessons/lesson';
import { LessonRunner, type RunnerState } from '../../src/app/lessons/runner';
import type { Port } from '../../src/worker/client';
import type { FromWorker, Outcome, Request, ResultOf, ToWorker } from '../../src/worker/protocol';
import { FakeEngine } from './fake/engine';

const ARMS: readonly Arm[] = [
  {
    id: 'a',
    label: 'A',
    settings: { tasksPerStep: 2, groupSize: 4, sftSteps: 3 },
    acts: [{ kind: 'coldStart' }, { kind: 'train', steps: 4 }],
  },
  {
    id: 'b',
    label: 'B',
    settings: { tasksPerStep: 2, groupSize: 4, trajectoryMethod: 'mean' },
    acts: [
      { kind: 'train', steps: 2 },
      { kind: 'compare', users: ['plain'] },
    ],
  },
];

function lesson(start?: () => Port) {
  const requests: Request[] = [];
  const engines: Port[] = [];
  const states: RunnerState[] = [];
  const runner = new LessonRunner({
    start: () => {
      const engine = start?.() ?? new FakeEngine({ stepMs: 2, openMs: 1 });
      const post = engine.postMessage.bind(engine);
      engine.postMessage = (message) => {
        requests.push(message.request);
        post(message);
      };
      engines.push(engine);
      return engine;
    },
    changed: (state) => states.push(state),
  });
  return { runner, requests, engines, states };
}

type Listener = (event: { readonly data: FromWorker }) => void;

/** Answers every request at once, as `answer` says; `undefined` never answers. */
class Answering implements Port {
  ended = false;
  #listener: Listener = () => {};
  constructor(readonly answer: (request: Request) => Outcome<unknown> | undefined) {}
  addEventListener(type: string, listener: unknown): void {
    if (type === 'message') this.#listener = listener as Listener;
  }
  terminate(): void {
    this.ended = true;
  }
  postMessage({ id, request }: ToWorker): void {
    const outcome = this.answer(request);
    if (!outcome) return;
    const known = outcome as Outcome<ResultOf[Request['kind']]>;
    queueMicrotask(() => this.#listener({ data: { id, outcome: known } }));
  }
}

const done = (value: unknown = null): Outcome<unknown> => ({ kind: 'completed', value });
const opened = done({ baselines: { random: 0.2, oracle: 1 } });

describe('the runs of a lesson', () => {
  it('are made in turn, each with its own settings and what it was asked for', async () => {
    const { runner, requests, engines } = lesson();
    const results = await runner.run(ARMS, 7, 'wasm');
    expect(requests.map(({ kind }) => kind)).toEqual([
      'open',
      'coldStart',
      'train',
      'open',
      'train',
      'compare',
    ]);
    expect(requests[0]).toMatchObject({
      device: 'wasm',
      settings: { seed: 7, tasksPerStep: 2, trajectoryMethod: 'sum' },
    });
    expect(requests[3]).toMatchObject({ settings: { seed: 7, trajectoryMethod: 'mean' } });
    const [a, b] = results ?? [];
    expect(a).toMatchObject({ id: 'a', comparison: null, diverged: null, baselines: { random: 0.17 } });
    expect(a?.steps.map(({ step }) => step)).toEqual([1, 2, 3, 4]);
    expect(a?.updates).toHaveLength(3);
    expect(a?.groups).toHaveLength(2);
    expect(b?.steps).toHaveLength(2);
    expect(b?.comparison?.rows.length).toBeGreaterThan(0);
    expect(engines).toHaveLength(1);
    expect(runner.state).toMatchObject({ running: false, failure: null, text: '' });
  });

  it('say how far they are, and never go back', async () => {
    const { runner, states } = lesson();
    await runner.run(ARMS, 0, 'auto');
    const progress = states.filter(({ running }) => running).map((state) => state.progress);
    for (const [i, value] of progress.entries()) expect(value).toBeGreaterThanOrEqual(progress[i - 1] ?? 0);
    expect(progress.at(-1)).toBeCloseTo(1, 9);
    expect(states.some(({ secondsLeft }) => secondsLeft !== null)).toBe(true);
    // Curves grow while it runs.
    expect(states.some(({ results }) => results.length === 1 && results[0]?.steps.length === 2)).toBe(true);
  });

  it('can be given up, and made again', async () => {
    const { runner, states } = lesson();
    const run = runner.run(ARMS, 0, 'auto');
    await vi.waitFor(() => expect(runner.state.results[0]?.steps.length ?? 0).toBeGreaterThan(0));
    await runner.stop();
    expect(await run).toBeNull();
    expect(runner.state).toMatchObject({ running: false, stopping: false, results: [], failure: null });
    const { length } = states;
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(states).toHaveLength(length);
    expect(await runner.run(ARMS, 0, 'auto')).toHaveLength(2);
  });

  it('end an engine that does not hear a stop', async () => {
    vi.useFakeTimers();
    try {
      const deaf = new Answering(({ kind }) => (kind === 'open' ? opened : undefined));
      const { runner } = lesson(() => deaf);
      const run = runner.run(ARMS, 0, 'auto');
      await vi.advanceTimersByTimeAsync(1);
      const stopped = runner.stop();
      await vi.advanceTimersByTimeAsync(5000);
      await stopped;
      expect(await run).toBeNull();
      expect(deaf.ended).toBe(true);
    } finally {
      vi.useRealTimers();
    }
  });

  it('are one at a time', async () => {
    const { runner } = lesson();
    const first = runner.run(ARMS, 0, 'auto');
    expect(await runner.run(ARMS, 1, 'auto')).toBeNull();
    expect(await first).toHaveLength(2);
  });

  it('go on after a run that diverged, which is a result', async () => {
    const failure = { code: 'diverged', message: 'The loss is no number.' } as const;
    let trainings = 0;
    const { runner, requests } = lesson(
      () =>
        new Answering(({ kind }) => {
          if (kind === 'open') return opened;
          return kind === 'train' && trainings++ === 0 ? { kind: 'failed', failure } : done();
        }),
    );
    const results = await runner.run(ARMS, 0, 'auto');
    expect(results?.map(({ diverged }) => diverged)).toEqual([failure.message, null]);
    expect(requests.map(({ kind }) => kind)).toEqual([
      'open',
      'coldStart',
      'train',
      'open',
      'train',
      'compare',
    ]);
  });

  it('end with any other failure, which is told', async () => {
    const failure = { code: 'checkpoint-missing', message: 'There is no model.' } as const;
    const { runner, requests } = lesson(() => new Answering(() => ({ kind: 'failed', failure })));
    expect(await runner.run(ARMS, 0, 'auto')).toBeNull();
    expect(requests).toHaveLength(1);
    expect(runner.state).toMatchObject({ running: false, failure, results: [] });
  });
});
