/**
 * The frozen weights of the policy on the current device: int8 as they are in the checkpoint, or float while
 * a checkpoint is being made.
 */
import { tensor1d, tensor2d, tidy, type Tensor1D, type Tensor2D } from '@tensorflow/tfjs-core';
import type { Int8Weight } from '../kernels';
import {
  EMBEDDING_NAME,
  FINAL_NORM_NAME,
  linearShape,
  NORM_NAMES,
  normLength,
  PROJECTION_NAMES,
  PROJECTIONS,
  tensorName,
  type NormName,
  type PolicyConfig,
  type ProjectionName,
} from './config';
import { CheckpointError } from './errors';
import type { TensorTable } from './safetensors';

/** A trainable float matrix, as opposed to a frozen int8 one. */
export interface FloatWeight {
  readonly float: Tensor2D;
}
export type Weight = Int8Weight | FloatWeight;

export interface LayerWeights {
  readonly linear: Readonly<Record<ProjectionName, Weight>>;
  readonly norm: Readonly<Record<NormName, Tensor1D>>;
}

export interface PolicyWeights {
  readonly embedding: Weight;
  readonly layers: readonly LayerWeights[];
  readonly finalNorm: Tensor1D;
}

const broken = (why: string) =>
  new CheckpointError('checkpoint-broken', `model.safetensors does not fit config.json: ${why}.`);

function floats(tensors: TensorTable, name: string, length: number): Float32Array {
  const stored = tensors.get(name);
  if (!stored) throw broken(`"${name}" is missing`);
  if (stored.dtype !== 'F32' || stored.data.length !== length)
    throw broken(`"${name}" should be ${length} float numbers`);
  return stored.data;
}

interface Int8Rows {
  readonly data: Int8Array;
  readonly scale: Float32Array;
  readonly inner: number;
}

function int8Rows(tensors: TensorTable, name: string, outer: number, inner: number): Int8Rows {
  const stored = tensors.get(name);
  if (!stored) throw broken(`"${name}" is missing`);
  if (stored.dtype !== 'I8' || stored.shape[0] !== outer || stored.shape[1] !== inner) {
    throw broken(`"${name}" should be int8 of shape [${outer}, ${inner}]`);
  }
  return { data: stored.data, scale: floats(tensors, `${name}_scale`, outer), inner };
}

/** Uploads matrices of the same inner size as one, their rows one below the other. */
function stacked(parts: readonly Int8Rows[]): Int8Weight {
  const outer = parts.reduce((sum, { scale }) => sum + scale.length, 0);
  const inner = parts[0]!.inner;
  const data = new Int8Array(outer * inner);
  const scale = new Float32Array(outer);
  let row = 0;
  for (const part of parts) {
    data.set(part.data, row * inner);
    scale.set(part.scale, row);
    row += part.scale.length;
  }
  // Four neighbouring int8 in one int32: TensorFlow.js has no int8 type, and little-endian words hold them in order.
  return {
    packed: tensor2d(new Int32Array(data.buffer), [outer, inner / 4], 'int32'),
    scale: tensor1d(scale),
  };
}

/** Uploads a checkpoint's weights. Throws a `CheckpointError` if a tensor is missing or of the wrong shape. */
export function loadWeights(config: PolicyConfig, tensors: TensorTable): PolicyWeights {
  // Tidied, so that a checkpoint that turns out broken halfway leaves nothing on the device. The type of what a
  // tidy may return has no read-only fields, hence `never`.
  return tidy(() => upload(config, tensors) as never);
}

function upload(config: PolicyConfig, tensors: TensorTable): PolicyWeights {
  const layers = Array.from({ length: config.num_hidden_layers }, (_, layer): LayerWeights => {
    const linear = Object.fromEntries(
      PROJECTION_NAMES.map((name) => {
        const parts = PROJECTIONS[name].map((part) =>
          int8Rows(tensors, tensorName(layer, part), ...linearShape(config, part)),
        );
        return [name, stacked(parts)];
      }),
    ) as Record<ProjectionName, Weight>;
    const norm = Object.fromEntries(
      NORM_NAMES.map((name) => [
        name,
        tensor1d(floats(tensors, tensorName(layer, name), normLength(config, name))),
      ]),
    ) as Record<NormName, Tensor1D>;
    return { linear, norm };
  });
  return {
    embedding: stacked([int8Rows(tensors, EMBEDDING_NAME, config.vocab_size, config.hidden_size)]),
    layers,
    finalNorm: tensor1d(floats(tensors, FINAL_NORM_NAME, config.hidden_size)),
  };
}

const disposeWeight = (weight: Weight) => {
  if ('float' in weight) weight.float.dispose();
  else {
    weight.packed.dispose();
    weight.scale.dispose();
  }
};

export function disposeWeights(weights: PolicyWeights): void {
  disposeWeight(weights.embedding);
  weights.finalNorm.dispose();
  for (const { linear, norm } of weights.layers) {
    Object.values(linear).forEach(disposeWeight);
    Object.values(norm).forEach((tensor) => tensor.dispose());
  }
}
