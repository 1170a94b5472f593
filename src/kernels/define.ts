/**
 * How a kernel is put together: one spec with three implementations, registered with TensorFlow.js under
 * one name for `cpu` (the readable reference), `wasm` (SIMD compiled from `simd/`) and `webgpu` (WGSL).
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
import { simdModule, type SimdExports } from './simd/module';

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
  /** The same over byte addresses in the wasm backend's memory. Missing inputs are 0; outputs are not cleared. */
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
  /** Index of an input that the kernel changes in place and returns as its only output. */
  readonly mutates?: number;
}

interface CpuBackend {
  readonly data: { get(id: DataId): { values: Values } };
  incRef(id: DataId): void;
  makeTensorInfo(shape: number[], dtype: DataType, values: Values): TensorInfo;
}

interface WasmBackend {
  readonly dataIdMap: { get(id: DataId): { memoryOffset: number } };
  incRef(id: DataId): void;
  makeOutput(shape: number[], dtype: DataType): TensorInfo;
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
    const mutated = spec.mutates === undefined ? undefined : inputs[spec.mutates];
    if (mutated) {
      spec.reference(values, [backend.data.get(mutated.dataId).values], shapes, attrs);
      backend.incRef(mutated.dataId);
      return [{ dataId: mutated.dataId, shape: mutated.shape, dtype: mutated.dtype }];
    }
    const specs = spec.outputs(shapes, attrs);
    const outputs = specs.map(({ shape, dtype }) => {
      const size = util.sizeFromShape(shape);
      return dtype === 'int32' ? new Int32Array(size) : new Float32Array(size);
    });
    spec.reference(values, outputs, shapes, attrs);
    return specs.map(({ shape, dtype }, i) => backend.makeTensorInfo(shape, dtype, outputs[i]!));
  });

  kernelFor('wasm', (raw, inputs, attrs) => {
    const backend = raw as WasmBackend;
    const shapes = shapesOf(inputs);
    const address = (info: TensorInfo) => backend.dataIdMap.get(info.dataId).memoryOffset;
    const mutated = spec.mutates === undefined ? undefined : inputs[spec.mutates];
    const outputs = mutated
      ? [{ dataId: mutated.dataId, shape: mutated.shape, dtype: mutated.dtype }]
      : spec.outputs(shapes, attrs).map(({ shape, dtype }) => backend.makeOutput(shape, dtype));
    if (mutated) backend.incRef(mutated.dataId);
    // Addresses are taken after the outputs exist: making one may grow the memory, but never moves what is in it.
    spec.simd(
      simdModule(),
      inputs.map((input) => (input ? address(input) : 0)),
      outputs.map(address),
      shapes,
      attrs,
    );
    return outputs;
  });

  kernelFor('webgpu', (raw, inputs, attrs) => {
    const backend = raw as WebGPUBackend;
    const mutated = spec.mutates === undefined ? undefined : inputs[spec.mutates];
    if (mutated) backend.incRef(mutated.dataId);
    return spec.webgpu(backend, inputs, spec.outputs(shapesOf(inputs), attrs), attrs);
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
