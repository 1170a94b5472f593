/**
 * Contestants that run in Python, beside the browser. The program that drives the browser starts them and lends
 * the page one function; without it there are none.
 */
import type { Connection, Request } from './protocol';
import type { Entry } from './registry';

declare global {
  interface Window {
    /** Sends a request to the named Python program; the answer is JSON as in protocol.ts. */
    benchPython?: (program: string, request: string) => Promise<string>;
  }
}

function connectPython(program: string): Connection {
  return {
    async ask(request) {
      const answer = JSON.parse(await window.benchPython!(program, JSON.stringify(request))) as
        { readonly value: never } | { readonly error: string };
      if ('error' in answer) throw new Error(answer.error);
      return answer.value;
    },
    close() {
      const close: Request | { kind: 'close' } = { kind: 'close' };
      void window.benchPython!(program, JSON.stringify(close));
    },
  };
}

/** The Python contestants, if there is a Python. */
export function pythonEntries(): Entry[] {
  if (!window.benchPython) return [];
  const entry = (id: string, name: string, task: Entry['tasks'], program = id): Entry => ({
    id,
    name,
    version: '',
    ours: false,
    tasks: task,
    backends: ['python'],
    alike: false,
    takes: ({ id: workload }) => workload !== 'demo',
    start: () => connectPython(program),
  });
  return [
    entry('torch', 'PyTorch, eager', ['train', 'sample']),
    entry('generate', 'PyTorch, Transformers generate', ['sample']),
    entry('trl', 'TRL GRPOTrainer', ['grpo']),
  ];
}
