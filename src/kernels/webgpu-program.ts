/**
 * One WebGPU program in one call: the bindings (each input an array under its name, each output likewise), a
 * uniform struct with every shape (`uniforms.xShape`) and whatever numbers the kernel needs, a guard against
 * surplus threads, and a key for the pipeline cache.
 *
 * No atomics: every sum is taken in a fixed order, so that the same device gives the same numbers again.
 */
import { util, type TensorInfo } from '@tensorflow/tfjs-core';
import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import type { OutputSpec } from './define';
import { encoderOf } from './webgpu/encoder';
import { profileOf } from './webgpu/profile';
import { SLOT_BYTES } from './webgpu/uniforms';

/** How many floats one element of a bound array holds: 1 is `f32`, 4 is `vec4<f32>`. */
export type Lanes = 1 | 4;
type WithLanes<T> = T | readonly [T, Lanes];

export interface Program {
  /** Names the pipeline. */
  readonly name: string;
  /** Whatever the code was made from other than lanes; shapes belong into uniforms, lest each new batch recompiles. */
  readonly variant?: string;
  /** Bound in this order under these names, with their lanes where those are not 1. */
  readonly inputs: Readonly<Record<string, WithLanes<TensorInfo>>>;
  /** What to make, or existing tensors to write into. */
  readonly outputs: Readonly<Record<string, WithLanes<OutputSpec | TensorInfo>>>;
  /** One thread each. Either this or `rows`. */
  readonly threads?: number;
  /**
   * Rows of work, each done by one thread or, where the device has subgroups and they pay, by all lanes of one. The
   * body strides by LANES from LANE on, and puts the lanes' results together with `totalOf` and `largestOf`; it
   * must take the same way in all lanes of a row.
   */
  readonly rows?: number;
  /** Uniforms of type f32, i32 and u32. */
  readonly floats?: Readonly<Record<string, number>>;
  readonly ints?: Readonly<Record<string, number>>;
  readonly words?: Readonly<Record<string, number>>;
  /** Declarations before `main`. */
  readonly functions?: () => string;
  /** Body of the program, run for 0 <= index < threads. Code is asked for only when it is compiled. */
  readonly main: () => string;
}

const WORKGROUP = 64;
/** Workgroups in one dimension of a dispatch; what is beyond goes into the second. */
const MOST_WORKGROUPS = 65535;

interface Bound {
  readonly name: string;
  readonly tensor: TensorInfo;
  readonly lanes: Lanes;
  readonly written: boolean;
}

const split = <T extends object>(entry: WithLanes<T>): readonly [T, Lanes] =>
  Array.isArray(entry) ? (entry as unknown as readonly [T, Lanes]) : [entry as T, 1];

/** Encodes the program; returns its outputs in order. */
export function runProgram(backend: WebGPUBackend, program: Program): [TensorInfo, ...TensorInfo[]] {
  const { name, variant = '', inputs, outputs, functions, main } = program;
  const encoder = encoderOf(backend);
  const lanesPerRow = program.rows === undefined ? 0 : profileOf(backend).lanesPerRow;
  const threads = program.threads ?? program.rows ?? 0;
  const bound: Bound[] = [];
  for (const [field, entry] of Object.entries(inputs)) {
    const [tensor, lanes] = split<TensorInfo>(entry);
    bound.push({ name: field, tensor, lanes, written: false });
  }
  const made: TensorInfo[] = [];
  for (const [field, entry] of Object.entries(outputs)) {
    const [output, lanes] = split<OutputSpec | TensorInfo>(entry);
    const tensor = 'dataId' in output ? output : backend.makeTensorInfo(output.shape, output.dtype);
    bound.push({ name: field, tensor, lanes, written: true });
    made.push(tensor);
  }
  if (threads === 0) return made as [TensorInfo, ...TensorInfo[]];

  const ints = { threads, ...program.ints };
  const groups = lanesPerRow > 1 ? threads : Math.ceil(threads / WORKGROUP);
  const rows = Math.ceil(groups / MOST_WORKGROUPS);
  const kinds = bound.map(({ tensor, lanes }) => `${tensor.dtype[0]}${lanes}${tensor.shape.length}`).join('');
  encoder.dispatch(
    `${name} ${variant} ${kinds} ${lanesPerRow}`,
    () => ({
      bindings: bound.map(({ written }) => (written ? 'storage' : 'read-only-storage')),
      code: wgsl(bound, { ...program, ints }, lanesPerRow, functions?.() ?? '', main()),
    }),
    () => bound.map(({ tensor }) => encoder.bufferOf(tensor.dataId)),
    uniformsOf(bound, { ...program, ints }),
    [Math.ceil(groups / rows), rows],
  );
  return made as [TensorInfo, ...TensorInfo[]];
}

type Numbers = Pick<Program, 'floats' | 'ints' | 'words'>;

