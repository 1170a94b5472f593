/**
 * The kernels of TensorFlow.js' own operations on our backend: those of its JavaScript backend, and SIMD or plain
 * copies for the ones that training calls with much data. Where a call has not the simple form they are made
 * for, the JavaScript kernel does it.
 */
import {
  Add,
  AddN,
  Concat,
  Fill,
  getKernel,
  getKernelsForBackend,
  Multiply,
  registerKernel,
  Slice,
  slice_util,
  SplitV,
  Sum,
  util,
  ZerosLike,
  type KernelConfig,
  type NamedAttrMap,
  type NamedTensorInfoMap,
  type Tensor,
  type TensorInfo,
} from '@tensorflow/tfjs-core';
import type { SimdBackend } from './backend';
import { SIMD_BACKEND } from './name';

interface Call<A> {
  readonly inputs: readonly TensorInfo[];
  readonly attrs: A;
  readonly backend: SimdBackend;
}
/** Returns `undefined` where it does not do this form. */
type Fast<A> = (call: Call<A>) => TensorInfo | TensorInfo[] | undefined;

const sizeOf = ({ shape }: TensorInfo) => util.sizeFromShape(shape);
const isFloat = ({ dtype }: TensorInfo) => dtype === 'float32';
/** Types of four bytes an element. */
type WordType = 'float32' | 'int32';
const isWords = ({ dtype }: TensorInfo) => dtype === 'float32' || dtype === 'int32';
const alike = (a: TensorInfo, b: TensorInfo) => util.arraysEqual(a.shape, b.shape);

const add: Fast<unknown> = ({ inputs, backend }) => {
  const [a, b] = inputs as [TensorInfo, TensorInfo];
  if (!isFloat(a) || !isFloat(b) || !alike(a, b)) return undefined;
  const y = backend.reserve(a.shape, 'float32');
  backend.kernels.add(
    backend.address(a.dataId),
    backend.address(b.dataId),
    backend.address(y.dataId),
    sizeOf(a),
  );
  return y;
};

const addN: Fast<unknown> = ({ inputs, backend }) => {
  const [first, ...others] = inputs as [TensorInfo, ...TensorInfo[]];
  if (others.length === 0 || !inputs.every((x) => isFloat(x) && alike(x, first))) return undefined;
  const y = backend.reserve(first.shape, 'float32');
  const sum = backend.address(y.dataId);
  let so = backend.address(first.dataId);
  for (const other of others) {
    backend.kernels.add(so, backend.address(other.dataId), sum, sizeOf(first));
    so = sum;
  }
  return y;
};

const multiply: Fast<unknown> = ({ inputs, backend }) => {
  const [a, b] = inputs as [TensorInfo, TensorInfo];
  if (!isFloat(a) || !isFloat(b)) return undefined;
  // A factor of one element with no more dimensions than the other leaves the other's shape.
  const [tensor, factor] = sizeOf(b) === 1 && b.shape.length <= a.shape.length ? [a, b] : [b, a];
  const byOne = sizeOf(factor) === 1 && factor.shape.length <= tensor.shape.length;
  if (!byOne && !alike(a, b)) return undefined;
  const y = backend.reserve(tensor.shape, 'float32');
  const addresses = [tensor, factor, y].map(({ dataId }) => backend.address(dataId)) as [
    number,
    number,
    number,
  ];
  if (byOne) backend.kernels.scale(...addresses, sizeOf(tensor));
  else backend.kernels.multiply(...addresses, sizeOf(tensor));
  return y;
};

/** Of all elements, or of all rows. */
const sum: Fast<{ axis: number | number[]; keepDims: boolean }> = ({ inputs, attrs, backend }) => {
  const x = inputs[0]!;
  const { shape } = x;
  const axes = util.parseAxisParam(attrs.axis, shape);
  const ofAll = axes.length === shape.length;
  if (!isFloat(x) || !(ofAll || (axes.length === 1 && axes[0] === 0))) return undefined;
  const [kept, reduced] = [ofAll ? [] : shape.slice(1), ofAll ? shape : shape.slice(0, 1)];
  const y = backend.reserve(attrs.keepDims ? [...reduced.map(() => 1), ...kept] : kept, 'float32');
  const [from, to] = [backend.address(x.dataId), backend.address(y.dataId)];
  if (ofAll) backend.kernels.sum(from, to, sizeOf(x));
  else backend.kernels.sumRows(from, to, shape[0]!, sizeOf(y));
  return y;
};

const filled = (backend: SimdBackend, shape: number[], value: number) => {
  const y = backend.reserve(shape, 'float32');
  backend.kernels.fill(backend.address(y.dataId), sizeOf(y), value);
  return y;
};

const fill: Fast<{ shape: number[]; value: number; dtype?: string }> = ({ attrs, backend }) => {
  const { shape, value, dtype = util.inferDtype(value) } = attrs;
  return dtype === 'float32' ? filled(backend, shape, value) : undefined;
};

