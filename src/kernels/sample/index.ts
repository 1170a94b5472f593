/**
 * Sampling a token per row on the device, by the Gumbel-max trick:
 *
 *   token = argmax_v ( z_v / T - log(-log u(seed, key, counter + drawn, v)) )
 *
 * logits [R, V]. rows [R, C] int32 is the state of R conversations, changed in place: the token table of layout.ts,
 * then per row KEY (one number per rollout), COUNTER (where its random stream stands), DRAWN (tokens drawn this
 * turn), and from SAMPLES on a pair (token, bits of its float32 log-probability) for each of them. A drawn
 * token becomes the row's ID and moves SEEN on by one, so that the row is ready for the next step. A row whose
 * ID is the end token is finished: it draws `padToken` with log-probability 0 and stays as it is. Temperature 0 is argmax, lowest id first, with the log-probability at temperature 1.
 *
 * u comes from a counter-based generator (a hash of its four arguments), so a rollout's randomness depends
 * on nothing but its own key and counter: not on batch order, nor on which rows ended before.
 * TensorFlow.js' own multinomial is no help: on WebGPU it seeds its hash by the coordinate and always
 * returns outcome 0 for element (0, 0).
 */
import type { Tensor2D } from '@tensorflow/tfjs-core';
import { defineKernel } from '../define';
import { TOKEN_FIELDS } from '../layout';
import { sampleReference } from './reference';
import { sampleWebgpu } from './webgpu';

export type SampleAttrs = {
  temperature: number;
  seed: number;
  endToken: number;
  padToken: number;
};

export const KEY = TOKEN_FIELDS;
export const COUNTER = TOKEN_FIELDS + 1;
export const DRAWN = TOKEN_FIELDS + 2;
export const SAMPLES = TOKEN_FIELDS + 3;
/** Numbers per drawn token. */
export const SAMPLE_FIELDS = 2;

const run = defineKernel<SampleAttrs>({
  name: 'TurnwiseSample',
  inputs: ['logits', 'rows'],
  writes: [1],
  outputs: () => [],
  reference: (inputs, _, shapes, attrs) => sampleReference(inputs, shapes, attrs),
  simd: (wasm, [logits, rows], _, [shape, state], { temperature, seed, endToken, padToken }) =>
    wasm.sample(logits!, rows!, state![1]!, shape![0]!, shape![1]!, temperature, seed, endToken, padToken),
  webgpu: sampleWebgpu,
});

/** Draws a token for every row and moves `rows` on; see the file header. */
export function sampleTokens(logits: Tensor2D, rows: Tensor2D, attrs: SampleAttrs): void {
  run({ logits, rows }, attrs);
}
