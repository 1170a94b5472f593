/**
 * LoRA adapters (arXiv 2106.09685) on every linear layer of the decoder. A starts random, B at zero, so that
 * training starts exactly at the frozen policy, and switching the adapter off gives it back.
 */
import type { Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import type { LoraPair } from '../kernels';
import { Random } from '../random';
import {
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
