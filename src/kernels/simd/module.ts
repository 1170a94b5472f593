/**
 * The SIMD kernels, compiled from the AssemblyScript beside this file, living in the very memory of
 * TensorFlow.js' wasm backend: they take addresses of tensors and copy nothing.
 */
import { backend } from '@tensorflow/tfjs-core';
import type * as Assembly from './assembly.d';

export type SimdExports = typeof Assembly;

let loaded: SimdExports | undefined;

/** The instance set up by `loadSimd`. Throws if that has not happened. */
export function simdModule(): SimdExports {
  if (!loaded) throw new Error('The SIMD kernels are not loaded: call loadSimd() after choosing the wasm backend.');
  return loaded;
}

/** What of Emscripten's module in the current wasm backend the kernels need. */
interface Host {
  readonly asm?: { readonly memory?: WebAssembly.Memory };
  readonly wasmMemory?: WebAssembly.Memory;
  _malloc(bytes: number): number;
}

/**
 * Room for packed blocks and attention scores. Attention over one sequence of L tokens with heads of width d
 * needs about 4 L (3 d + 8) bytes for its gradient, so that eight MiB see 33,000 tokens at d = 16 and 4,700 at
 * d = 128; beyond that the gradient is refused with a trap, while forward goes on more slowly.
 */
const SCRATCH_BYTES = 8 * 1024 * 1024;

/** The WebAssembly memory of the backend, wherever this build of Emscripten keeps it. */
function memoryOf(host: Host): WebAssembly.Memory {
  const memory = host.wasmMemory ?? host.asm?.memory;
  if (!(memory instanceof WebAssembly.Memory)) {
    throw new Error('This build of the TensorFlow.js wasm backend does not expose its memory.');
  }
  if (!(memory.buffer instanceof ArrayBuffer)) {
    throw new Error('The SIMD kernels need the wasm backend without threads: set WASM_HAS_MULTITHREAD_SUPPORT to false.');
  }
  return memory;
}

/**
 * Instantiates the compiled kernels over the memory of the wasm backend, which must be the current backend,
 * and hands them a scratch area there. The area is the backend's for good: it is never freed.
 */
export async function loadSimd(binary: BufferSource): Promise<void> {
  const { wasm: host } = backend() as unknown as { wasm: Host };
  const { instance } = await WebAssembly.instantiate(binary, { env: { memory: memoryOf(host) } });
  const kernels = instance.exports as unknown as SimdExports;
  const scratch = host._malloc(SCRATCH_BYTES);
  if (!scratch) throw new Error('The wasm backend has no memory left for the SIMD kernels.');
  kernels.useScratch(scratch, SCRATCH_BYTES);
  loaded = kernels;
}
