import type { Port } from '../worker/client';

/**
 * The bundler recognises this exact expression and gives the worker, with TensorFlow.js inside it, a
 * bundle of its own; the page's own script stays small.
 */
export function startWorker(): Port {
  return new Worker(new URL('../worker/worker.ts', import.meta.url), { type: 'module', name: 'engine' });
}
