/**
 * The numbers of all dispatches of a submit in one buffer, a slot each, bound at a dynamic offset. Slots are
 * free again after a submit: the next upload is queued behind the dispatches that read them.
 */

/** Bytes of a slot; offsets must be multiples of this on every device (limit minUniformBufferOffsetAlignment). */
export const SLOT_BYTES = 256;
const SLOTS = 1024;

export class UniformArena {
  readonly #device: GPUDevice;
  readonly #buffer: GPUBuffer;
  readonly #staged = new Uint8Array(SLOTS * SLOT_BYTES);
  #used = 0;

  constructor(device: GPUDevice) {
    this.#device = device;
    this.#buffer = uniformBuffer(device, SLOTS);
  }

  get binding(): GPUBufferBinding {
    return { buffer: this.#buffer, offset: 0, size: SLOT_BYTES };
  }

  get full(): boolean {
    return this.#used === SLOTS;
  }

  /** Stages one dispatch's numbers, at most a slot of them; returns their offset. */
  add(numbers: ArrayBuffer): number {
    const offset = this.#used++ * SLOT_BYTES;
    this.#staged.set(new Uint8Array(numbers), offset);
    return offset;
  }

  /** Queues the upload of all that was staged since the last one. */
  upload(): void {
    if (this.#used === 0) return;
    this.#device.queue.writeBuffer(this.#buffer, 0, this.#staged, 0, this.#used * SLOT_BYTES);
    this.#used = 0;
  }
}

/** A buffer of so many slots. */
export const uniformBuffer = (device: GPUDevice, slots: number): GPUBuffer =>
  device.createBuffer({
    size: slots * SLOT_BYTES,
    usage: GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST,
  });
