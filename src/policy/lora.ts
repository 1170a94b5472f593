/**
 * LoRA adapters (arXiv 2106.09685) on every linear layer of the decoder. A starts random, B at zero, so that
 * training starts exactly at the frozen policy, and switching the adapter off gives it back.
 */
import type { Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import type { LoraPair } from '../kernels';
import { Random } from '../random';
import {
  linearShape,
  PROJECTION_NAMES,
  PROJECTIONS,
  projectionShape,
  projectionStarts,
  type PolicyConfig,
  type ProjectionName,
} from './config';
import type { ParameterShape } from './parameters';

export interface LoraOptions {
  readonly rank: number;
  readonly alpha: number;
}

/** The adapters of one layer: one for each linear layer, those of a stacked product stacked like it. */
export type LayerAdapter = Readonly<Record<ProjectionName, LoraPair>>;
export type Adapter = readonly LayerAdapter[];

/** Shapes of all A [parts r, in] and B [out, r], layer by layer, in the order in which `adapterFrom` reads them. */
export function adapterShapes(config: PolicyConfig, { rank }: LoraOptions): ParameterShape[] {
  return Array.from({ length: config.num_hidden_layers }, (_, layer) =>
    PROJECTION_NAMES.flatMap((name) => {
      const [outer, inner] = projectionShape(config, name);
      return [
        { name: `layers.${layer}.${name}.lora_A`, shape: [PROJECTIONS[name].length * rank, inner] },
        { name: `layers.${layer}.${name}.lora_B`, shape: [outer, rank] },
      ];
    }),
  ).flat();
}

/** One linear layer's own matrix inside the flat adapter, under the name PEFT knows it by. */
export interface AdapterPart {
  readonly name: string;
  readonly shape: readonly [number, number];
  /** Where it begins. */
  readonly offset: number;
}

/** Every matrix of the flat adapter, in its order: what an adapter is made of for other programs. */
export function adapterParts(config: PolicyConfig, { rank }: Pick<LoraOptions, 'rank'>): AdapterPart[] {
  const parts: AdapterPart[] = [];
  let offset = 0;
  const add = (name: string, rows: number, columns: number) => {
    parts.push({ name, shape: [rows, columns], offset });
    offset += rows * columns;
  };
  for (let layer = 0; layer < config.num_hidden_layers; layer++) {
    for (const projection of PROJECTION_NAMES) {
      const shapes = PROJECTIONS[projection].map((name) => [name, linearShape(config, name)] as const);
      for (const [name, [, inner]] of shapes) add(`layers.${layer}.${name}.lora_A`, rank, inner);
      for (const [name, [outer]] of shapes) add(`layers.${layer}.${name}.lora_B`, outer, rank);
    }
  }
  return parts;
}

/** Initial values: A uniform in +-1/sqrt(in) (as PEFT's Kaiming default gives), B zero. */
export function initialAdapter(shapes: readonly ParameterShape[], seed: number): Float32Array {
  const random = new Random(seed);
  return Float32Array.from(
    shapes.flatMap(({ name, shape: [rows, width] }) => {
      const bound = name.endsWith('lora_A') ? 1 / Math.sqrt(width!) : 0;
      return Array.from({ length: rows! * width! }, () => (2 * random.next() - 1) * bound);
    }),
  );
}

/** Arranges the flat list of matrices by layer and name. */
export function adapterFrom(
  config: PolicyConfig,
  matrices: readonly Tensor[],
  { rank, alpha }: LoraOptions,
): Adapter {
  const perLayer = 2 * PROJECTION_NAMES.length;
  return Array.from({ length: matrices.length / perLayer }, (_, layer) => {
    const pair = (name: ProjectionName, i: number): LoraPair => ({
      a: matrices[layer * perLayer + 2 * i] as Tensor2D,
      b: matrices[layer * perLayer + 2 * i + 1] as Tensor2D,
      scale: alpha / rank,
      starts: projectionStarts(config, name),
    });
    return Object.fromEntries(PROJECTION_NAMES.map((name, i) => [name, pair(name, i)])) as LayerAdapter;
  });
}
