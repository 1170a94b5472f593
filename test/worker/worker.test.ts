/** The engine's own script, asked as the page asks it, with a session that compiles and steps at the test's word. */
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { DEFAULT_SETTINGS } from '../../src/runs/settings';
import type { FromWorker, Request, ToWorker } from '../../src/worker/protocol';
import { metrics, sft } from '../app/records';

type Progress = (done: number, total: number) => void;

class FakeSession {
  readonly settings = { ...DEFAULT_SETTINGS, evaluateEvery: 20, watchEvery: 3, sftSteps: 1 };
  readonly policyReport = {};
  steps = 0;
  coldStartDone = false;
  /** What `warmUp` does; by default what it does on a device with nothing to compile. */
  warmUp = vi.fn<(signal: AbortSignal, onProgress: Progress) => Promise<number>>(() => Promise.resolve(0));
  baselines = () => Promise.resolve({ random: 0, oracle: 1 });
  warmUpComparison = vi.fn((onProgress: Progress) => (onProgress(1, 2), Promise.resolve(2)));
  compare = vi.fn(
    async (request: { users: readonly string[] }, onProgress: Progress, signal: AbortSignal) => {
      for (let done = 0; done <= 4; done += 2) {
        signal.throwIfAborted();
        onProgress(done, 4);
        await new Promise((resolve) => setTimeout(resolve));
      }
      return { step: this.steps, rows: request.users };
    },
  );
  watch = () => Promise.resolve([]);
  evaluate = (decoding: string) => Promise.resolve({ decoding });
  trainStep = () => Promise.resolve({ metrics: metrics(++this.steps), groups: [] });
  coldStartStep = () => {
    this.coldStartDone = true;
    return Promise.resolve(sft(1));
  };
  inspect = vi.fn((step: number, group: number, rollout: number) =>
    Promise.resolve(step === this.steps ? { step, group, rollout } : undefined),
  );
  converse = vi.fn((request: { gym: string }, _signal: AbortSignal) =>
    Promise.resolve({ id: 1, gym: request.gym }),
  );
  say = vi.fn((id: number, text: string) => Promise.resolve(id === 1 ? { id, text } : null));
  hear = (_: number, text: string) => ({ words: [text] });
  addToTraining = (ids: readonly number[]) => ({ added: true, person: ids.length });
  configure = () => {};
  dispose = () => {};
}

let next: FakeSession;
vi.mock('../../src/worker/host', () => ({ browserHost: {} }));
vi.mock('../../src/training/session', () => ({ Session: { open: () => Promise.resolve(next) } }));
vi.mock('../../src/kernels/device', () => ({
  openDevice: () => Promise.resolve({ device: 'webgpu', detail: '', reason: '' }),
  deviceFault: () => new Promise(() => {}),
  NoDeviceError: class extends Error {},
}));

const sent: FromWorker[] = [];
const scope: { onmessage?: (event: { data: ToWorker }) => void } = {};
let ids = 0;

/** Posts a request; resolves with its outcome. */
async function ask(request: Request) {
  const id = ++ids;
  scope.onmessage?.({ data: { id, request } });
  return vi.waitFor(
    () => {
      for (const message of sent) if ('id' in message && message.id === id) return message.outcome;
      throw new Error('not answered yet');
    },
    { interval: 2 },
  );
}
const open = () => ask({ kind: 'open', settings: DEFAULT_SETTINGS, device: 'auto' });

/** What was said since the last time one asked, in short. */
function said(): string[] {
  return sent.splice(0).map((message) => {
    if ('id' in message) return message.outcome.kind;
    const { event } = message;
    if (event.kind === 'compiling') return `compiling ${event.done}/${event.total}`;
    return event.kind === 'status' ? event.phase : event.kind;
  });
}

beforeAll(async () => {
  vi.stubGlobal(
    'self',
    Object.assign(scope, {
      location: { origin: 'http://turnwise.test' },
      postMessage: (message: FromWorker) => sent.push(structuredClone(message)),
    }),
  );
  await import('../../src/worker/worker');
});
afterAll(() => void vi.unstubAllGlobals());
beforeEach(() => {
  sent.length = 0;
  next = new FakeSession();
});

const threePrograms = (_: AbortSignal, onProgress: Progress) => {
  for (let done = 0; done <= 3; done++) onProgress(done, 3);
  return Promise.resolve(3);
};
const COMPILING = ['compiling 0/3', 'compiling 1/3', 'compiling 2/3', 'compiling 3/3'];
const WATCHED = ['evaluating', 'watched'];
/** What is looked at before the first step. */
const FIRST = [...WATCHED, 'evaluating', 'evaluation', 'evaluating', 'evaluation'];

