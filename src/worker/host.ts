/** Devices and files as a browser's worker has them. */
import { env } from '@tensorflow/tfjs-core';
import wasmSimd from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm?url';
import wasmThreaded from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-threaded-simd.wasm?url';
import wasmPlain from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm.wasm?url';
import kernelsUrl from '../../build/kernels.wasm?url';
import type { DeviceHost, DeviceName } from '../kernels/device';

export const browserHost: DeviceHost = {
  gpu: () => Promise.resolve(navigator.gpu as GPU | undefined),
  async register(device: DeviceName) {
    if (device === 'webgpu') await import('@tensorflow/tfjs-backend-webgpu');
    else if (device === 'cpu') await import('@tensorflow/tfjs-backend-cpu');
    else {
      const { setWasmPaths } = await import('@tensorflow/tfjs-backend-wasm');
      // The single-threaded build: it exposes its memory, in which our own kernels work.
      env().set('WASM_HAS_MULTITHREAD_SUPPORT', false);
      setWasmPaths({
        'tfjs-backend-wasm.wasm': wasmPlain,
        'tfjs-backend-wasm-simd.wasm': wasmSimd,
        'tfjs-backend-wasm-threaded-simd.wasm': wasmThreaded,
      });
    }
  },
  async simdBinary() {
    const response = await fetch(kernelsUrl);
    if (!response.ok) throw new Error(`the compiled kernels are missing (HTTP ${response.status})`);
    return response.arrayBuffer();
  },
};
