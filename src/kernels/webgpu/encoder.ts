/**
 * Putting dispatches into TensorFlow.js' command stream. At our sizes a kernel costs less than the JavaScript that
 * asks for it, so what TensorFlow.js does anew for every call is done once here: pipelines and bind groups are
 * kept, the numbers of all dispatches of a submit lie in one buffer, and a buffer that is given back is used
 * again at once, because the queue runs everything in order anyway.
 */
import { backend as currentBackend, getBackend, memory, type DataId } from '@tensorflow/tfjs-core';
import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import { onlyTile, profileOf, setProfile, tilesOf } from './profile';
import { UniformArena } from './uniforms';

/** What a pipeline is made of. */
export interface Shader {
  readonly code: string;
  /** Binding types in order; the uniforms come last and are added here. */
  readonly bindings: readonly ('storage' | 'read-only-storage')[];
}

/** One dispatch, ready to be encoded again and again. */
export interface Dispatch {
  readonly pipeline: GPUComputePipeline;
  readonly layout: GPUBindGroupLayout;
  readonly buffers: readonly GPUBuffer[];
  readonly uniforms: ArrayBuffer;
  readonly workgroups: readonly [number, number];
}

interface Pipeline {
  readonly id: number;
  readonly layout: GPUBindGroupLayout;
  readonly descriptor: GPUComputePipelineDescriptor;
  ready: GPUComputePipeline | undefined;
  /** Whether it is being compiled aside. */
  underWay: boolean;
}

/** What we use of TensorFlow.js' backend beyond its declared interface. */
interface Internals {
  computePassEncoder: GPUComputePassEncoder | null;
  dispatchCountInPass: number;
  commandEncoder: GPUCommandEncoder;
  ensureCommandEncoderReady(): void;
  endComputePassEncoder(): void;
  submitQueue(): void;
  uploadToGPU(id: DataId): void;
  readonly tensorMap: { get(id: DataId): { resource: GPUBuffer | null } };
}

/** Dispatches before a submit. A submit costs about as much as twenty dispatches; endless ones would stall the page's own drawing. */
const DISPATCHES_PER_SUBMIT = 256;
/** Bind groups kept; beyond it all are forgotten, which costs a step that makes them anew. */
const MOST_BIND_GROUPS = 8192;

export class Encoder {
  readonly backend: WebGPUBackend;
  readonly #tf: Internals;
  readonly #device: GPUDevice;
  readonly #pipelines = new Map<string, Pipeline>();
  readonly #groups = new Map<string, GPUBindGroup>();
  readonly #bufferIds = new WeakMap<GPUBuffer, number>();
  readonly #uniforms: UniformArena;
  #buffersSeen = 0;
  #compiled = 0;
  #dispatches = 0;
  /** Pipelines on their way, while `compile` runs. */
  #compiling: Promise<void>[] | undefined;
  #recording: Dispatch[] | undefined;