describe('compilation in the worker', () => {
  it('comes between the opening and the first step, and once', async () => {
    next.warmUp.mockImplementation(threePrograms);
    await open();
    expect(said()).toEqual(['loading', 'loading', 'idle', 'completed']);
    await ask({ kind: 'train', steps: 1 });
    expect(said()).toEqual([...COMPILING, ...FIRST, 'rolling-out', 'step', 'idle', 'completed']);
    await ask({ kind: 'train', steps: 1 });
    expect(said()).toEqual(['rolling-out', 'step', 'idle', 'completed']);
    expect(next.warmUp).toHaveBeenCalledTimes(1);
  });

  it.each([
    [{ kind: 'coldStart' }, ['cold-start', 'sftStep']],
    [{ kind: 'evaluate', decoding: 'greedy' }, ['evaluating', 'evaluation']],
  ] as const)('comes before %j too', async (request, after) => {
    next.warmUp.mockImplementation(threePrograms);
    await open();
    said();
    await ask(request);
    expect(said()).toEqual([...COMPILING, ...after, 'idle', 'completed']);
  });

  it('looks at the watched tasks before the first step and every so many steps', async () => {
    await open();
    said();
    await ask({ kind: 'train', steps: 4 });
    const step = ['rolling-out', 'step'];
    expect(said()).toEqual([
      ...FIRST,
      ...[...step, ...step, ...step],
      ...WATCHED,
      ...step,
      'idle',
      'completed',
    ]);
  });

  it('is silent where there is nothing to compile', async () => {
    next.warmUp.mockImplementation((_, onProgress) => {
      onProgress(0, 0);
      return Promise.resolve(0);
    });
    await open();
    said();
    await ask({ kind: 'train', steps: 1 });
    expect(said()).toEqual([...FIRST, 'rolling-out', 'step', 'idle', 'completed']);
  });

  it('begins again with a new session', async () => {
    await open();
    await ask({ kind: 'train', steps: 1 });
    next = new FakeSession();
    next.warmUp.mockImplementation(threePrograms);
    await open();
    said();
    await ask({ kind: 'train', steps: 1 });
    expect(said().slice(0, 4)).toEqual(COMPILING);
  });

  it('ends when it is stopped, says nothing of itself after that, and is made up for later', async () => {
    let late: Progress = () => {};
    next.warmUp.mockImplementationOnce((signal, onProgress) => {
      late = onProgress;
      onProgress(1, 3);
      return new Promise((_, reject) => {
        signal.addEventListener('abort', () => {
          onProgress(2, 3);
          reject(signal.reason as Error);
        });
      });
    });
    await open();
    said();
    const train = ask({ kind: 'train', steps: 1 });
    await vi.waitFor(() => expect(sent).toHaveLength(1));
    await ask({ kind: 'stop' });
    expect(await train).toEqual({ kind: 'aborted' });
    late(3, 3);
    expect(said()).toEqual(['compiling 1/3', 'completed', 'idle', 'aborted']);

    next.warmUp.mockImplementation(threePrograms);
    await ask({ kind: 'train', steps: 1 });
    expect(said().slice(0, 5)).toEqual([...COMPILING, 'evaluating']);
  });

  it('takes a stop that came too late for the compiler to notice', async () => {
    next.warmUp.mockImplementationOnce(async (signal) => {
      await new Promise((resolve) => signal.addEventListener('abort', resolve));
      return 3;
    });
    await open();
    const train = ask({ kind: 'train', steps: 1 });
    await vi.waitFor(() => expect(next.warmUp).toHaveBeenCalled());
    await ask({ kind: 'stop' });
    expect(await train).toEqual({ kind: 'aborted' });
    expect(next.steps).toBe(0);
  });

  it('fails the request where a program does not compile', async () => {
    next.warmUp.mockRejectedValueOnce(new Error('no such type'));
    await open();
    expect(await ask({ kind: 'train', steps: 1 })).toEqual({
      kind: 'failed',
      failure: { code: 'internal', message: 'no such type' },
    });
  });
});

describe('a comparison in the worker', () => {
  const request = { kind: 'compare', users: ['plain', 'terse'] } as const;

  it('reports how far it is, and answers with the table', async () => {
    await open();
    said();
    expect(await ask(request)).toEqual({ kind: 'completed', value: { step: 0, rows: ['plain', 'terse'] } });
    const reports = sent.flatMap((message) =>
      'event' in message && message.event.kind === 'comparing' ? [message.event] : [],
    );
    expect(reports.map(({ done, total }) => `${done}/${total}`)).toEqual(['0/4', '2/4', '4/4']);
    expect(said().slice(0, 3)).toEqual(['compiling 1/2', 'evaluating', 'comparing']);
  });

  it('can be stopped', async () => {
    next.compare.mockImplementationOnce(
      (_, __, signal) =>
        new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error))),
    );
    await open();
    const running = ask(request);
    await vi.waitFor(() => expect(next.compare).toHaveBeenCalled());
    await ask({ kind: 'stop' });
    expect(await running).toEqual({ kind: 'aborted' });
  });
});

