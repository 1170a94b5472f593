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

/** The WebAssembly memory of the current wasm backend, wherever this build of Emscripten keeps it. */
function backendMemory(): WebAssembly.Memory {
  const { wasm } = backend() as unknown as {
    wasm: { asm?: { memory?: WebAssembly.Memory }; wasmMemory?: WebAssembly.Memory };
  };
  const memory = wasm.wasmMemory ?? wasm.asm?.memory;
  if (!(memory instanceof WebAssembly.Memory)) {
    throw new Error('This build of the TensorFlow.js wasm backend does not expose its memory.');
  }
  return memory;
}

/** Instantiates the compiled kernels over the memory of the wasm backend, which must be the current backend. */
export async function loadSimd(binary: BufferSource): Promise<void> {
  const { instance } = await WebAssembly.instantiate(binary, { env: { memory: backendMemory() } });
  loaded = instance.exports as unknown as SimdExports;
}
