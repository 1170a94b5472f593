/**
 * One WebGPU program in one call. TensorFlow.js writes the bindings (each input an array under its name, the
 * output `result`) and a uniform struct with every shape (`uniforms.xShape`); here are added the numbers a
 * kernel needs, a guard against surplus threads and a key for the pipeline cache.
 *
 * Our programs have no workgroup memory and no barriers: each thread makes its outputs alone. At our sizes a
 * kernel costs less than its dispatch, and software adapters pay dearly for barriers. No atomics either: every
 * sum is taken in a fixed order, so that the same device gives the same numbers again.
 */
import { backend as currentBackend, util, type TensorInfo } from '@tensorflow/tfjs-core';
import type { WebGPUBackend, WebGPUProgram } from '@tensorflow/tfjs-backend-webgpu';
import type { OutputSpec } from './define';

/** How many floats one element of a bound array holds: 1 is `f32`, 4 is `vec4<f32>`. */
export type Lanes = 1 | 4;

export interface Program {
  /** Names the pipeline. */
  readonly name: string;
  /** Whatever the code was made from other than lanes; shapes belong into uniforms, lest each new batch recompiles. */
  readonly variant?: string;
  /** Bound in this order under these names, with their lanes where those are not 1. */
  readonly inputs: Readonly<Record<string, TensorInfo | readonly [TensorInfo, Lanes]>>;
  /** What to make, or an existing tensor to write into. */
  readonly output: OutputSpec | TensorInfo;
  readonly outputLanes?: Lanes;
  readonly threads: number;
  /** Uniforms of type f32, i32 and u32. */
  readonly floats?: Readonly<Record<string, number>>;
  readonly ints?: Readonly<Record<string, number>>;
  readonly words?: Readonly<Record<string, number>>;
  /** Declarations before `main`. */
  readonly functions?: () => string;
  /** Body of `fn main(index : i32)`, run for 0 <= index < threads. Code is asked for only when it is compiled. */
  readonly main: () => string;
}

const WORKGROUP = 64;

/** Encodes the program; returns its output. */
export function runProgram(backend: WebGPUBackend, program: Program): TensorInfo {
  const { name, variant = '', inputs, output, outputLanes = 1, threads, functions, main } = program;
  const bound = Object.values(inputs).map((input) => ('dataId' in input ? ([input, 1] as const) : input));
  const lanes = bound.map(([, width]) => width);

  const numbers = {
    float32: program.floats ?? {},
    int32: { threads, ...program.ints },
    uint32: program.words ?? {},
  };
  const scalar = { float32: 'f32', int32: 'i32', uint32: 'u32' } as const;
  const uniforms = (Object.keys(numbers) as (keyof typeof numbers)[]).flatMap((type) =>
    Object.entries(numbers[type]).map(([field, value]) => ({
      type,
      data: [value],
      text: `${field} : ${scalar[type]}, `,
    })),
  );

  const described: WebGPUProgram = {
    // TensorFlow.js appends the ranks and types of the tensors.
    shaderKey: `turnwise_${name}_${variant}_${lanes.join('')}_${outputLanes}`,
    outputShape: [...output.shape],
    variableNames: Object.keys(inputs),
    variableComponents: lanes,
    outputComponent: outputLanes,
    uniforms: uniforms.map(({ text }) => text).join(''),
    workgroupSize: [WORKGROUP, 1, 1],
    dispatchLayout: { x: output.shape.map((_, i) => i) },
    // Beyond the limit of one dimension TensorFlow.js folds this into two or three.
    dispatch: [Math.ceil(threads / WORKGROUP), 1, 1],
    getUserCode: () => `
      ${functions?.() ?? ''}
      fn main(index : i32) {
        if (index >= uniforms.threads) { return; }
        ${main()}
      }`,
  };
  return backend.runWebGPUProgram(
    described,
    bound.map(([tensor]) => tensor),
    output.dtype,
    uniforms,
    'dataId' in output ? output : undefined,
  );
}

