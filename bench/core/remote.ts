/** The page's side of protocol.ts. */
import type { Answered, Answers, Connection, Request } from './protocol';

interface Waiting {
  resolve(value: Answers[Request['kind']]): void;
  reject(error: Error): void;
}

export function connect(worker: Worker): Connection {
  const waiting = new Map<number, Waiting>();
  let next = 0;
  const failAll = (message: string) => {
    for (const { reject } of waiting.values()) reject(new Error(message));
    waiting.clear();
  };
  worker.onmessage = ({ data }: MessageEvent<Answered>) => {
    const asked = waiting.get(data.id);
    waiting.delete(data.id);
    if ('error' in data) asked?.reject(new Error(data.error));
    else asked?.resolve(data.value);
  };
  worker.onerror = (event) => failAll(event.message || 'Its script did not load.');
  return {
    ask: (request) =>
      new Promise((resolve, reject) => {
        const id = next++;
        waiting.set(id, { resolve: resolve as Waiting['resolve'], reject });
        worker.postMessage({ id, request });
      }),
    close() {
      worker.terminate();
      failAll('It was closed.');
    },
  };
}

/** The same answer, or an error once `seconds` have passed. */
export function within<T>(seconds: number, promise: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(
      () => reject(new Error(`It did not answer within ${seconds} s.`)),
      seconds * 1000,
    );
    promise.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
