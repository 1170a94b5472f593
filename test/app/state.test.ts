import { describe, expect, it } from 'vitest';
import { applyEvent, hasProgress, initialState, type PageEvent, type RunState } from '../../src/app/state';
import { announcement, statusLine } from '../../src/app/status';
import { DEFAULT_SETTINGS } from '../../src/runs/settings';
import type { EngineEvent, Opened } from '../../src/worker/protocol';
import { evaluation, group, metrics, sft } from './records';

const play = (...events: (EngineEvent | PageEvent)[]): RunState => events.reduce(applyEvent, initialState());

const opened: Opened = {
  device: { device: 'wasm', detail: '', reason: '' },
  policy: {
    checkpoint: 'nano',
    parameters: 1,
    adapterParameters: 1,
    bytes: 1,
    vocabulary: 1,
    contextLength: 1,
    gyms: ['intention'],
  },
  baselines: { random: 0.2, oracle: 0.9 },
};
const ready: PageEvent[] = [
  { kind: 'began', work: 'open' },
  { kind: 'opened', opened, settings: DEFAULT_SETTINGS, device: 'auto', table: null },
  { kind: 'ended' },
];

describe('the state of a run', () => {
  it('keeps the curve, the groups and the number of the step', () => {
    const groups = [group([1, 2])];
    const state = play(
      { kind: 'step', metrics: metrics(1), groups: [], tasks: 0 },
      { kind: 'step', metrics: metrics(2, { score: 0.6 }), groups, tasks: 1 },
    );
    expect(state.step).toBe(2);
    expect(state.curves.raw('score')).toEqual([0.5, 0.6]);
    expect(state.groups).toBe(groups);
    expect(hasProgress(state)).toBe(true);
  });

  it('knows an evaluation that arrives twice', () => {
    const state = play(
      { kind: 'evaluation', result: evaluation(20, { score: 0.4 }) },
      { kind: 'evaluation', result: evaluation(0) },
      { kind: 'evaluation', result: evaluation(20, { score: 0.6 }) },
      { kind: 'evaluation', result: evaluation(20, { decoding: 'sampled' }) },
    );
    expect(state.evaluations.map((one) => [one.step, one.decoding])).toEqual([
      [0, 'greedy'],
      [20, 'greedy'],
      [20, 'sampled'],
    ]);
    expect(state.evaluations[1]?.score).toBe(0.6);
  });

  it('keeps the curves through a failure, and drops everything for a new run', () => {
    const failed = play(
      { kind: 'began', work: 'train' },
      { kind: 'step', metrics: metrics(1), groups: [], tasks: 0 },
      { kind: 'failed', failure: { code: 'diverged', message: 'NaN' } },
    );
    expect(failed.work).toBeNull();
    expect(failed.failure?.code).toBe('diverged');
    expect(failed.curves.length).toBe(1);
    const cleared = applyEvent(failed, { kind: 'cleared' });
    expect(cleared.curves.length).toBe(0);
    expect(cleared.failure).toBeNull();
  });

  it('counts the cold start apart', () => {
    const state = play(
      { kind: 'sftStep', metrics: sft(1, { validity: 0.3 }) },
      { kind: 'sftStep', metrics: sft(2) },
    );
    expect(state.step).toBe(0);
    expect(state.sftStep).toBe(2);
    expect(state.sftCurves.raw('validity')).toEqual([0.3, null]);
  });

  it('has nothing to stop when nothing runs', () => {
    const idle = initialState();
    expect(applyEvent(idle, { kind: 'stopping' })).toBe(idle);
  });
});

describe('the status line', () => {
  it('says what is going on at every moment', () => {
    expect(statusLine(initialState()).doing).toBe('The engine is not running');
    expect(statusLine(play(...ready))).toEqual({ doing: 'Ready', where: 'step 0' });
    const training = play(
      ...ready,
      { kind: 'began', work: 'train' },
      { kind: 'status', phase: 'evaluating', text: 'playing the test tasks...' },
    );
    expect(statusLine(training).doing).toBe('Playing the test tasks…');
    const stepped = applyEvent(training, { kind: 'step', metrics: metrics(12), groups: [], tasks: 0 });
    expect(statusLine(stepped).where).toBe('step 12 · 1.1 s');
    expect(statusLine(applyEvent(stepped, { kind: 'stopping' })).doing).toMatch(/^Pausing/);
    expect(statusLine(applyEvent(stepped, { kind: 'ended' })).doing).toBe('Paused');
  });

  it('counts the programs that are compiled, and is done with them at the next thing', () => {
    const compiling = play(
      ...ready,
      { kind: 'began', work: 'evaluate' },
      { kind: 'compiling', done: 12, total: 40 },
    );
    expect(statusLine(compiling).doing).toBe('Compiling 12 of 40 GPU programs…');
    expect(compiling).toMatchObject({ phase: 'compiling', progress: 0.3 });
    expect(statusLine(applyEvent(compiling, { kind: 'stopping' })).doing).toMatch(/^Pausing/);
    const next = applyEvent(compiling, { kind: 'status', phase: 'evaluating', text: 'Playing' });
    expect(next).toMatchObject({ text: 'Playing', progress: null });
    expect(
      statusLine(play({ kind: 'began', work: 'train' }, { kind: 'compiling', done: 0, total: 1 })).doing,
    ).toBe('Compiling 0 of 1 GPU program…');
  });

  it('does not tell a screen reader of every program', () => {
    const began = play(...ready, { kind: 'began', work: 'train' });
    const spoken = new Set<string>();
    for (let done = 0; done <= 40; done++)
      spoken.add(announcement(applyEvent(began, { kind: 'compiling', done, total: 40 })));
    expect([...spoken]).toEqual(['Compiling GPU programs…']);
  });

  it('does not tell a screen reader of every step', () => {
    const training = play(...ready, { kind: 'began', work: 'train' });
    const spoken = new Set<string>();
    let state = training;
    for (let step = 1; step <= 40; step++) {
      state = applyEvent(state, { kind: 'status', phase: 'rolling-out', text: `Step ${step}` });
      state = applyEvent(state, { kind: 'step', metrics: metrics(step), groups: [], tasks: 0 });
      spoken.add(announcement(state));
    }
    expect(spoken.size).toBe(5);
  });
});
