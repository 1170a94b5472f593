/**
 * The frozen weights of the policy on the current device: int8 as they are in the checkpoint, or float while
 * a checkpoint is being made.
 */
import { tensor1d, tensor2d, tidy, type Tensor1D, type Tensor2D } from '@tensorflow/tfjs-core';
import type { Int8Weight } from '../kernels';
import {
  EMBEDDING_NAME,
  FINAL_NORM_NAME,
  LINEAR_NAMES,
  linearShape,
  NORM_NAMES,
  normLength,
  tensorName,
  type LinearName,
  type NormName,
  type PolicyConfig,
} from './config';
import { CheckpointError } from './errors';
import type { TensorTable } from './safetensors';

/** A trainable float matrix, as opposed to a frozen int8 one. */
export interface FloatWeight {
  readonly float: Tensor2D;
}
export type Weight = Int8Weight | FloatWeight;

export interface LayerWeights {
  readonly linear: Readonly<Record<LinearName, Weight>>;
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

function int8Weight(tensors: TensorTable, name: string, outer: number, inner: number): Int8Weight {
  const stored = tensors.get(name);
  if (!stored) throw broken(`"${name}" is missing`);
  if (stored.dtype !== 'I8' || stored.shape[0] !== outer || stored.shape[1] !== inner) {
    throw broken(`"${name}" should be int8 of shape [${outer}, ${inner}]`);
  }
  const scale = floats(tensors, `${name}_scale`, outer);
  // Four neighbouring int8 in one int32: TensorFlow.js has no int8 type, and little-endian words hold them in order.
  const packed = new Int32Array(stored.data.buffer, stored.data.byteOffset, stored.data.length / 4);
  return { packed: tensor2d(packed, [outer, inner / 4], 'int32'), scale: tensor1d(scale) };
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
      LINEAR_NAMES.map((name) => [
        name,
        int8Weight(tensors, tensorName(layer, name), ...linearShape(config, name)),
      ]),
    ) as Record<LinearName, Weight>;
    const norm = Object.fromEntries(
      NORM_NAMES.map((name) => [
        name,
        tensor1d(floats(tensors, tensorName(layer, name), normLength(config, name))),
      ]),
    ) as Record<NormName, Tensor1D>;
    return { linear, norm };
  });
  return {
    embedding: int8Weight(tensors, EMBEDDING_NAME, config.vocab_size, config.hidden_size),
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
