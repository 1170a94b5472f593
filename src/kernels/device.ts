/**
 * Choosing where to compute, and saying why. A real GPU first; WebAssembly where there is none, or where the
 * "GPU" is software, which is slower at this than WebAssembly; plain JavaScript as the last resort.
 */
import { backend, env, ready, setBackend } from '@tensorflow/tfjs-core';
import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import { countAllocations } from './peak';
import { loadSimd } from './simd/module';

export type DeviceName = 'webgpu' | 'wasm' | 'cpu';
export type DevicePreference = DeviceName | 'auto';

export interface DeviceReport {
  readonly device: DeviceName;
  /** Adapter or instruction set, e.g. "nvidia ada-lovelace" or "SIMD". */
  readonly detail: string;
  /** Why this device and not a faster one, in words for the badge. */
  readonly reason: string;
}

/** What differs between the page and the terminal. */
export interface DeviceHost {
  /** `navigator.gpu`, or Dawn's in Node; undefined where there is none. */
  gpu(): Promise<GPU | undefined>;
  /** Registers TensorFlow.js' backend of that name, with the addresses of its files set. */
  register(device: DeviceName): Promise<void>;
  /** The compiled SIMD kernels. */
  simdBinary(): Promise<BufferSource>;
}

/** No device could be used, or not the one that was asked for. */
export class NoDeviceError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'NoDeviceError';
  }
}

interface Adapter {
  readonly name: string;
  readonly software: boolean;
}

async function findAdapter(host: DeviceHost): Promise<Adapter | string> {
  const gpu = await host.gpu();
  if (!gpu) return 'this browser has no WebGPU';
  const adapter = await gpu.requestAdapter().catch(() => null);
  if (!adapter) return 'WebGPU found no graphics adapter';
  // The types TensorFlow.js brings along are older than `info`.
  const { vendor, architecture, description } = (adapter as GPUAdapter & { readonly info: GPUAdapterInfo })
    .info;
  const name = [vendor, architecture].filter(Boolean).join(' ') || description || 'unnamed adapter';
  return {
    name,
    software: /swiftshader|llvmpipe|lavapipe|software|warp/i.test(`${vendor} ${architecture} ${description}`),
  };
}

/**
 * Makes a device current and returns what it is. With `auto` the best one that works; otherwise the one asked
 * for, or a `NoDeviceError` that says why it cannot be had.
 */
export async function openDevice(host: DeviceHost, preference: DevicePreference): Promise<DeviceReport> {
  const why: string[] = [];
  if (preference === 'auto' || preference === 'webgpu') {
    const adapter = await findAdapter(host);
    if (typeof adapter === 'string') why.push(adapter);
    else if (adapter.software && preference === 'auto')
      why.push(`the graphics adapter is software (${adapter.name}), slower at this than WebAssembly`);
    else if (await activate(host, 'webgpu', why)) {
      const chosen = preference === 'auto' ? 'a graphics adapter was found' : 'asked for';
      return {
        device: 'webgpu',
        detail: adapter.name,
        reason: adapter.software ? `${chosen}; the adapter is software` : chosen,
      };
    }
  }
  if (preference === 'auto' || preference === 'wasm') {
    if (await activate(host, 'wasm', why))
      return { device: 'wasm', detail: 'SIMD, 1 thread', reason: reasonFor(preference, why) };
  }
  if (preference === 'auto' || preference === 'cpu') {
    if (await activate(host, 'cpu', why))
      return { device: 'cpu', detail: 'plain JavaScript', reason: reasonFor(preference, why) };
  }
  throw new NoDeviceError(
    `Cannot compute on ${preference === 'auto' ? 'any device' : preference}: ${why.join('; ')}.`,
  );
}

const reasonFor = (preference: DevicePreference, why: readonly string[]) =>
  preference === 'auto' ? why.join('; ') || 'the best device here' : 'asked for';

async function activate(host: DeviceHost, device: DeviceName, why: string[]): Promise<boolean> {
  try {
    await host.register(device);
    if (!(await setBackend(device))) throw new Error('the backend did not start');
    await ready();
    countAllocations();
    if (device === 'wasm') await loadSimd(await host.simdBinary());
    // More dispatches a submit: at our sizes a submit costs more than a kernel.
    if (device === 'webgpu') env().set('WEBGPU_DEFERRED_SUBMIT_BATCH_SIZE', 256);
    return true;
  } catch (error) {
    why.push(`${device} failed to start (${error instanceof Error ? error.message : String(error)})`);
    return false;
  }
}

/**
 * Resolves with a description when the current GPU device is lost, or when it reports an error that nobody
 * caught: a shader that does not compile computes zeros and says so nowhere else. Never on other backends.
 */
export function deviceFault(): Promise<string> {
  const { device } = backend() as Partial<WebGPUBackend>;
  if (!device) return new Promise(() => {});
  return new Promise((resolve) => {
    void device.lost.then(({ message, reason }) => resolve(message || reason));
    device.addEventListener('uncapturederror', ({ error }) => resolve(error.message));
  });
}
