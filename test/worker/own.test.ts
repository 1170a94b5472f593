/** The engine's own script with a real session: a gym of one's own is opened from a table and trained. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { OwnTable } from '../../src/gyms/own/table';
import type { FromWorker, Opened, Request, ToWorker } from '../../src/worker/protocol';
import { instruments, repairs, tableOf } from '../gyms/own/tables';
import { ROOT } from '../support/device';
import { smallSettings } from '../support/trainers';

vi.mock('../../src/worker/host', async () => {
  const { nodeHost } = await import('../../src/headless/host');
  const { ROOT: root } = await import('../support/device');
  return { browserHost: nodeHost(root, 1) };
});

const sent: FromWorker[] = [];
const scope: { onmessage?: (event: { data: ToWorker }) => void } = {};
let ids = 0;

async function ask(request: Request) {
  const id = ++ids;
  scope.onmessage?.({ data: structuredClone({ id, request }) });
  return vi.waitFor(
    () => {
      for (const message of sent) if ('id' in message && message.id === id) return message.outcome;
      throw new Error('not answered yet');
    },
    { interval: 20, timeout: 50_000 },
  );
}

beforeAll(async () => {
  vi.stubGlobal(
    'self',
    Object.assign(scope, {
      location: { origin: 'http://turnwise.test' },
      postMessage: (message: FromWorker) => sent.push(structuredClone(message)),
    }),
  );
  vi.stubGlobal('fetch', async (address: string) => {
    const file = decodeURIComponent(new URL(address).pathname);
    return new Response(await readFile(join(ROOT, file)));
  });
  await import('../../src/worker/worker');
});
afterAll(() => void vi.unstubAllGlobals());

const settings = smallSettings({
  gym: 'own',
  maxTurns: 3,
  sftSteps: 2,
  sftBatch: 2,
  evaluateEvery: 0,
  evaluationEpisodes: 8,
});
const open = (table?: OwnTable) => ask({ kind: 'open', settings, device: 'wasm', ...(table && { table }) });

describe("a gym of one's own in the engine", () => {
  it.each([
    ['things', instruments()],
    ['tasks', repairs()],
  ])('opens, is cold-started and makes two steps: %s', async (_kind, table) => {
    const opened = await open(table);
    expect(opened).toMatchObject({ kind: 'completed', value: { policy: { checkpoint: 'nano' } } });
    if (opened.kind !== 'completed') return;
    const { baselines } = opened.value as Opened;
    expect(baselines.oracle).toBeGreaterThan(baselines.random);
    expect(await ask({ kind: 'coldStart' })).toEqual({ kind: 'completed', value: { step: 2 } });
    sent.length = 0;
    expect(await ask({ kind: 'train', steps: 2 })).toEqual({ kind: 'completed', value: { step: 2 } });
    const steps = sent.flatMap((message) =>
      'event' in message && message.event.kind === 'step' ? [message.event] : [],
    );
    expect(steps.map(({ metrics }) => metrics.step)).toEqual([1, 2]);
    expect(steps[0]!.groups[0]!.task).toMatch(/^own\/train-/);
  });

  it('says what to do where there is no table, or one that cannot be played or taught', async () => {
    expect(await open()).toMatchObject({
      kind: 'failed',
      failure: {
        code: 'bad-settings',
        message: expect.stringMatching(/paste or choose its table/) as string,
      },
    });
    const twins: OwnTable = { ...instruments(), things: instruments().things.slice(0, 2) };
    expect(
      await open({ ...twins, things: [twins.things[0]!, { ...twins.things[0]!, name: 'viola' }] }),
    ).toMatchObject({
      kind: 'failed',
      failure: { code: 'bad-settings', message: expect.stringMatching(/same answers/) as string },
    });
    const file = tableOf('[{"question": "Who wrote the Eroica symphony?", "answer": "Beethoven"}]');
    expect(await open(file)).toMatchObject({
      kind: 'failed',
      failure: { code: 'checkpoint-unfit', message: expect.stringMatching(/larger policies/) as string },
    });
  });
});
