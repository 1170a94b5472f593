/**
 * Opening the graphics device for TensorFlow.js. Its own way of doing so asks for no optional feature and for few
 * bindings; ours takes subgroups where there are any, and as many and as large buffers as the adapter allows.
 */
import { engine, registerBackend, removeBackend } from '@tensorflow/tfjs-core';
import { preferCopies } from './stock';

/** Features of WebGPU that kernels make use of, where the adapter has them. */
const WANTED = ['subgroups'] as const;

const LIMITS = [
  'maxBufferSize',
  'maxStorageBufferBindingSize',
  'maxStorageBuffersPerShaderStage',
  'maxComputeWorkgroupsPerDimension',
  'maxComputeInvocationsPerWorkgroup',
  'maxComputeWorkgroupSizeX',
  'maxComputeWorkgroupStorageSize',
] as const;

/** What newer browsers tell of an adapter beyond the types TensorFlow.js brings along. */
export interface AdapterInfo {
  readonly vendor: string;
  readonly architecture: string;
  readonly description: string;
  readonly subgroupMinSize?: number;
}

export const infoOf = (adapter: GPUAdapter): AdapterInfo =>
  (adapter as GPUAdapter & { readonly info: AdapterInfo }).info;

/** Registers the backend, unless it is there already. */
export async function registerWebGpu(adapter: GPUAdapter): Promise<void> {
  const { WebGPUBackend } = await import('@tensorflow/tfjs-backend-webgpu');
  // Asking TensorFlow.js for the backend by name would have it open a device of its own.
  if (engine().registry.webgpu) return;
  const requiredFeatures = WANTED.filter((feature) =>
    adapter.features.has(feature as GPUFeatureName),
  ) as unknown as GPUFeatureName[];
  const requiredLimits = Object.fromEntries(LIMITS.map((limit) => [limit, adapter.limits[limit] as number]));
  const device = await adapter.requestDevice({ requiredFeatures, requiredLimits });
  preferCopies();
  removeBackend('webgpu');
  registerBackend('webgpu', () => new WebGPUBackend(device, infoOf(adapter) as GPUAdapterInfo));
}

/** Threads that surely run in lockstep and can add up registers; 0 where the device cannot. */
export const subgroupWidth = (adapter: GPUAdapter, device: GPUDevice): number =>
  device.features.has('subgroups' as GPUFeatureName) ? (infoOf(adapter).subgroupMinSize ?? 0) : 0;
