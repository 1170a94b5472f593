/**
 * The page's end of the protocol: requests become promises, everything else becomes events.
 *
 * Nothing here throws and no promise stays open: a worker that dies (a script error, a message that
 * cannot be read) turns everything still pending into `failed`, and the next `open` starts a new one.
 */
import type { OwnTable } from '../gyms/own/table';
import type { ConversationRequest } from '../runs/conversation';
import type { Settings } from '../runs/settings';
import type {
  DevicePreference,
  EngineEvent,
  FailureCode,
  FromWorker,
  Outcome,
  Request,
  ResultOf,
  ToWorker,
  UserStrength,
} from './protocol';

/** The part of `Worker` that is used, so that a script can play the engine in tests. */
export interface Port {
  postMessage(message: ToWorker): void;
  terminate(): void;
  addEventListener(type: 'message', listener: (event: { readonly data: FromWorker }) => void): void;
  addEventListener(type: 'messageerror', listener: () => void): void;
  addEventListener(type: 'error', listener: (event: { readonly message?: string }) => void): void;
}

type Kind = Request['kind'];
type AnyOutcome = Outcome<ResultOf[Kind]>;

export class EngineClient {
  readonly #start: () => Port;
  readonly #listeners = new Set<(event: EngineEvent) => void>();
  readonly #pending = new Map<number, (outcome: AnyOutcome) => void>();
  #port: Port | null = null;
  #nextId = 1;

  /** `start` makes the worker; it is called at the first `open`, and again after a crash. */
  constructor(start: () => Port) {
    this.#start = start;
  }

  get running(): boolean {
    return this.#port !== null;
  }

  /** Gives back what ends the subscription. */
  onEvent(listener: (event: EngineEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  open(settings: Settings, device: DevicePreference, table?: OwnTable): Promise<Outcome<ResultOf['open']>> {
    try {
      this.#port ??= this.#listen(this.#start());
    } catch (error) {
      return Promise.resolve(failed('no-engine', `The engine could not be started: ${describe(error)}.`));
    }
    return this.#ask<'open'>({ kind: 'open', settings, device, ...(table && { table }) });
  }

  configure(settings: Settings): Promise<Outcome<ResultOf['configure']>> {
    return this.#ask<'configure'>({ kind: 'configure', settings });
  }

  train(steps: number | null): Promise<Outcome<ResultOf['train']>> {
    return this.#ask<'train'>({ kind: 'train', steps });
  }

  coldStart(): Promise<Outcome<ResultOf['coldStart']>> {
    return this.#ask<'coldStart'>({ kind: 'coldStart' });
  }

  evaluate(decoding: 'sampled' | 'greedy'): Promise<Outcome<ResultOf['evaluate']>> {
    return this.#ask<'evaluate'>({ kind: 'evaluate', decoding });
  }

  compare(users: readonly UserStrength[]): Promise<Outcome<ResultOf['compare']>> {
    return this.#ask<'compare'>({ kind: 'compare', users });
  }

  inspect(step: number, group: number, rollout: number): Promise<Outcome<ResultOf['inspect']>> {
    return this.#ask<'inspect'>({ kind: 'inspect', step, group, rollout });
  }

  converse(request: ConversationRequest): Promise<Outcome<ResultOf['converse']>> {
    return this.#ask<'converse'>({ kind: 'converse', ...request });
  }

  say(conversation: number, text: string): Promise<Outcome<ResultOf['say']>> {
    return this.#ask<'say'>({ kind: 'say', conversation, text });
  }

  hear(conversation: number, text: string): Promise<Outcome<ResultOf['hear']>> {
    return this.#ask<'hear'>({ kind: 'hear', conversation, text });
  }

  addToTraining(conversations: readonly number[]): Promise<Outcome<ResultOf['addToTraining']>> {
    return this.#ask<'addToTraining'>({ kind: 'addToTraining', conversations });
  }

  stop(): Promise<Outcome<ResultOf['stop']>> {
    return this.#ask<'stop'>({ kind: 'stop' });
  }

  /** Ends the worker at once, whatever it is doing. What was pending is `aborted`. */
  terminate(): void {
    this.#drop({ kind: 'aborted' });
  }

  #ask<K extends Kind>(request: Extract<Request, { kind: K }>): Promise<Outcome<ResultOf[K]>> {
    const port = this.#port;
    if (!port) return Promise.resolve(internal('The engine is not running.'));
    const id = this.#nextId++;
    return new Promise((resolve) => {
      // The answer to a request of kind K carries ResultOf[K]; the id is what ties the two together.
      this.#pending.set(id, resolve as (outcome: AnyOutcome) => void);
      try {
        port.postMessage({ id, request });
      } catch (error) {
        this.#pending.delete(id);
        resolve(internal(`The request could not be sent to the engine: ${describe(error)}.`));
      }
    });
  }

  #listen(port: Port): Port {
    // A dead worker may still have messages under way; they belong to a run that is gone.
    const current = (): boolean => this.#port === port;
    let heard = false;
    port.addEventListener('message', ({ data }) => {
      heard = true;
      if (current()) this.#receive(data);
    });
    port.addEventListener('error', (event) => {
      if (!current()) return;
      const cause = event.message ? ` (${event.message})` : '';
      this.#drop(
        heard
          ? internal(`The engine stopped with an error it did not expect${cause}.`)
          : failed('no-engine', `The engine's script could not be loaded or started${cause}.`),
      );
    });
    port.addEventListener('messageerror', () => {
      if (current()) this.#drop(internal('A message from the engine could not be read.'));
    });
    return port;
  }

  #receive(message: FromWorker): void {
    if ('event' in message) {
      for (const listener of this.#listeners) listener(message.event);
      return;
    }
    const resolve = this.#pending.get(message.id);
    this.#pending.delete(message.id);
    resolve?.(message.outcome);
  }

  #drop(outcome: Outcome<never>): void {
    this.#port?.terminate();
    this.#port = null;
    const waiting = [...this.#pending.values()];
    this.#pending.clear();
    for (const resolve of waiting) resolve(outcome);
  }
}

function failed(code: FailureCode, message: string): Outcome<never> {
  return { kind: 'failed', failure: { code, message } };
}

function internal(message: string): Outcome<never> {
  return failed('internal', message);
}

function describe(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
