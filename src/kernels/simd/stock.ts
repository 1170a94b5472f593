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
/** Four bytes an element. */
const isWords = ({ dtype }: TensorInfo) => dtype === 'float32' || dtype === 'int32';
const alike = (a: TensorInfo, b: TensorInfo) => util.arraysEqual(a.shape, b.shape);

/** Copies `words` words of one tensor into another, `from` and `to` words from their beginnings. */
function copyWords(backend: SimdBackend, source: TensorInfo, from: number, target: TensorInfo, to: number, words: number) {
  const [source0, target0] = [backend.address(source.dataId), backend.address(target.dataId)];
  backend.kernels.copy(source0 + 4 * from, target0 + 4 * to, 4 * words);
}

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
  const addresses = [tensor, factor, y].map(({ dataId }) => backend.address(dataId)) as [number, number, number];
  if (byOne) backend.kernels.scale(...addresses, sizeOf(tensor));
  else backend.kernels.multiply(...addresses, sizeOf(tensor));
  return y;
};

/** Of all elements. */
const sum: Fast<{ axis: number | number[]; keepDims: boolean }> = ({ inputs, attrs, backend }) => {
  const x = inputs[0]!;
  const axes = util.parseAxisParam(attrs.axis, x.shape);
  if (!isFloat(x) || axes.length !== x.shape.length) return undefined;
  const y = backend.reserve(attrs.keepDims ? x.shape.map(() => 1) : [], 'float32');
  backend.kernels.sum(backend.address(x.dataId), backend.address(y.dataId), sizeOf(x));
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

/** Of consecutive elements. */
const slice: Fast<{ begin: number | number[]; size: number | number[] }> = ({ inputs, attrs, backend }) => {
  const x = inputs[0]!;
  const [begin, size] = slice_util.parseSliceParams(x as never, attrs.begin, attrs.size) as [number[], number[]];
  slice_util.assertParamsValid(x as never, begin, size);
  if (!isWords(x) || !slice_util.isSliceContinous(x.shape, begin, size)) return undefined;
  const y = backend.reserve(size, x.dtype as 'float32' | 'int32');
  const from = slice_util.computeFlatOffset(begin, util.computeStrides(x.shape));
  copyWords(backend, x, from, y, 0, sizeOf(y));
  return y;
};

/** How many elements before `axis` there are all told: 1 where the tensor is divided into pieces in a row. */
const outer = (shape: readonly number[], axis: number) => util.sizeFromShape(shape.slice(0, axis));

const concat: Fast<{ axis: number }> = ({ inputs, attrs, backend }) => {
  const first = inputs[0]!;
  const axis = util.parseAxisParam(attrs.axis, first.shape)[0]!;
  const simple = inputs.every((x) => isWords(x) && x.dtype === first.dtype && outer(x.shape, axis) === 1);
  if (!simple) return undefined;
  const shape = [...first.shape];
  shape[axis] = inputs.reduce((total, x) => total + x.shape[axis]!, 0);
  const y = backend.reserve(shape, first.dtype as 'float32' | 'int32');
  let at = 0;
  for (const x of inputs) {
    copyWords(backend, x, 0, y, at, sizeOf(x));
    at += sizeOf(x);
  }
  return y;
};

const splitV: Fast<{ numOrSizeSplits: number[] | number; axis: number }> = ({ inputs, attrs, backend }) => {
  const x = inputs[0]!;
  const axis = util.parseAxisParam(attrs.axis, x.shape)[0]!;
  const sizes = attrs.numOrSizeSplits;
  const listed = Array.isArray(sizes) && sizes.every((size) => size >= 0);
  if (!listed || !isWords(x) || outer(x.shape, axis) !== 1) return undefined;
  let at = 0;
  return sizes.map((size) => {
    const piece = backend.reserve(x.shape.with(axis, size), x.dtype as 'float32' | 'int32');
    copyWords(backend, x, at, piece, 0, sizeOf(piece));
    at += sizeOf(piece);
    return piece;
  });
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
  Object.values(inputs as Record<string, TensorInfo>);

function withFast(config: KernelConfig, fast: Fast<never>): KernelConfig {
  return {
    ...config,
    kernelFunc: (call) => {
      const attrs = (call.attrs ?? {}) as NamedAttrMap as never;
      const backend = call.backend as SimdBackend;
      return fast({ inputs: ordered(call.inputs), attrs, backend }) ?? config.kernelFunc(call);
    },
  };
}

/** Gives our backend every kernel of the JavaScript backend that it has not already. */
export function registerStockKernels(): void {
  for (const kernel of getKernelsForBackend('cpu')) {
    if (kernel.kernelName.startsWith('Turnwise') || getKernel(kernel.kernelName, SIMD_BACKEND)) continue;
    const config: KernelConfig = { ...kernel, backendName: SIMD_BACKEND };
    const fast = FAST[kernel.kernelName];
    registerKernel(fast ? withFast(config, fast) : config);
  }
}