/** How many programs the current WebGPU backend has compiled. One more each step would mean that shapes are in the code. */
export function compiledPrograms(): number {
  const { pipelineCache } = currentBackend() as unknown as { readonly pipelineCache: object };
  return Object.keys(pipelineCache).length;
}

/** 4 where rows of all these widths can be read four floats at a time. */
export const lanesFor = (...widths: readonly number[]): Lanes =>
  widths.every((width) => width % 4 === 0) ? 4 : 1;

/** `V`, the element type of arrays with so many lanes, and the functions that turn one into a number. */
export const laneTypes = (lanes: Lanes): string =>
  lanes === 4
    ? `
      alias V = vec4<f32>;
      fn inner(x : V, y : V) -> f32 { return dot(x, y); }`
    : `
      alias V = f32;
      fn inner(x : V, y : V) -> f32 { return x * y; }`;

/** `load_x(row, column)`: four numbers along a row of the matrix `x`, zeros outside of it. */
export const rowLoader = (x: string, lanes: Lanes): string => `
  fn load_${x}(row : i32, column : i32) -> vec4<f32> {
    let height = uniforms.${x}Shape.x;
    let width = uniforms.${x}Shape.y;
    if (row >= height || column >= width) { return vec4<f32>(0.0); }
    let at = row * width + column;
    ${
      lanes === 4
        ? `return ${x}[at / 4];`
        : `
    var four = vec4<f32>(${x}[at], 0.0, 0.0, 0.0);
    if (column + 1 < width) { four.y = ${x}[at + 1]; }
    if (column + 2 < width) { four.z = ${x}[at + 2]; }
    if (column + 3 < width) { four.w = ${x}[at + 3]; }
    return four;`
    }
  }`;

/** Stores the four numbers `value` at (row, column) of the result, as far as they lie inside [height, width]. */
export const storeFour = (lanes: Lanes, row: string, value: string): string =>
  lanes === 4
    ? `if (${row} < height) { result[(${row} * width + column) / 4] = ${value}; }`
    : `if (${row} < height) {
        var four = ${value};
        for (var i = 0; i < min(4, width - column); i++) { result[${row} * width + column + i] = four[i]; }
      }`;

/** `[0, 1, ...].map(line)` as text: an unrolled loop. */
export const unrolled = (count: number, line: (i: number) => string): string =>
  Array.from({ length: count }, (_, i) => line(i)).join('\n');

/** The sum over the first dimension of `parts` [count, ...], which it disposes. */
export function sumParts(
  backend: WebGPUBackend,
  parts: TensorInfo,
  count: number,
  output: OutputSpec,
): TensorInfo {
  const size = util.sizeFromShape(output.shape);
  const lanes = lanesFor(size);
  const sum = runProgram(backend, {
    name: 'sumParts',
    inputs: { parts: [parts, lanes] },
    output,
    outputLanes: lanes,
    threads: size / lanes,
    ints: { count },
    functions: () => laneTypes(lanes),
    main: () => `
      var sum = V(0.0);
      for (var part = 0; part < uniforms.count; part++) { sum += parts[part * uniforms.threads + index]; }
      result[index] = sum;`,
  });
  backend.disposeData(parts.dataId);
  return sum;
}

/** Room for an intermediate result. */
export const float32 = (...shape: number[]): OutputSpec => ({ shape, dtype: 'float32' });

/** Tables that programs read, made once per backend. */
const tables = new WeakMap<WebGPUBackend, Map<string, TensorInfo>>();

/** The table of that name, kept on the device for as long as the backend lives. */
export function constantTable(
  backend: WebGPUBackend,
  name: string,
  make: () => { shape: number[]; values: Float32Array },
): TensorInfo {
  let named = tables.get(backend);
  if (!named) tables.set(backend, (named = new Map()));
  let table = named.get(name);
  if (!table) {
    const { shape, values } = make();
    named.set(name, (table = backend.makeTensorInfo(shape, 'float32', values)));
  }
  return table;
}
