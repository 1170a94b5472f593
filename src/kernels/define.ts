/**
 * How a kernel is put together: one spec with three implementations, registered with TensorFlow.js under
 * one name for `cpu` (the readable reference), `turnwise-wasm` (SIMD compiled from `simd/`) and `webgpu` (WGSL).
 * Callers use an op function and never know which one ran.
 */
import {
  engine,
  registerKernel,
  util,
  type DataId,
  type DataType,
  type KernelConfig,
  type Tensor,
  type TensorInfo,
} from '@tensorflow/tfjs-core';
import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import { notePeak } from './peak';
import { recorded } from './recorder';
import type { SimdBackend } from './simd/backend';
import { SIMD_BACKEND } from './simd/name';
import type { SimdExports } from './simd/threads';

export type Shape = readonly number[];
/** What a reference implementation reads and writes: the flat values of a tensor. */
export type Values = Float32Array | Int32Array;
export type Attributes = Readonly<Record<string, number | boolean | string>>;

export interface OutputSpec {
  readonly shape: number[];
  readonly dtype: 'float32' | 'int32';
}

/** An optional input that was left out. */
export const ABSENT: Shape = [];

export interface KernelSpec<A extends Attributes> {
  /** Name in the TensorFlow.js kernel registry; ours all begin with `Turnwise`. */
  readonly name: string;
  /** Names of the inputs in order. Those listed in `optional` may be missing. */
  readonly inputs: readonly string[];
  readonly optional?: readonly string[];
  /** Shapes and types of the outputs; missing inputs have the shape `ABSENT`. */
  outputs(shapes: readonly Shape[], attrs: A): OutputSpec[];
  /** The formula, spelled out over flat values. Missing inputs are empty arrays. Outputs start as zeros. */
  reference(inputs: readonly Values[], outputs: readonly Values[], shapes: readonly Shape[], attrs: A): void;
  /**
   * The same over byte addresses in the memory of the WASM device. Missing inputs are 0; outputs are not cleared.
   * Calls of kernels that `simd/work.ts` lists are divided among threads behind `wasm`.
   */
  simd(
    wasm: SimdExports,
    inputs: readonly number[],
    outputs: readonly number[],
    shapes: readonly Shape[],
    attrs: A,
  ): void;
  /** The same as WebGPU programs. Missing inputs are `undefined`. */
  webgpu(
    backend: WebGPUBackend,
    inputs: readonly (TensorInfo | undefined)[],
    outputs: readonly OutputSpec[],
    attrs: A,
  ): TensorInfo[];
  /** Indices of inputs that the kernel changes in place. */
  readonly writes?: readonly number[];
}

interface CpuBackend {
  readonly data: { get(id: DataId): { values: Values } };
  makeTensorInfo(shape: number[], dtype: DataType, values: Values): TensorInfo;
}

/** TensorFlow.js remembers values it has once read back, believing that tensors never change. This one has. */
function forgetRead(backend: WebGPUBackend, info: TensorInfo | undefined): void {
  const data = info && (backend.tensorMap.get(info.dataId) as { values: unknown; resource: unknown });
  if (data?.resource) data.values = null;
}

/** Registers a kernel on all three backends and returns a function that runs it on the current one. */
export function defineKernel<A extends Attributes>(
  spec: KernelSpec<A>,
): (inputs: Readonly<Record<string, Tensor | undefined>>, attrs: A) => Tensor[] {
  const ordered = (inputs: Record<string, TensorInfo | undefined>) =>
    spec.inputs.map((name) => {
      const input = inputs[name];
      if (!input && !spec.optional?.includes(name))
        throw new Error(`${spec.name}: input "${name}" is missing`);
      return input;
    });
  const shapesOf = (inputs: readonly (TensorInfo | undefined)[]) =>
    inputs.map((input) => input?.shape ?? ABSENT);

  const kernelFor = (
    backendName: string,
    run: (backend: unknown, inputs: (TensorInfo | undefined)[], attrs: A) => TensorInfo[],
  ): void => {
    const config: KernelConfig = {
      kernelName: spec.name,
      backendName,
      kernelFunc: ({ inputs, backend, attrs }) =>
        run(backend, ordered(inputs as Record<string, TensorInfo | undefined>), attrs as unknown as A),
    };
    registerKernel(config);
  };

  kernelFor('cpu', (raw, inputs, attrs) => {
    const backend = raw as CpuBackend;
    const shapes = shapesOf(inputs);
    const values = inputs.map((input) =>
      input ? backend.data.get(input.dataId).values : new Float32Array(0),
    );
    const specs = spec.outputs(shapes, attrs);
    const outputs = specs.map(({ shape, dtype }) => {
      const size = util.sizeFromShape(shape);
      return dtype === 'int32' ? new Int32Array(size) : new Float32Array(size);
    });
    recorded(() => {
      for (const output of outputs) output.fill(0);
      spec.reference(values, outputs, shapes, attrs);
    });
    return specs.map(({ shape, dtype }, i) => backend.makeTensorInfo(shape, dtype, outputs[i]!));
  });

  kernelFor(SIMD_BACKEND, (raw, inputs, attrs) => {
    const backend = raw as SimdBackend;
    const shapes = shapesOf(inputs);
    const address = (info: TensorInfo) => backend.address(info.dataId);
    const outputs = spec.outputs(shapes, attrs).map(({ shape, dtype }) => backend.reserve(shape, dtype));
    // Addresses are taken after the outputs exist: making one may grow the memory, but never moves what is in it.
    const from = inputs.map((input) => (input ? address(input) : 0));
    const to = outputs.map(address);
    recorded(() => spec.simd(backend.kernels, from, to, shapes, attrs));
    return outputs;
  });

  kernelFor('webgpu', (raw, inputs, attrs) => {
    const backend = raw as WebGPUBackend;
    const outputs = spec.webgpu(backend, inputs, spec.outputs(shapesOf(inputs), attrs), attrs);
    for (const written of spec.writes ?? []) forgetRead(backend, inputs[written]);
    return outputs;
  });

  return (inputs, attrs) => {
    const present = Object.fromEntries(Object.entries(inputs).filter(([, tensor]) => tensor !== undefined));
    const result = engine().runKernel(
      spec.name,
      present as Record<string, Tensor>,
      attrs as Record<string, number>,
    );
    notePeak();
    return (Array.isArray(result) ? result : [result]) as Tensor[];
  };
}
