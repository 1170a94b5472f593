/** Every backend there is, opened once per test file. */
import {
  backend as currentBackend,
  engine,
  getBackend,
  setBackend,
  type Tensor,
} from '@tensorflow/tfjs-core';
import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import { fileURLToPath } from 'node:url';
import { nodeHost } from '../../src/headless/host';
import { backendOf, openDevice, type DeviceName } from '../../src/kernels/device';

const root = fileURLToPath(new URL('../..', import.meta.url));

const MISSING: Record<DeviceName, string> = {
  cpu: 'Run npm install.',
  wasm: 'Run npm install, then node scripts/build-kernels.mjs.',
  webgpu:
    'Run npm install (the package "webgpu" brings Dawn), and have a Vulkan driver: that of the GPU, or the software adapter that ' +
    'comes with Chromium (on Debian: apt install chromium). To go on without, set TURNWISE_ALLOW_MISSING_WEBGPU=1.',
};

async function open(device: DeviceName): Promise<boolean> {
  try {
    await openDevice(nodeHost(root), device);
    return true;
  } catch (error) {
    const message = `The ${device} backend does not start here (${error instanceof Error ? error.message : String(error)}). ${MISSING[device]}`;
    if (device !== 'webgpu' || process.env.TURNWISE_ALLOW_MISSING_WEBGPU !== '1')
      throw new Error(message, { cause: error });
    console.warn(message);
    return false;
  }
}

let opened: Promise<DeviceName[]> | undefined;

/** What WebGPU found wrong. It says so on the side, and goes on with results of zero. */
const complaints: string[] = [];

function listen(): void {
  const { device } = currentBackend() as WebGPUBackend;
  device.onuncapturederror = ({ error }) => void complaints.push(error.message);
}

async function openAll(): Promise<DeviceName[]> {
  const present: DeviceName[] = [];
  for (const device of ['cpu', 'wasm', 'webgpu'] as const) if (await open(device)) present.push(device);
  if (present.includes('webgpu')) listen();
  return present;
}

/** The backends of this machine, cpu (the reference) first. Fails where one is missing. */
export const openBackends = (): Promise<DeviceName[]> => (opened ??= openAll());

/** Runs on a backend and brings back plain numbers, leaving no tensor behind. */
export async function on<T>(backend: DeviceName, run: () => Promise<T>): Promise<T> {
  if (getBackend() !== backendOf(backend)) await setBackend(backendOf(backend));
  engine().startScope();
  try {
    const result = await run();
    if (complaints.length > 0) throw new Error(`WebGPU: ${complaints.splice(0).join('\n')}`);
    return result;
  } finally {
    engine().endScope();
  }
}

/** Reads tensors back. */
export const read = (tensors: readonly Tensor[]) =>
  Promise.all(tensors.map((tensor) => tensor.data() as Promise<Float32Array | Int32Array>));