describe('looking into a step', () => {
  const inspect = (step: number) => ask({ kind: 'inspect', step, group: 1, rollout: 2 });

  it('is answered at once where nothing runs, without a word about what the engine does', async () => {
    await open();
    await ask({ kind: 'train', steps: 1 });
    said();
    expect(await inspect(1)).toEqual({ kind: 'completed', value: { step: 1, group: 1, rollout: 2 } });
    expect(said()).toEqual(['completed']);
    expect(next.inspect).toHaveBeenCalledExactlyOnceWith(1, 1, 2);
  });

  it('is answered between two steps of a run, which goes on', async () => {
    await open();
    let finish = () => {};
    const step = next.trainStep;
    next.trainStep = async () => {
      await new Promise<void>((resolve) => (finish = resolve));
      return step();
    };
    said();
    const train = ask({ kind: 'train', steps: null });
    await vi.waitFor(() =>
      expect(sent.map((message) => 'event' in message && message.event.kind)).toContain('status'),
    );
    const answers = [inspect(1), inspect(7)];
    await vi.waitFor(() => {
      finish();
      expect(next.steps).toBeGreaterThan(0);
    });
    expect(await Promise.all(answers)).toEqual([
      { kind: 'completed', value: { step: 1, group: 1, rollout: 2 } },
      { kind: 'completed', value: null },
    ]);
    await vi.waitFor(() => {
      finish();
      expect(next.steps).toBeGreaterThan(2);
    });
    expect(next.inspect).toHaveBeenCalledTimes(2);
    await ask({ kind: 'stop' });
    await vi.waitFor(() => {
      finish();
      expect(sent.filter((message) => 'id' in message && message.outcome.kind === 'aborted')).toHaveLength(1);
    });
    expect(await train).toEqual({ kind: 'aborted' });
  });

  it('finds nothing where no run is open any more, and says what went wrong where something did', async () => {
    await open();
    next.inspect.mockRejectedValueOnce(new Error('no such tensor'));
    expect(await inspect(0)).toEqual({
      kind: 'failed',
      failure: { code: 'internal', message: 'no such tensor' },
    });
    expect(await inspect(3)).toEqual({ kind: 'completed', value: null });
    await ask({ kind: 'train', steps: 1 });
    expect(next.steps).toBe(1);
  });
});

describe('a conversation in the worker', () => {
  const request = { kind: 'converse', gym: 'intention', seed: 1, from: 'policy' } as const;

  it('is begun after what has to be compiled, and goes on reply by reply', async () => {
    next.warmUp.mockImplementation(threePrograms);
    await open();
    said();
    expect(await ask(request)).toEqual({ kind: 'completed', value: { id: 1, gym: 'intention' } });
    expect(said()).toEqual([...COMPILING, 'talking', 'idle', 'completed']);
    expect(await ask({ kind: 'say', conversation: 1, text: 'hello' })).toEqual({
      kind: 'completed',
      value: { id: 1, text: 'hello' },
    });
    expect(await ask({ kind: 'say', conversation: 2, text: 'hello' })).toEqual({
      kind: 'completed',
      value: null,
    });
  });

  it('can be asked about, and put aside, while a run is on', async () => {
    const { trainStep } = next;
    // A real step lets messages in.
    next.trainStep = () => new Promise((resolve) => setTimeout(() => resolve(trainStep()), 5));
    await open();
    const training = ask({ kind: 'train', steps: null });
    await vi.waitFor(() => expect(next.steps).toBeGreaterThan(0));
    expect(await ask({ kind: 'hear', conversation: 1, text: 'hello' })).toMatchObject({
      value: { words: ['hello'] },
    });
    expect(await ask({ kind: 'addToTraining', conversations: [1, 2] })).toMatchObject({
      value: { added: true, person: 2 },
    });
    await ask({ kind: 'stop' });
    expect(await training).toEqual({ kind: 'aborted' });
  });

  it('can be stopped while the policy speaks', async () => {
    next.converse.mockImplementationOnce(
      (_, signal) =>
        new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error))),
    );
    await open();
    const running = ask(request);
    await vi.waitFor(() => expect(next.converse).toHaveBeenCalled());
    await ask({ kind: 'stop' });
    expect(await running).toEqual({ kind: 'aborted' });
  });
});
