/**
 * Choosing where to compute, and saying why. A real GPU first; WebAssembly where there is none, or where the
 * "GPU" is software, which is slower at this than WebAssembly; plain JavaScript as the last resort.
 */
import { backend, env, ready, setBackend } from '@tensorflow/tfjs-core';
import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import { countAllocations } from './peak';
import { SIMD_BACKEND } from './simd/name';
import type { SimdHost } from './simd/open';
import { infoOf, registerWebGpu, subgroupWidth } from './webgpu/open';
import { isCalibrated } from './webgpu/profile';

export type DeviceName = 'webgpu' | 'wasm' | 'cpu';
export type DevicePreference = DeviceName | 'auto';

export interface DeviceReport {
  readonly device: DeviceName;
  /** Adapter or instruction set, e.g. "nvidia ada-lovelace" or "SIMD (relaxed), 2 threads". */
  readonly detail: string;
  /** Why this device and not a faster one, in words for the badge. */
  readonly reason: string;
}

/** What differs between the page and the terminal. */
export interface DeviceHost extends SimdHost {
  /** `navigator.gpu`, or Dawn's in Node; undefined where there is none. */
  gpu(): Promise<GPU | undefined>;
}

/** More threads than this our small products do not repay. */
export const MOST_USEFUL_THREADS = 8;

/** No device could be used, or not the one that was asked for. */
export class NoDeviceError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'NoDeviceError';
  }
}

interface Found {
  readonly adapter: GPUAdapter;
  readonly name: string;
  readonly software: boolean;
}

async function findAdapter(host: DeviceHost): Promise<Found | string> {
  const gpu = await host.gpu();
  if (!gpu) return 'this browser has no WebGPU';
  const adapter = await gpu.requestAdapter({ powerPreference: 'high-performance' }).catch(() => null);
  if (!adapter) return 'WebGPU found no graphics adapter';
  const { vendor, architecture, description } = infoOf(adapter);
  const name = [vendor, architecture].filter(Boolean).join(' ') || description || 'unnamed adapter';
  const software = /swiftshader|llvmpipe|lavapipe|software|warp/i.test(
    `${vendor} ${architecture} ${description}`,
  );
  return { adapter, name, software };
}

/**
 * Makes a device current and returns what it is. With `auto` the best one that works; otherwise the one asked
 * for, or a `NoDeviceError` that says why it cannot be had.
 */
export async function openDevice(host: DeviceHost, preference: DevicePreference): Promise<DeviceReport> {
  const why: string[] = [];
  if (preference === 'auto' || preference === 'webgpu') {
    const found = await findAdapter(host);
    if (typeof found === 'string') why.push(found);
    else if (found.software && preference === 'auto')
      why.push(`the graphics adapter is software (${found.name}), slower at this than WebAssembly`);
    else if ((await activate(host, 'webgpu', why, found)) !== undefined) {
      const chosen = preference === 'auto' ? 'a graphics adapter was found' : 'asked for';
      return {
        device: 'webgpu',
        detail: found.name,
        reason: found.software ? `${chosen}; the adapter is software` : chosen,
      };
    }
  }
  if (preference === 'auto' || preference === 'wasm') {
    const detail = await activate(host, 'wasm', why);
    if (detail !== undefined) return { device: 'wasm', detail, reason: reasonFor(preference, why) };
  }
  if (preference === 'auto' || preference === 'cpu') {
    const detail = await activate(host, 'cpu', why);
    if (detail !== undefined) return { device: 'cpu', detail, reason: reasonFor(preference, why) };
  }
  throw new NoDeviceError(
    `Cannot compute on ${preference === 'auto' ? 'any device' : preference}: ${why.join('; ')}.`,
  );
}

const reasonFor = (preference: DevicePreference, why: readonly string[]) =>
  preference === 'auto' ? why.join('; ') || 'the best device here' : 'asked for';

/** Name of a device in TensorFlow.js' registry. */
export const backendOf = (device: DeviceName): string => (device === 'wasm' ? SIMD_BACKEND : device);

/** Has TensorFlow.js know the backend of a device, and says what is to be said of it. */
async function register(host: DeviceHost, device: DeviceName, found: Found | undefined): Promise<string> {
  if (device === 'wasm') return (await (await import('./simd/open')).openSimd(host)).detail;
  if (device === 'cpu') await import('@tensorflow/tfjs-backend-cpu');
  else await registerWebGpu(found!.adapter);
  return device === 'cpu' ? 'plain JavaScript' : '';
}

/** Makes a device current. Returns what is to be said of it, or notes why it is none. */
async function activate(
  host: DeviceHost,
  device: DeviceName,
  why: string[],
  found?: Found,
): Promise<string | undefined> {
  try {
    const detail = await register(host, device, found);
    if (!(await setBackend(backendOf(device)))) throw new Error('the backend did not start');
    await ready();
    countAllocations();
    if (device === 'webgpu') await suit(backend() as WebGPUBackend, found!);
    return detail;
  } catch (error) {
    why.push(`${device} failed to start (${error instanceof Error ? error.message : String(error)})`);
    return undefined;
  }
}

/** Finds out how the graphics device computes fastest, once. */
async function suit(graphics: WebGPUBackend, { adapter, software }: Found): Promise<void> {
  // More dispatches a submit: at our sizes a submit costs more than a kernel.
  env().set('WEBGPU_DEFERRED_SUBMIT_BATCH_SIZE', 256);
  if (isCalibrated(graphics)) return;
  const { calibrate } = await import('./webgpu/self-test');
  await calibrate(graphics, { software, subgroupWidth: subgroupWidth(adapter, graphics.device) });
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
