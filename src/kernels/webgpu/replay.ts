/** Recorded dispatches with bind groups and numbers of their own, ready to be encoded any number of times. */
import type { Dispatch, Encoder } from './encoder';
import { SLOT_BYTES, uniformBuffer } from './uniforms';

export class ReplayableDispatches {
  readonly #encoder: Encoder;
  readonly #dispatches: readonly Dispatch[];
  readonly #groups: readonly GPUBindGroup[];
  readonly #uniforms: GPUBuffer;

  constructor(encoder: Encoder, dispatches: readonly Dispatch[]) {
    const { device, queue } = encoder.backend;
    this.#encoder = encoder;
    this.#dispatches = dispatches;
    const uniforms = uniformBuffer(device, Math.max(1, dispatches.length));
    this.#uniforms = uniforms;
    const numbers = new Uint8Array(dispatches.length * SLOT_BYTES);
    dispatches.forEach((dispatch, i) => numbers.set(new Uint8Array(dispatch.uniforms), i * SLOT_BYTES));
    queue.writeBuffer(uniforms, 0, numbers);
    this.#groups = dispatches.map(({ layout, buffers }) =>
      device.createBindGroup({
        layout,
        entries: [
          ...buffers.map((buffer, binding) => ({ binding, resource: { buffer } })),
          { binding: buffers.length, resource: { buffer: uniforms, size: SLOT_BYTES } },
        ],
      }),
    );
  }

  replay(): void {
    this.#dispatches.forEach(({ pipeline, workgroups }, i) =>
      this.#encoder.encode(pipeline, this.#groups[i]!, i * SLOT_BYTES, workgroups),
    );
  }

  /** The numbers may still be read by dispatches under way; the device frees them when those are done. */
  dispose(): void {
    this.#encoder.submit();
    this.#uniforms.destroy();
  }
}