/** Whether a shape is passed as one number or two; higher ranks do not occur. */
const isVector = ({ tensor }: Bound) => tensor.shape.length === 1;

function wgsl(
  bound: readonly Bound[],
  { floats = {}, ints = {}, words = {} }: Numbers,
  lanesPerRow: number,
  functions: string,
  main: string,
) {
  const element = ({ tensor, lanes }: Bound) => {
    const scalar = tensor.dtype === 'int32' ? 'i32' : 'f32';
    return lanes === 1 ? scalar : `vec4<${scalar}>`;
  };
  const fields = [
    // Pairs first: they lie on multiples of eight bytes.
    ...bound.filter((one) => !isVector(one)).map(({ name }) => `${name}Shape : vec2<i32>`),
    ...bound.filter(isVector).map(({ name }) => `${name}Shape : i32`),
    ...Object.keys(floats).map((field) => `${field} : f32`),
    ...Object.keys(ints).map((field) => `${field} : i32`),
    ...Object.keys(words).map((field) => `${field} : u32`),
  ];
  const together = lanesPerRow > 1;
  return `
    ${together ? 'enable subgroups; diagnostic(off, subgroup_uniformity);' : ''}
    struct Uniforms { ${fields.join(', ')} }
    ${bound
      .map(
        (one, i) =>
          `@group(0) @binding(${i}) var<storage, ${one.written ? 'read_write' : 'read'}> ${one.name} : array<${element(one)}>;`,
      )
      .join('\n')}
    @group(0) @binding(${bound.length}) var<uniform> uniforms : Uniforms;
    ${lanesPerRow > 0 ? rowFunctions(lanesPerRow) : ''}
    ${functions}
    ${together ? rowEntry(lanesPerRow, main) : threadEntry(main)}`;
}

const threadEntry = (main: string) => `
  @compute @workgroup_size(${WORKGROUP})
  fn entry(@builtin(global_invocation_id) thread : vec3<u32>, @builtin(num_workgroups) workgroups : vec3<u32>) {
    let index = i32(thread.y * workgroups.x * ${WORKGROUP}u + thread.x);
    if (index >= uniforms.threads) { return; }
    ${main}
  }`;

/** A workgroup no larger than the smallest subgroup lies in one subgroup, whatever its size turns out to be. */
const rowEntry = (lanes: number, main: string) => `
  @compute @workgroup_size(${lanes})
  fn entry(
    @builtin(workgroup_id) group : vec3<u32>,
    @builtin(num_workgroups) workgroups : vec3<u32>,
    @builtin(local_invocation_index) lane : u32,
  ) {
    LANE = i32(lane);
    let index = i32(group.y * workgroups.x + group.x);
    if (index >= uniforms.threads) { return; }
    ${main}
  }`;

const rowFunctions = (lanes: number) => `
  const LANES = ${lanes};
  var<private> LANE : i32 = 0;
  fn totalOf(x : f32) -> f32 { return ${lanes > 1 ? 'subgroupAdd(x)' : 'x'}; }
  fn totalOf4(x : vec4<f32>) -> vec4<f32> { return ${lanes > 1 ? 'subgroupAdd(x)' : 'x'}; }
  fn largestOf(x : f32) -> f32 { return ${lanes > 1 ? 'subgroupMax(x)' : 'x'}; }
  fn leastOf(x : i32) -> i32 { return ${lanes > 1 ? 'subgroupMin(x)' : 'x'}; }`;

function uniformsOf(bound: readonly Bound[], { floats = {}, ints = {}, words = {} }: Numbers): ArrayBuffer {
  const buffer = new ArrayBuffer(SLOT_BYTES);
  const view = new DataView(buffer);
  let at = 0;
  const put = (write: (at: number) => void) => {
    write(at);
    at += 4;
  };
  for (const one of bound)
    if (!isVector(one)) for (const side of one.tensor.shape) put((byte) => view.setInt32(byte, side, true));
  for (const one of bound) if (isVector(one)) put((byte) => view.setInt32(byte, one.tensor.shape[0]!, true));
  for (const value of Object.values(floats)) put((byte) => view.setFloat32(byte, value, true));
  for (const value of Object.values(ints)) put((byte) => view.setInt32(byte, value, true));
  for (const value of Object.values(words)) put((byte) => view.setUint32(byte, value, true));
  return buffer;
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
export const storeFour = (lanes: Lanes, row: string, value: string, column = 'column'): string =>
  lanes === 4
    ? `if (${row} < height && ${column} < width) { result[(${row} * width + ${column}) / 4] = ${value}; }`
    : `if (${row} < height) {
        let four = ${value};
        for (var i = 0; i < min(4, width - ${column}); i++) { result[${row} * width + ${column} + i] = four[i]; }
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
  const [sum] = runProgram(backend, {
    name: 'sumParts',
    inputs: { parts: [parts, lanes] },
    outputs: { result: [output, lanes] },
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
