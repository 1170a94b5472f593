/** The runner with contestants that only pretend: who is asked what, when, and what becomes of those that fail. */
import { describe, expect, it } from 'vitest';
import type { Backend } from '../../bench/core/contestant';
import type { Connection, Request } from '../../bench/core/protocol';
import type { Entry } from '../../bench/core/registry';
import { parseResult, type Host } from '../../bench/core/result';
import { runBench, type Plan } from '../../bench/core/runner';
import { findWorkloads } from '../../bench/core/workloads';

const HOST: Host = { browser: 'Test 1', cores: 2, isolated: true, adapter: null };
const [workload] = findWorkloads(['B']);

interface Script {
  readonly ms?: number;
  readonly losses?: readonly number[];
  readonly logits?: readonly number[];
  /** Fails at this step, counted from 1. */
  readonly failsAt?: number;
  /** Fails when it is opened. */
  readonly cannotOpen?: string;
  readonly hangs?: boolean;
}

function stage() {
  const asked: string[] = [];
  let open = 0;
  const fake = (id: string, script: Script = {}): Connection => {
    let steps = 0;
    open++;
    const answer = async (request: Request): Promise<unknown> => {
      switch (request.kind) {
        case 'open':
          if (script.cannotOpen) throw new Error(script.cannotOpen);
          return 'pretended';
        case 'prepare':
          return { parameters: 1000 };
        case 'step': {
          if (script.hangs) return new Promise(() => {});
          asked.push(id);
          steps++;
          if (steps === script.failsAt) throw new Error('out of memory');
          const losses = script.losses ?? [3, 2, 1];
          const loss = losses[Math.min(steps, losses.length) - 1];
          return { tokens: 100, ms: script.ms ?? 10, dispatches: 7, loss };
        }
        case 'logits':
          return Float32Array.from(script.logits ?? [1, 2]);
        case 'rates':
          return { gflops: 10, product: 'a product', dispatchUs: 2 };
      }
    };
    return { ask: (request) => answer(request) as never, close: () => void open-- };
  };
  const entry = (id: string, script?: Script, more: Partial<Entry> = {}): Entry => ({
    id,
    name: id,
    version: '1',
    ours: id === 'turnwise',
    tasks: ['train'],
    backends: ['wasm'],
    alike: true,
    takes: () => true,
    start: () => fake(id, script),
    ...more,
  });
  const plan = (entries: readonly Entry[], backends: readonly Backend[] = ['wasm']): Plan => ({
    workloads: [workload!],
    tasks: ['train'],
    backends,
    entries,
    effort: { seconds: 0.02, fewestRounds: 3, mostRounds: 3, warmUps: 1, patience: 0.2 },
    quick: true,
    startRates: () => fake('rates'),
  });
  return { asked, entry, plan, stillOpen: () => open };
}

const run = (plan: Plan, signal = new AbortController().signal, said: (text: string) => void = () => {}) =>
  runBench(plan, HOST, { said, grown: () => {} }, signal);

describe('a run of the bench', () => {
  it('warms each up alone and then lets them take turns', async () => {
    const { asked, entry, plan, stillOpen } = stage();
    const result = await run(plan([entry('turnwise'), entry('b'), entry('c')]));
    expect(asked.slice(0, 6)).toEqual(['turnwise', 'turnwise', 'b', 'b', 'c', 'c']);
    const rounds = [asked.slice(6, 9), asked.slice(9, 12), asked.slice(12)];
    for (const round of rounds) expect([...round].sort()).toEqual(['b', 'c', 'turnwise']);
    expect(rounds[0]).not.toEqual(rounds[1]);
    expect(result.measurements.map(({ ms }) => ms)).toEqual([
      [10, 10, 10],
      [10, 10, 10],
      [10, 10, 10],
    ]);
    expect(stillOpen()).toBe(0);
  });

  it('leaves a result that can be read back', async () => {
    const { entry, plan } = stage();
    const result = await run(plan([entry('turnwise'), entry('b')]));
    expect(parseResult(JSON.stringify(result))).toEqual(result);
  });

  it('goes on without those that fail, and says why', async () => {
    const { entry, plan, stillOpen } = stage();
    const result = await run(
      plan([
        entry('turnwise'),
        entry('b', { cannotOpen: 'no such backend' }),
        entry('c', { failsAt: 4 }),
        entry('d', { hangs: true }),
      ]),
    );
    expect(result.measurements.map(({ contestant }) => contestant)).toEqual(['turnwise']);
    expect(result.failures.map(({ contestant, reason }) => [contestant, reason])).toEqual([
      ['b', 'no such backend'],
      ['d', 'It did not answer within 0.2 s.'],
      ['c', 'out of memory'],
    ]);
    expect(stillOpen()).toBe(0);
  });

  it('holds everyone to our logits and to our first loss', async () => {
    const { entry, plan } = stage();
    const result = await run(
      plan([
        entry('turnwise'),
        entry('same', { logits: [1.0001, 2], losses: [3.0001, 2, 1] }),
        entry('other', { logits: [1.1, 2], losses: [4, 4, 5] }),
        entry('stranger', { logits: [9, 9], losses: [9, 8, 7] }, { alike: false }),
      ]),
    );
    const passed = (contestant: string) =>
      Object.fromEntries(
        result.checks
          .filter((check) => check.contestant === contestant)
          .map(({ kind, passed: good }) => [kind, good]),
      );
    expect(passed('turnwise')).toEqual({ 'loss falls': true });
    expect(passed('same')).toEqual({ 'logits agree': true, 'loss falls': true, 'first loss agrees': true });
    expect(passed('other')).toEqual({
      'logits agree': false,
      'loss falls': false,
      'first loss agrees': false,
    });
    expect(passed('stranger')).toEqual({ 'loss falls': true });
  });

  it('knows the limit of our own steps only', async () => {
    const { entry, plan } = stage();
    const { limits } = await run(plan([entry('turnwise'), entry('b')]));
    expect(limits).toHaveLength(1);
    expect(limits[0]).toMatchObject({ contestant: 'turnwise', gflops: 10, dispatches: 7, dispatchMs: 0.014 });
    expect(limits[0]!.productMs).toBeGreaterThan(100);
  });

  it('measures Python beside WebAssembly', async () => {
    const { asked, entry, plan } = stage();
    const python = entry('torch', {}, { backends: ['python'], alike: false });
    await run(plan([entry('turnwise'), python], ['wasm', 'python']));
    expect(asked.slice(4).sort()).toEqual(['torch', 'torch', 'torch', 'turnwise', 'turnwise', 'turnwise']);
    expect(asked.slice(4, 6).sort()).toEqual(['torch', 'turnwise']);
  });

  it('stops between steps and leaves nobody running', async () => {
    const { entry, plan, stillOpen, asked } = stage();
    const stop = new AbortController();
    const said = (text: string) => {
      if (text.includes('round 2 of 3')) stop.abort();
    };
    await expect(run(plan([entry('turnwise'), entry('b')]), stop.signal, said)).rejects.toThrow(/abort/i);
    expect(stillOpen()).toBe(0);
    expect(asked).toHaveLength(6);
  });
});
