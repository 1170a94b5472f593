import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import type { OutputSpec } from '../define';
import { ID, SEEN } from '../layout';
import { runProgram } from '../webgpu-program';
import { COUNTER, DRAWN, KEY, SAMPLE_FIELDS, SAMPLES, type SampleAttrs } from './index';

/**
 * The generator of reference.ts, and the noise made from it. There, u = (b + 1/2) / 2^24 with b the 24 highest bits
 * of the hash; near 1 that is more than a float can hold, and it is there that the largest noise is made. So it
 * is 1 - u that is formed, exactly, and where it is small -log(u) is the series of -log(1 - (1 - u)).
 */
const NOISE = `
  fn mixed(x : u32) -> u32 {
    var h = (x ^ (x >> 16u)) * 0x85ebca6bu;
    h = (h ^ (h >> 13u)) * 0xc2b2ae35u;
    return h ^ (h >> 16u);
  }
  fn gumbel(stream : u32, v : i32) -> f32 {
    let b = mixed(stream ^ (u32(v) * 0x27d4eb2fu)) >> 8u;
    let rest = (f32(0xffffffu - b) + 0.5) / 16777216.0;
    var e = -log((f32(b) + 0.5) / 16777216.0);
    if (rest < 0.125) {
      e = rest * (1.0 + rest * (1.0 / 2.0 + rest * (1.0 / 3.0 + rest * (1.0 / 4.0 + rest * (1.0 / 5.0 + rest * (1.0 / 6.0 + rest / 7.0))))));
    }
    return -log(e);
  }`;

/** argmax_v (z_v / T + noise) and its log-probability, in one pass over each row. */
export function sampleWebgpu(
  backend: WebGPUBackend,
  inputs: readonly (TensorInfo | undefined)[],
  _outputs: readonly OutputSpec[],
  { temperature, seed, endToken, padToken }: SampleAttrs,
): TensorInfo[] {
  const [logits, rows] = inputs as [TensorInfo, TensorInfo];
  const greedy = temperature === 0;
  runProgram(backend, {
    name: 'sample',
    variant: greedy ? 'greedy' : 'random',
    inputs: { logits },
    outputs: { rows },
    rows: logits.shape[0]!,
    floats: { temperature: greedy ? 1 : temperature },
    ints: { endToken, padToken },
    words: { seed: seed >>> 0 },
    functions: () => NOISE,
    main: () => `
      let state = index * uniforms.rowsShape.y;
      let id = rows[state + ${ID}];
      let drawn = rows[state + ${DRAWN}];
      let at = state + ${SAMPLES} + ${SAMPLE_FIELDS} * drawn;
      if (id == uniforms.endToken) {
        if (LANE == 0) {
          rows[state + ${DRAWN}] = drawn + 1;
          rows[at] = uniforms.padToken;
          rows[at + 1] = 0;
        }
        return;
      }
      var stream = mixed(uniforms.seed ^ 0x9e3779b9u);
      stream = mixed(stream ^ (u32(rows[state + ${KEY}]) * 0x85ebca77u));
      stream = mixed(stream ^ (u32(rows[state + ${COUNTER}] + drawn) * 0xc2b2ae3du));
      let width = uniforms.logitsShape.y;
      let start = index * width;
      var top = -3.0e38;
      var sum = 0.0;
      var token = width;
      var best = -3.0e38;
      for (var v = LANE; v < width; v += LANES) {
        let z = logits[start + v] / uniforms.temperature;
        if (z > top) {
          sum *= exp(top - z);
          top = z;
        }
        sum += exp(z - top);
        let score = z${greedy ? '' : ' + gumbel(stream, v)'};
        if (score > best) {
          best = score;
          token = v;
        }
      }
      let highest = largestOf(top);
      let total = totalOf(sum * exp(top - highest));
      // Of equal scores the lowest id.
      let leading = largestOf(best);
      token = leastOf(select(width, token, best == leading));
      if (LANE == 0) {
        rows[state + ${DRAWN}] = drawn + 1;
        rows[at] = token;
        rows[at + 1] = bitcast<i32>(logits[start + token] / uniforms.temperature - highest - log(total));
        rows[state + ${ID}] = token;
        rows[state + ${SEEN}] += 1;
      }`,
  });
  return [];
}
