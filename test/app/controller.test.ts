import { describe, expect, it, vi } from 'vitest';
import { Controller } from '../../src/app/controller';
import type { RunState } from '../../src/app/state';
import { DEFAULT_SETTINGS } from '../../src/runs/settings';
import { EngineClient } from '../../src/worker/client';
import type { ToWorker } from '../../src/worker/protocol';
import { FakeEngine, type FakeOptions } from './fake/engine';

function page(options: FakeOptions = {}) {
  const engines: FakeEngine[] = [];
  const requests: ToWorker['request'][] = [];
  const client = new EngineClient(() => {
    const engine = new FakeEngine({ stepMs: 4, openMs: 2, ...options });
    const post = engine.postMessage.bind(engine);
    engine.postMessage = (message) => {
      requests.push(message.request);
      post(message);
    };
    engines.push(engine);
    return engine;
  });
  const states: RunState[] = [];
  const controller = new Controller(client, DEFAULT_SETTINGS, 'auto', (state) => states.push(state));
  const kinds = (): string[] => requests.map((request) => request.kind);
  return { controller, engines, requests, kinds, states };
}

describe('the controls', () => {
  it('opens, steps once, and is idle again', async () => {
    const { controller } = page();
    await controller.open();
    expect(controller.state.opened?.device.device).toBe('wasm');
    await controller.train(1);
    expect(controller.state).toMatchObject({ work: null, step: 1, failure: null });
    expect(controller.state.evaluations).toHaveLength(2);
  });

  it('pauses, and goes on from where it was', async () => {
    const { controller } = page();
    await controller.open();
    const run = controller.toggle();
    await vi.waitFor(() => expect(controller.state.step).toBeGreaterThan(2));
    await controller.toggle();
    await run;
    const { step } = controller.state;
    expect(controller.state).toMatchObject({ work: null, stopping: false });
    await controller.train(1);
    expect(controller.state.step).toBe(step + 1);
  });

  it('shows the compilation once, before the first work, and nothing of it where there is none', async () => {
    const compiles = async (programs: number): Promise<string[]> => {
      const { controller, states } = page({ programs });
      await controller.open();
      await controller.evaluate('greedy');
      await controller.train(1);
      return [...new Set(states.filter((one) => one.phase === 'compiling').map((one) => one.text))];
    };
    expect(await compiles(2)).toEqual([0, 1, 2].map((done) => `Compiling ${done} of 2 GPU programs`));
    expect(await compiles(0)).toEqual([]);
  });

  it('can be stopped while it compiles, and compiles again when it is asked to go on', async () => {
    const { controller, states } = page({ programs: 50, stepMs: 40 });
    await controller.open();
    const run = controller.toggle();
    await vi.waitFor(() => expect(controller.state.phase).toBe('compiling'));
    await controller.toggle();
    await run;
    expect(controller.state).toMatchObject({
      work: null,
      phase: 'idle',
      progress: null,
      step: 0,
      failure: null,
    });
    expect(states.at(-1)?.evaluations).toEqual([]);
    await controller.train(1);
    expect(controller.state.step).toBe(1);
    expect(states.filter((one) => one.text === 'Compiling 0 of 50 GPU programs').length).toBeGreaterThan(1);
  });

  it('resets in the middle of training, with the settings of now', async () => {
    const { controller, requests } = page();
    await controller.open();
    const run = controller.train(null);
    await vi.waitFor(() => expect(controller.state.step).toBeGreaterThan(0));
    controller.change({ ...DEFAULT_SETTINGS, seed: 7 });
    expect(controller.pendingRestart()).toEqual(['seed']);
    await controller.reset();
    await run;
    expect(controller.state).toMatchObject({ work: null, step: 0 });
    expect(controller.state.curves.length).toBe(0);
    expect(controller.pendingRestart()).toEqual([]);
    expect(requests.at(-1)).toMatchObject({ kind: 'open', settings: { seed: 7 } });
  });

  it('opens again before the first step where a restart setting has changed, and does not after it', async () => {
    const { controller, kinds } = page();
    await controller.open();
    controller.change({ ...DEFAULT_SETTINGS, seed: 7 });
    expect(controller.pendingRestart()).toEqual([]);
    await controller.train(1);
    controller.change({ ...DEFAULT_SETTINGS, seed: 8 });
    await controller.train(1);
    expect(kinds()).toEqual(['open', 'open', 'train', 'configure', 'train']);
  });

  it('takes another device at once while there is nothing to lose, and after a reset else', async () => {
    const { controller, requests, kinds } = page();
    await controller.open();
    controller.useDevice('cpu');
    expect(controller.deviceWaits()).toBe(false);
    await controller.train(1);
    expect(requests[1]).toMatchObject({ kind: 'open', device: 'cpu' });
    controller.useDevice('wasm');
    expect(controller.deviceWaits()).toBe(true);
    await controller.train(1);
    await controller.reset();
    expect(controller.deviceWaits()).toBe(false);
    expect(requests.at(-1)).toMatchObject({ kind: 'open', device: 'wasm' });
    expect(kinds()).toEqual(['open', 'open', 'train', 'configure', 'train', 'open']);
  });

  it('sends a dragged setting once', async () => {
    const { controller, requests } = page();
    await controller.open();
    for (const gamma of [0.1, 0.2, 0.3]) controller.change({ ...DEFAULT_SETTINGS, gamma });
    await vi.waitFor(() =>
      expect(requests.at(-1)).toMatchObject({ kind: 'configure', settings: { gamma: 0.3 } }),
    );
    expect(requests).toHaveLength(2);
  });

  it('shows a crash, and comes back with a new engine on reset', async () => {
    const { controller, engines } = page();
    await controller.open();
    const run = controller.train(null);
    await vi.waitFor(() => expect(controller.state.step).toBeGreaterThan(0));
    engines[0]?.crash('out of memory');
    await run;
    expect(controller.state.failure?.message).toContain('out of memory');
    expect(controller.state.curves.length).toBeGreaterThan(0);
    await controller.reset();
    expect(engines).toHaveLength(2);
    expect(controller.state).toMatchObject({ failure: null, work: null, step: 0 });
  });

  it('keeps a failure to open on show, and tries again when asked to start', async () => {
    const { controller, kinds } = page({ failure: { code: 'checkpoint-missing', message: 'HTTP 404' } });
    await controller.open();
    expect(controller.state.failure?.code).toBe('checkpoint-missing');
    await controller.train(1);
    expect(kinds()).toEqual(['open', 'open']);
    expect(controller.state.failure?.code).toBe('checkpoint-missing');
  });

  it('runs one thing at a time', async () => {
    const { controller, kinds } = page();
    await controller.open();
    await Promise.all([controller.train(1), controller.train(1), controller.coldStart()]);
    expect(kinds().filter((kind) => kind === 'train' || kind === 'coldStart')).toHaveLength(1);
  });

  it('compares players, and keeps the last table when a comparison is stopped', async () => {
    // Slow enough for somebody who looks every 50 ms to see it under way.
    const { controller, requests, states } = page({ stepMs: 100 });
    await controller.open();
    await controller.train(1);
    await controller.compare(['terse', 'noisy']);
    const { comparison } = controller.state;
    expect(requests.at(-1)).toEqual({ kind: 'compare', users: ['terse', 'noisy'] });
    expect(comparison).toMatchObject({ step: 1 });
    expect(controller.state).toMatchObject({ work: null, comparing: null });
    expect(states.some(({ comparing }) => comparing !== null && comparing.done > 0)).toBe(true);

    const running = controller.compare(['plain']);
    await vi.waitFor(() => expect(controller.state.comparing).not.toBeNull());
    await controller.pause();
    await running;
    expect(controller.state).toMatchObject({ work: null, comparing: null, failure: null });
    expect(controller.state.comparison).toBe(comparison);
  });
});
