/** Devices and files as Node has them. */
import { readFile, rename, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { MOST_USEFUL_THREADS, type DeviceHost } from '../kernels/device';
import type { ThreadSetup } from '../kernels/simd/thread';
import type { Thread } from '../kernels/simd/threads';
import type { ReadFile } from '../policy/checkpoint';
import { CheckpointError } from '../policy/errors';

/** WebGPU from the npm package `webgpu` (Dawn). Kept, because Dawn ends with its garbage-collected instance. */
let gpu: Promise<GPU | undefined> | undefined;

async function dawn(): Promise<GPU | undefined> {
  try {
    const { create, globals } = await import('webgpu');
    Object.assign(globalThis, globals);
    const instance = create([]);
    // TensorFlow.js looks for it where a browser has it.
    Object.defineProperty(globalThis, 'navigator', { value: { gpu: instance }, configurable: true });
    return instance;
  } catch {
    return undefined;
  }
}

function startThread(script: string, setup: ThreadSetup): Promise<Thread> {
  const worker = new Worker(script, { workerData: setup });
  return new Promise((resolve, reject) => {
    worker.once('message', () => {
      // It waits for work for ever; the process shall not wait for it.
      worker.unref();
      resolve({ end: () => void worker.terminate() });
    });
    worker.once('error', reject);
    worker.once('exit', () => reject(new Error('a thread ended before it began')));
  });
}

/** `root` is the folder of the project, in which build/ lies. */
export function nodeHost(
  root: string,
  threads = Math.min(availableParallelism(), MOST_USEFUL_THREADS),
): DeviceHost {
  const built = (file: string) => join(root, 'build', 'kernels', file);
  return {
    gpu: () => (gpu ??= dawn()),
    simdBinary: async (variant) => new Uint8Array(await readFile(built(`${variant}.wasm`))),
    startThread: (setup) => startThread(built('thread.mjs'), setup),
    threads,
  };
}

/** Reads checkpoint files from a folder. */
export function readFrom(folder: string): ReadFile {
  return async (file) => {
    const path = join(folder, file);
    try {
      return new Uint8Array(await readFile(path)).buffer;
    } catch {
      throw new CheckpointError('checkpoint-missing', `${path} is not there or cannot be read.`);
    }
  };
}

/** Written beside and moved into place: being cut off while saving must not lose the file before. */
export async function writeWhole(path: string, bytes: Uint8Array): Promise<void> {
  await writeFile(`${path}.part`, bytes);
  await rename(`${path}.part`, path);
}