const zerosLike: Fast<unknown> = ({ inputs, backend }) =>
  isFloat(inputs[0]!) ? filled(backend, inputs[0]!.shape, 0) : undefined;

/** Of consecutive elements, or of a part of every row of a matrix. */
const slice: Fast<{ begin: number | number[]; size: number | number[] }> = ({ inputs, attrs, backend }) => {
  const x = inputs[0]!;
  const [begin, size] = slice_util.parseSliceParams(x as Tensor, attrs.begin, attrs.size) as [
    number[],
    number[],
  ];
  slice_util.assertParamsValid(x as Tensor, begin, size);
  const whole = slice_util.isSliceContinous(x.shape, begin, size);
  if (!isWords(x) || !(whole || x.shape.length === 2)) return undefined;
  const y = backend.reserve(size, x.dtype as WordType);
  const from =
    backend.address(x.dataId) + 4 * slice_util.computeFlatOffset(begin, util.computeStrides(x.shape));
  const to = backend.address(y.dataId);
  if (whole) backend.kernels.copyRows(from, 0, to, 0, 1, 4 * sizeOf(y));
  else backend.kernels.copyRows(from, 4 * x.shape[1]!, to, 4 * size[1]!, size[0]!, 4 * size[1]!);
  return y;
};

/** A tensor as rows that are cut at `axis`: how many there are, and how many bytes each has. */
function rowsAt(shape: readonly number[], axis: number): { rows: number; bytes: number } {
  return { rows: util.sizeFromShape(shape.slice(0, axis)), bytes: 4 * util.sizeFromShape(shape.slice(axis)) };
}

const concat: Fast<{ axis: number }> = ({ inputs, attrs, backend }) => {
  const first = inputs[0]!;
  const axis = util.parseAxisParam(attrs.axis, first.shape)[0]!;
  if (!inputs.every((x) => isWords(x) && x.dtype === first.dtype)) return undefined;
  const length = inputs.reduce((total, x) => total + x.shape[axis]!, 0);
  const y = backend.reserve(first.shape.with(axis, length), first.dtype as WordType);
  const { rows, bytes: step } = rowsAt(y.shape, axis);
  let to = backend.address(y.dataId);
  for (const x of inputs) {
    const { bytes } = rowsAt(x.shape, axis);
    backend.kernels.copyRows(backend.address(x.dataId), bytes, to, step, rows, bytes);
    to += bytes;
  }
  return y;
};

const splitV: Fast<{ numOrSizeSplits: number[] | number; axis: number }> = ({ inputs, attrs, backend }) => {
  const x = inputs[0]!;
  const axis = util.parseAxisParam(attrs.axis, x.shape)[0]!;
  const sizes = attrs.numOrSizeSplits;
  if (!Array.isArray(sizes) || sizes.some((size) => size < 0) || !isWords(x)) return undefined;
  const pieces = sizes.map((size) => backend.reserve(x.shape.with(axis, size), x.dtype as WordType));
  const { rows, bytes: step } = rowsAt(x.shape, axis);
  let from = backend.address(x.dataId);
  for (const piece of pieces) {
    const { bytes } = rowsAt(piece.shape, axis);
    backend.kernels.copyRows(from, step, backend.address(piece.dataId), bytes, rows, bytes);
    from += bytes;
  }
  return pieces;
};

const FAST: Readonly<Record<string, Fast<never>>> = {
  [Add]: add,
  [AddN]: addN,
  [Multiply]: multiply,
  [Sum]: sum,
  [Fill]: fill,
  [ZerosLike]: zerosLike,
  [Slice]: slice,
  [Concat]: concat,
  [SplitV]: splitV,
};

/** Inputs in the order of the operation: by name for two, by number for a list. */
const ordered = (inputs: NamedTensorInfoMap): TensorInfo[] =>
  Object.values(inputs as Record<string, TensorInfo | undefined>).filter((input) => input !== undefined);

/** Room for the small things that a JavaScript kernel makes beside its outputs. */
const SPARE_BYTES = 65536;

function onHeap(config: KernelConfig, fast: Fast<never> | undefined): KernelConfig {
  return {
    ...config,
    backendName: SIMD_BACKEND,
    kernelFunc: (call) => {
      const inputs = ordered(call.inputs);
      const attrs = (call.attrs ?? {}) as NamedAttrMap as never;
      const backend = call.backend as SimdBackend;
      const made = fast?.({ inputs, attrs, backend });
      if (made) return made;
      backend.makeRoom(inputs.reduce((total, input) => total + 4 * sizeOf(input), SPARE_BYTES));
      return config.kernelFunc(call);
    },
  };
}

/** Gives our backend every kernel of the JavaScript backend that it has not already. */
export function registerStockKernels(): void {
  for (const kernel of getKernelsForBackend('cpu')) {
    if (kernel.kernelName.startsWith('Turnwise') || getKernel(kernel.kernelName, SIMD_BACKEND)) continue;
    registerKernel(onHeap(kernel, FAST[kernel.kernelName]));
  }
}