  constructor(backend: WebGPUBackend) {
    this.backend = backend;
    this.#tf = backend as unknown as Internals;
    this.#device = backend.device;
    this.#uniforms = new UniformArena(this.#device);
    const submit = this.#tf.submitQueue.bind(backend);
    // The numbers must be on the device before the dispatches that read them, whoever it is that submits.
    this.#tf.submitQueue = () => {
      this.#uniforms.upload();
      submit();
    };
  }

  /** Pipelines compiled so far. Does not grow any more once every shape-independent variant has been met. */
  get compiledPrograms(): number {
    return this.#compiled;
  }

  /** Dispatches encoded so far, replayed ones included. */
  get dispatches(): number {
    return this.#dispatches;
  }

  /** Whether only compilation is wanted: nothing is allocated or run. */
  get compilingOnly(): boolean {
    return this.#compiling !== undefined;
  }

  /** The buffer of a tensor, uploaded if need be. */
  bufferOf(id: DataId): GPUBuffer {
    this.#tf.uploadToGPU(id);
    return this.#tf.tensorMap.get(id).resource!;
  }

  /** Encodes one dispatch. `shader` is called only when `key` is new. */
  dispatch(
    key: string,
    shader: () => Shader,
    buffers: () => readonly GPUBuffer[],
    uniforms: ArrayBuffer,
    workgroups: readonly [number, number],
  ): void {
    const known = this.#pipelines.get(key) ?? this.#add(key, shader());
    if (this.#compiling) {
      if (!known.ready && !known.underWay) {
        known.underWay = true;
        this.#compiling.push(this.#compileAside(known));
      }
      // Stock operations compute small tensors that have no buffer on the processor, from values that are not there.
      buffers();
      return;
    }
    if (!known.ready) {
      known.ready = this.#device.createComputePipeline(known.descriptor);
      this.#compiled++;
    }
    const bound = buffers();
    const call = { pipeline: known.ready, layout: known.layout, buffers: bound, uniforms, workgroups };
    this.#recording?.push(call);
    if (this.#uniforms.full) this.submit();
    const offset = this.#uniforms.add(uniforms);
    this.encode(known.ready, this.#bindGroup(known, bound), offset, workgroups);
  }

  /** Encodes a dispatch whose bind group is there already. */
  encode(
    pipeline: GPUComputePipeline,
    group: GPUBindGroup,
    offset: number,
    [x, y]: readonly [number, number],
  ): void {
    const tf = this.#tf;
    tf.ensureCommandEncoderReady();
    const pass = (tf.computePassEncoder ??= tf.commandEncoder.beginComputePass());
    pass.setPipeline(pipeline);
    pass.setBindGroup(0, group, [offset]);
    pass.dispatchWorkgroups(x, y);
    this.#dispatches++;
    if (++tf.dispatchCountInPass >= DISPATCHES_PER_SUBMIT) this.submit();
  }

  /** Copies `count` elements of four bytes from one tensor to another. */
  copy(from: DataId, fromAt: number, to: DataId, toAt: number, count: number): void {
    const [source, target] = [this.bufferOf(from), this.bufferOf(to)];
    if (this.#compiling) return;
    if (this.#recording) throw new Error('Copies between buffers cannot be captured in a graph.');
    const tf = this.#tf;
    tf.ensureCommandEncoderReady();
    tf.endComputePassEncoder();
    tf.commandEncoder.copyBufferToBuffer(source, 4 * fromAt, target, 4 * toAt, 4 * count);
  }

  /** Sends off what has been encoded. */
  submit(): void {
    const tf = this.#tf;
    tf.ensureCommandEncoderReady();
    tf.endComputePassEncoder();
    tf.submitQueue();
  }

  /**
   * Runs `build` without computing anything of ours, and resolves with how many pipelines it had to compile when they are.
   * `onProgress` hears how many of them are done.
   */
  async compile(
    build: () => void,
    onProgress: (done: number, total: number) => void = () => {},
  ): Promise<number> {
    const pending: Promise<void>[] = [];
    this.#compiling = pending;
    try {
      build();
    } finally {
      this.#compiling = undefined;
    }
    let done = 0;
    if (pending.length > 0) onProgress(0, pending.length);
    await Promise.all(pending.map((one) => one.then(() => onProgress(++done, pending.length))));
    return pending.length;
  }

  /** The dispatches that `build` encodes, which run as usual. */
  record(build: () => void): Dispatch[] {
    const recording: Dispatch[] = [];
    this.#recording = recording;
    try {
      build();
    } finally {
      this.#recording = undefined;
    }
    return recording;
  }

  #add(key: string, { code, bindings }: Shader): Pipeline {
    const device = this.#device;
    const types = [...bindings, 'uniform'] as const;
    const layout = device.createBindGroupLayout({
      entries: types.map((type, binding) => ({
        binding,
        visibility: GPUShaderStage.COMPUTE,
        buffer: { type, hasDynamicOffset: type === 'uniform' },
      })),
    });
    const pipeline: Pipeline = {
      id: this.#pipelines.size,
      layout,
      descriptor: {
        label: key,
        layout: device.createPipelineLayout({ bindGroupLayouts: [layout] }),
        compute: { module: device.createShaderModule({ code, label: key }), entryPoint: 'entry' },
      },
      ready: undefined,
      underWay: false,
    };
    this.#pipelines.set(key, pipeline);
    return pipeline;
  }

  async #compileAside(pipeline: Pipeline): Promise<void> {
    const ready = await this.#device.createComputePipelineAsync(pipeline.descriptor);
    if (pipeline.ready) return;
    pipeline.ready = ready;
    this.#compiled++;
  }

  #bindGroup({ id, layout }: Pipeline, buffers: readonly GPUBuffer[]): GPUBindGroup {
    let key = `${id}`;
    for (const buffer of buffers) {
      let number = this.#bufferIds.get(buffer);
      if (number === undefined) this.#bufferIds.set(buffer, (number = this.#buffersSeen++));
      key += ` ${number}`;
    }
    let group = this.#groups.get(key);
    if (!group) {
      if (this.#groups.size >= MOST_BIND_GROUPS) this.#groups.clear();
      group = this.#device.createBindGroup({
        layout,
        entries: [...buffers, this.#uniforms.binding].map((resource, binding) => ({
          binding,
          resource: 'buffer' in resource ? resource : { buffer: resource },
        })),
      });
      this.#groups.set(key, group);
    }
    return group;
  }
}

const encoders = new WeakMap<WebGPUBackend, Encoder>();

export function encoderOf(backend: WebGPUBackend): Encoder {
  let encoder = encoders.get(backend);
  if (!encoder) encoders.set(backend, (encoder = new Encoder(backend)));
  return encoder;
}

/** The encoder of the current backend; undefined where that is not WebGPU. */
export const currentEncoder = (): Encoder | undefined =>
  getBackend() === 'webgpu' ? encoderOf(currentBackend() as WebGPUBackend) : undefined;

/**
 * Compiles what `build` would run on the current backend, without running it, and with every tile that products might
 * take at another size. Resolves with how many programs there were to compile: elsewhere than on WebGPU none. Throws
 * where `build` leaves a tensor behind: nothing was computed, and whoever finds it later would take it for a value.
 */
export async function compileAhead(
  build: () => void,
  onProgress?: (done: number, total: number) => void,
): Promise<number> {
  const encoder = currentEncoder();
  if (!encoder) return 0;
  const { backend } = encoder;
  const profile = profileOf(backend);
  return encoder.compile(() => {
    const held = memory().numTensors;
    try {
      build();
      for (const tile of tilesOf(profile)) {
        setProfile(backend, { ...profile, ...onlyTile(tile) });
        build();
      }
    } finally {
      setProfile(backend, profile);
    }
    const left = memory().numTensors - held;
    if (left !== 0) throw new Error(`A rehearsal left ${left} tensors behind that hold no values.`);
  }, onProgress);
}

/** Pipelines compiled on the current backend; 0 where there are none to compile. */
export const compiledPrograms = (): number => currentEncoder()?.compiledPrograms ?? 0;
