/**
 * TensorFlow.js' own operations that merely move consecutive numbers, done as copies between buffers: taking a
 * vector apart into matrices and putting gradients together again need no program. What has not that simple form
 * goes the stock way.
 */
import {
  Concat,
  getKernel,
  registerKernel,
  Slice,
  slice_util,
  SplitV,
  unregisterKernel,
  util,
  type NamedAttrMap,
  type Tensor,
  type TensorInfo,
} from '@tensorflow/tfjs-core';
import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import { encoderOf } from './encoder';

type Copying = (
  backend: WebGPUBackend,
  inputs: readonly TensorInfo[],
  attrs: NamedAttrMap,
) => TensorInfo | TensorInfo[] | undefined;

const sizeOf = ({ shape }: TensorInfo) => util.sizeFromShape(shape);
/** Types of four bytes an element, in vectors with something in them. */
const isVector = (x: TensorInfo) =>
  (x.dtype === 'float32' || x.dtype === 'int32') && x.shape.length === 1 && x.shape[0]! > 0;

const concat: Copying = (backend, inputs) => {
  const [first] = inputs;
  if (!first || !inputs.every((x) => isVector(x) && x.dtype === first.dtype)) return undefined;
  const length = inputs.reduce((total, x) => total + sizeOf(x), 0);
  const whole = backend.makeTensorInfo([length], first.dtype);
  let at = 0;
  for (const piece of inputs) {
    encoderOf(backend).copy(piece.dataId, 0, whole.dataId, at, sizeOf(piece));
    at += sizeOf(piece);
  }
  return whole;
};

const splitV: Copying = (backend, [x], { numOrSizeSplits }) => {
  const sizes = numOrSizeSplits;
  if (!x || !isVector(x) || !Array.isArray(sizes) || !(sizes as number[]).every((size) => size > 0))
    return undefined;
  let at = 0;
  return (sizes as number[]).map((size) => {
    const piece = backend.makeTensorInfo([size], x.dtype);
    encoderOf(backend).copy(x.dataId, at, piece.dataId, 0, size);
    at += size;
    return piece;
  });
};

const slice: Copying = (backend, [x], attrs) => {
  if (!x || (x.dtype !== 'float32' && x.dtype !== 'int32')) return undefined;
  const [begin, size] = slice_util.parseSliceParams(
    x as Tensor,
    attrs.begin as number[],
    attrs.size as number[],
  ) as [number[], number[]];
  slice_util.assertParamsValid(x as Tensor, begin, size);
  const count = util.sizeFromShape(size);
  if (count === 0 || !slice_util.isSliceContinous(x.shape, begin, size)) return undefined;
  const part = backend.makeTensorInfo(size, x.dtype);
  const from = slice_util.computeFlatOffset(begin, util.computeStrides(x.shape));
  encoderOf(backend).copy(x.dataId, from, part.dataId, 0, count);
  return part;
};

const COPIED: Readonly<Record<string, Copying>> = { [Concat]: concat, [SplitV]: splitV, [Slice]: slice };

/** Puts the copying forms before the stock ones. */
export function preferCopies(): void {
  for (const [kernelName, copying] of Object.entries(COPIED)) {
    const stock = getKernel(kernelName, 'webgpu');
    unregisterKernel(kernelName, 'webgpu');
    registerKernel({
      ...stock,
      kernelFunc: (call) => {
        const inputs = Object.values(call.inputs as Record<string, TensorInfo | undefined>).filter(
          (input) => input !== undefined,
        );
        const made = copying(call.backend as WebGPUBackend, inputs, call.attrs ?? {});
        return made ?? stock.kernelFunc(call);
      },
    });
  }
}
