/** Devices and files as a browser's worker has them. */
import plain from '../../build/kernels/plain.wasm?url';
import relaxed from '../../build/kernels/relaxed.wasm?url';
import shared from '../../build/kernels/shared.wasm?url';
import sharedRelaxed from '../../build/kernels/shared-relaxed.wasm?url';
import { MOST_USEFUL_THREADS, type DeviceHost } from '../kernels/device';

/** How long a thread may take to load its script; a page that cannot load it computes on one thread. */
const THREAD_PATIENCE_MS = 10_000;

const BINARIES = { plain, relaxed, shared, 'shared-relaxed': sharedRelaxed };

export const browserHost: DeviceHost = {
  gpu: () => Promise.resolve(navigator.gpu as GPU | undefined),
  async simdBinary(variant) {
    const response = await fetch(BINARIES[variant]);
    if (!response.ok) throw new Error(`the compiled kernels are missing (HTTP ${response.status})`);
    return response.arrayBuffer();
  },
  startThread(setup) {
    const worker = new Worker(new URL('./thread.ts', import.meta.url), { type: 'module' });
    return new Promise((resolve, reject) => {
      const give = (why: string) => {
        worker.terminate();
        reject(new Error(why));
      };
      const timer = setTimeout(() => give('a thread did not start in time'), THREAD_PATIENCE_MS);
      worker.onmessage = () => {
        clearTimeout(timer);
        resolve({ end: () => worker.terminate() });
      };
      worker.onerror = () => {
        clearTimeout(timer);
        give('a thread could not load its script');
      };
      worker.postMessage(setup);
    });
  },
  threads: Math.min(navigator.hardwareConcurrency, MOST_USEFUL_THREADS),
};
