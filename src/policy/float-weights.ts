/** All weights of a policy as trainable floats: how checkpoints are made before they are quantised and frozen. */
import type { Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import { Random } from '../random';
import {
  EMBEDDING_NAME,
  FINAL_NORM_NAME,
  LINEAR_NAMES,
  linearShape,
  NORM_NAMES,
  normLength,
  PROJECTION_NAMES,
  projectionShape,
  tensorName,
  type NormName,
  type PolicyConfig,
  type ProjectionName,
} from './config';
import type { ParameterShape } from './parameters';
import { quantiseRows } from './quantise';
import type { StoredTensor, TensorTable } from './safetensors';
import type { PolicyWeights, Weight } from './weights';

/** Every weight under its checkpoint name: the embedding, the layers, the final norm. */
export function weightShapes(config: PolicyConfig): ParameterShape[] {
  const layers = Array.from({ length: config.num_hidden_layers }, (_, layer) => [
    ...LINEAR_NAMES.map((name) => ({ name: tensorName(layer, name), shape: linearShape(config, name) })),
    ...NORM_NAMES.map((name) => ({ name: tensorName(layer, name), shape: [normLength(config, name)] })),
  ]);
  return [
    { name: EMBEDDING_NAME, shape: [config.vocab_size, config.hidden_size] },
    ...layers.flat(),
    { name: FINAL_NORM_NAME, shape: [config.hidden_size] },
  ];
}

/** The same numbers in the same order, matrices of one stacked product being one. */
export function stackedShapes(config: PolicyConfig): ParameterShape[] {
  const layers = Array.from({ length: config.num_hidden_layers }, (_, layer) => [
    ...PROJECTION_NAMES.map((name) => ({
      name: `layers.${layer}.${name}`,
      shape: projectionShape(config, name),
    })),
    ...NORM_NAMES.map((name) => ({ name: tensorName(layer, name), shape: [normLength(config, name)] })),
  ]);
  return [
    { name: EMBEDDING_NAME, shape: [config.vocab_size, config.hidden_size] },
    ...layers.flat(),
    { name: FINAL_NORM_NAME, shape: [config.hidden_size] },
  ];
}

/**
 * Matrices normal with deviation 0.02 for the embedding and 1/sqrt(in) elsewhere, those that write into the
 * residual stream shrunk by sqrt(2 layers) as in GPT-2; norms 1.
 */
export function initialWeights(config: PolicyConfig, seed: number): Float32Array {
  const random = new Random(seed);
  const residual = 1 / Math.sqrt(2 * config.num_hidden_layers);
  return Float32Array.from(
    weightShapes(config).flatMap(({ name, shape }) => {
      if (shape.length === 1) return new Array<number>(shape[0]!).fill(1);
      const writes = name.includes('o_proj') || name.includes('down_proj');
      const deviation = name === EMBEDDING_NAME ? 0.02 : (1 / Math.sqrt(shape[1]!)) * (writes ? residual : 1);
      return Array.from({ length: shape[0]! * shape[1]! }, () => random.normal() * deviation);
    }),
  );
}

/** Arranges views in the order of `stackedShapes` for the forward pass. */
export function floatWeights(config: PolicyConfig, views: readonly Tensor[]): PolicyWeights {
  const named = new Map(stackedShapes(config).map(({ name }, i) => [name, views[i]!]));
  const matrix = (name: string): Weight => ({ float: named.get(name) as Tensor2D });
  const vector = (name: string) => named.get(name) as Tensor1D;
  return {
    embedding: matrix(EMBEDDING_NAME),
    layers: Array.from({ length: config.num_hidden_layers }, (_, layer) => ({
      linear: Object.fromEntries(
        PROJECTION_NAMES.map((name) => [name, matrix(`layers.${layer}.${name}`)]),
      ) as Record<ProjectionName, Weight>,
      norm: Object.fromEntries(NORM_NAMES.map((name) => [name, vector(tensorName(layer, name))])) as Record<
        NormName,
        Tensor1D
      >,
    })),
    finalNorm: vector(FINAL_NORM_NAME),
  };
}

/** Flat float weights in the order of `weightShapes` as checkpoint tensors: matrices int8 by row, norms float. */
export function quantisedTensors(config: PolicyConfig, flat: Float32Array): TensorTable {
  const tensors = new Map<string, StoredTensor>();
  let at = 0;
  for (const { name, shape } of weightShapes(config)) {
    const size = shape.reduce((a, b) => a * b, 1);
    const values = flat.slice(at, at + size);
    at += size;
    if (shape.length === 1) {
      tensors.set(name, { dtype: 'F32', shape, data: values });
      continue;
    }
    const { data, scale } = quantiseRows(values, shape[0]!, shape[1]!);
    tensors.set(name, { dtype: 'I8', shape, data });
    tensors.set(`${name}_scale`, { dtype: 'F32', shape: [shape[0]!], data: scale });
  }
  return tensors;
}
