/** Looking into tensors that kernels change in place, and overwriting them. TensorFlow.js' own tensors never change. */
import { backend, type Tensor } from '@tensorflow/tfjs-core';
import type { Values } from './define';
import { currentEncoder } from './webgpu/encoder';

/** The processor's backends keep a tensor's values where we can reach them. */
const valuesOf = (tensor: Tensor): Values =>
  (backend() as unknown as { data: { get(id: object): { values: Values } } }).data.get(tensor.dataId).values;

/** Replaces all values of a tensor, after everything that was asked for before. */
export function overwrite(tensor: Tensor, values: Values): void {
  const encoder = currentEncoder();
  if (!encoder) {
    valuesOf(tensor).set(values);
    return;
  }
  const buffer = encoder.bufferOf(tensor.dataId);
  // Writes to a buffer come before whatever is submitted after them, so what is encoded already must go first.
  encoder.submit();
  encoder.backend.queue.writeBuffer(buffer, 0, values as unknown as BufferSource);
}

/** A copy of a tensor's values as they are when everything asked for so far is done. On WebGPU nothing waits for it. */
export async function peek(tensor: Tensor): Promise<Values> {
  const encoder = currentEncoder();
  if (!encoder) return valuesOf(tensor).slice();
  const { device } = encoder.backend;
  const source = encoder.bufferOf(tensor.dataId);
  const staging = device.createBuffer({
    size: source.size,
    usage: GPUBufferUsage.COPY_DST | GPUBufferUsage.MAP_READ,
  });
  encoder.submit();
  const copy = device.createCommandEncoder();
  copy.copyBufferToBuffer(source, 0, staging, 0, source.size);
  encoder.backend.queue.submit([copy.finish()]);
  await staging.mapAsync(GPUMapMode.READ);
  const bytes = staging.getMappedRange().slice(0);
  staging.destroy();
  return tensor.dtype === 'int32' ? new Int32Array(bytes) : new Float32Array(bytes);
}
