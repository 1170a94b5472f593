import { describe, expect, it } from 'vitest';
import { DEFAULT_SETTINGS } from '../../src/runs/settings';
import { EngineClient, type Port } from '../../src/worker/client';
import type { EngineEvent, FromWorker, ToWorker } from '../../src/worker/protocol';

/** A worker that does nothing by itself; the test says what it sends. */
class FakePort implements Port {
  readonly sent: ToWorker[] = [];
  terminated = false;
  refuse = false;
  readonly #listeners: { type: string; call: (event: never) => void }[] = [];

  addEventListener(type: string, call: (event: never) => void): void {
    this.#listeners.push({ type, call });
  }
  postMessage(message: ToWorker): void {
    if (this.refuse) throw new Error('could not be cloned');
    this.sent.push(message);
  }
  terminate(): void {
    this.terminated = true;
  }
  fire(type: 'message' | 'error' | 'messageerror', event: object): void {
    for (const listener of this.#listeners) if (listener.type === type) listener.call(event as never);
  }
  say(data: FromWorker): void {
    this.fire('message', { data });
  }
}

function engine() {
  const ports: FakePort[] = [];
  const client = new EngineClient(() => {
    const port = new FakePort();
    ports.push(port);
    return port;
  });
  const port = (n = 0): FakePort => {
    const found = ports[n];
    if (!found) throw new Error(`no port ${n}`);
    return found;
  };
  return { client, ports, port };
}

describe('the engine client', () => {
  it('starts the worker at the first open only', () => {
    const { client, ports } = engine();
    expect(ports).toHaveLength(0);
    void client.open(DEFAULT_SETTINGS, 'auto');
    void client.open(DEFAULT_SETTINGS, 'wasm');
    expect(ports).toHaveLength(1);
    expect(ports[0]?.sent.map((one) => one.request)).toMatchObject([
      { kind: 'open', device: 'auto' },
      { kind: 'open', device: 'wasm' },
    ]);
  });

  it('gives each answer to the request it belongs to, in any order', async () => {
    const { client, port } = engine();
    void client.open(DEFAULT_SETTINGS, 'auto');
    const train = client.train(3);
    const stop = client.stop();
    const [, first, second] = port().sent;
    port().say({ id: second?.id ?? 0, outcome: { kind: 'completed', value: null } });
    port().say({ id: first?.id ?? 0, outcome: { kind: 'completed', value: { step: 3 } } });
    expect(await stop).toEqual({ kind: 'completed', value: null });
    expect(await train).toEqual({ kind: 'completed', value: { step: 3 } });
  });

  it('passes events on until told not to', () => {
    const { client, port } = engine();
    const seen: EngineEvent[] = [];
    const end = client.onEvent((event) => seen.push(event));
    void client.open(DEFAULT_SETTINGS, 'auto');
    const event: EngineEvent = { kind: 'status', phase: 'loading', text: 'loading' };
    port().say({ event });
    end();
    port().say({ event });
    expect(seen).toEqual([event]);
  });

  it('turns a crash into failures of everything pending, and starts afresh at the next open', async () => {
    const { client, ports, port } = engine();
    const open = client.open(DEFAULT_SETTINGS, 'auto');
    const train = client.train(null);
    port().say({ event: { kind: 'status', phase: 'loading', text: '' } });
    port().fire('error', { message: 'out of memory' });
    for (const outcome of [await open, await train]) {
      expect(outcome).toMatchObject({ kind: 'failed', failure: { code: 'internal' } });
      expect(outcome.kind === 'failed' && outcome.failure.message).toContain('out of memory');
    }
    expect(port().terminated).toBe(true);
    expect(client.running).toBe(false);
    expect(await client.train(1)).toMatchObject({
      kind: 'failed',
      failure: { message: 'The engine is not running.' },
    });
    void client.open(DEFAULT_SETTINGS, 'auto');
    expect(ports).toHaveLength(2);
  });

  it('knows a script that never came from one that crashed', async () => {
    const { client, port } = engine();
    const open = client.open(DEFAULT_SETTINGS, 'auto');
    port().fire('error', {});
    expect(await open).toMatchObject({ kind: 'failed', failure: { code: 'no-engine' } });
  });

  it('does not listen to a worker that is gone', () => {
    const { client, port } = engine();
    const seen: EngineEvent[] = [];
    client.onEvent((event) => seen.push(event));
    void client.open(DEFAULT_SETTINGS, 'auto');
    port().fire('messageerror', {});
    void client.open(DEFAULT_SETTINGS, 'auto');
    port(0).say({ event: { kind: 'status', phase: 'idle', text: '' } });
    port(0).fire('error', {});
    expect(seen).toEqual([]);
    expect(client.running).toBe(true);
  });

  it('fails a message that cannot be read, one that cannot be sent, and a worker that cannot be made', async () => {
    const { client, port } = engine();
    const open = client.open(DEFAULT_SETTINGS, 'auto');
    port().fire('messageerror', {});
    expect(await open).toMatchObject({ kind: 'failed' });

    const again = client.open(DEFAULT_SETTINGS, 'auto');
    port(1).refuse = true;
    expect(await client.train(1)).toMatchObject({ kind: 'failed' });
    client.terminate();
    expect(await again).toEqual({ kind: 'aborted' });

    const broken = new EngineClient(() => {
      throw new Error('workers are forbidden here');
    });
    expect(await broken.open(DEFAULT_SETTINGS, 'auto')).toMatchObject({
      kind: 'failed',
      failure: { message: 'The engine could not be started: workers are forbidden here.' },
    });
  });
});
