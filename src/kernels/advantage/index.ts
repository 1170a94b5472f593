/**
 * Group-relative advantages of turns, as UserRL computes them (see credit/advantages.ts, the readable form):
 *
 *   F_i = (S_i - mean_G) / (std_G + eps)        exactly 0 where a group scores all alike
 *   A_it = F_i c_it n_i / sum_t c_it k_it       n_i = sum of k_it over turns with c_it != 0
 *
 * scores [R], credits [R, T], counts [R, T] (trained tokens of each turn; 0 where there is no such turn),
 * consecutive rows of `groupSize` forming a group -> advantages [R, T] and F [R].
 */
import type { Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import { defineKernel } from '../define';
import { groupAdvantageReference } from './reference';
import { groupAdvantageWebgpu } from './webgpu';

export type GroupAdvantageAttrs = {
  groupSize: number;
  sampleStd: boolean;
  epsilon: number;
  normalizeByStd: boolean;
};

const run = defineKernel<GroupAdvantageAttrs>({
  name: 'TurnwiseGroupAdvantage',
  inputs: ['scores', 'credits', 'counts'],
  outputs: ([, credits]) => [
    { shape: [...credits!], dtype: 'float32' },
    { shape: [credits![0]!], dtype: 'float32' },
  ],
  reference: (inputs, outputs, [, credits], attrs) =>
    groupAdvantageReference(inputs, outputs, credits![0]!, credits![1]!, attrs),
  simd: (wasm, [scores, credits, counts], [advantages, normalised], [, shape], a) =>
    wasm.groupAdvantage(
      scores!,
      credits!,
      counts!,
      advantages!,
      normalised!,
      shape![0]!,
      shape![1]!,
      a.groupSize,
      a.sampleStd,
      a.epsilon,
      a.normalizeByStd,
    ),
  webgpu: groupAdvantageWebgpu,
});

/** Advantages per turn [R, T] and normalised scores F [R]. */
export function groupAdvantageOp(
  scores: Tensor1D,
  credits: Tensor2D,
  counts: Tensor2D,
  attrs: GroupAdvantageAttrs,
): { advantages: Tensor2D; normalised: Tensor1D } {
  const [advantages, normalised] = run({ scores, credits, counts }, attrs);
  return { advantages: advantages as Tensor2D, normalised: normalised as Tensor1D };
}
