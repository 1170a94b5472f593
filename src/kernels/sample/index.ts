/**
 * Sampling a token per row on the device, by the Gumbel-max trick:
 *
 *   token = argmax_v ( z_v / T - log(-log u(seed, row key, counter, v)) )
 *
 * logits [R, V]; keys [R, 1] int32, one number per rollout; previous [R, 3] int32, the sampler's last output.
 * Output [R, 3] int32 = (token, bits of its float32 log-probability, finished). A row is finished after its
 * end token; finished rows yield `padToken` with log-probability 0. Temperature 0 is argmax, lowest id
 * first, with the log-probability at temperature 1.
 *
 * u comes from a counter-based generator (a hash of its four arguments), so a rollout's randomness depends
 * on nothing but its own key and counter: not on batch order, nor on which rows ended before.
 * TensorFlow.js' own multinomial is no help: on WebGPU it seeds its hash by the coordinate and always
 * returns outcome 0 for element (0, 0).
 */
import type { Tensor2D } from '@tensorflow/tfjs-core';
import { defineKernel } from '../define';
import { sampleReference } from './reference';
import { sampleWebgpu } from './webgpu';

export type SampleAttrs = {
  temperature: number;
  seed: number;
  counter: number;
  endToken: number;
  padToken: number;
};

/** Columns of the output. */
export const SAMPLE_FIELDS = 3;

const run = defineKernel<SampleAttrs>({
  name: 'TurnwiseSample',
  inputs: ['logits', 'keys', 'previous'],
  optional: ['previous'],
  outputs: ([logits]) => [{ shape: [logits![0]!, SAMPLE_FIELDS], dtype: 'int32' }],
  reference: (inputs, outputs, [logits], attrs) =>
    sampleReference(inputs, outputs, logits![0]!, logits![1]!, attrs),
  simd: (
    wasm,
    [logits, keys, previous],
    [out],
    [shape],
    { temperature, seed, counter, endToken, padToken },
  ) =>
    wasm.sample(
      logits!,
      keys!,
      previous!,
      out!,
      shape![0]!,
      shape![1]!,
      temperature,
      seed,
      counter,
      endToken,
      padToken,
    ),
  webgpu: sampleWebgpu,
});

/** One token per row; see the file header. */
export function sampleTokens(
  logits: Tensor2D,
  keys: Tensor2D,
  previous: Tensor2D | undefined,
  attrs: SampleAttrs,
): Tensor2D {
  return run({ logits, keys, previous }, attrs)[0] as Tensor2D;
}
