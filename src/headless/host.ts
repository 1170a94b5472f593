/** Devices and files as Node has them. */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, sep } from 'node:path';
import { env } from '@tensorflow/tfjs-core';
import type { DeviceHost, DeviceName } from '../kernels/device';
import type { ReadFile } from '../policy/checkpoint';
import { CheckpointError } from '../policy/errors';

const require = createRequire(import.meta.url);

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

/** `root` is the folder of the project, in which build/ and node_modules/ lie. */
export function nodeHost(root: string): DeviceHost {
  return {
    gpu: () => (gpu ??= dawn()),
    async register(device: DeviceName) {
      if (device === 'webgpu') await import('@tensorflow/tfjs-backend-webgpu');
      else if (device === 'cpu') await import('@tensorflow/tfjs-backend-cpu');
      else {
        const { setWasmPaths } = await import('@tensorflow/tfjs-backend-wasm');
        // The single-threaded build: it exposes its memory, in which our own kernels work.
        env().set('WASM_HAS_MULTITHREAD_SUPPORT', false);
        setWasmPaths(dirname(require.resolve('@tensorflow/tfjs-backend-wasm')) + sep);
      }
    },
    simdBinary: async () => new Uint8Array(await readFile(join(root, 'build', 'kernels.wasm'))),
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
