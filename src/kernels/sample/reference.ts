import { mix } from '../../random';
import type { Shape, Values } from '../define';
import { ID, SEEN } from '../layout';
import { logSoftmaxRow } from '../lmhead/reference';
import { COUNTER, DRAWN, KEY, SAMPLE_FIELDS, SAMPLES, type SampleAttrs } from './index';

/** The hash from which every uniform number of the sampler is made; all arguments and the result are uint32. */
export function counterHash(seed: number, key: number, counter: number, index: number): number {
  let h = mix((seed ^ 0x9e3779b9) >>> 0);
  h = mix((h ^ Math.imul(key, 0x85ebca77)) >>> 0);
  h = mix((h ^ Math.imul(counter, 0xc2b2ae3d)) >>> 0);
  return mix((h ^ Math.imul(index, 0x27d4eb2f)) >>> 0);
}

/** In (0, 1): the 24 highest bits of the hash, centred in their interval so that neither end is hit. */
export function counterUniform(seed: number, key: number, counter: number, index: number): number {
  return ((counterHash(seed, key, counter, index) >>> 8) + 0.5) / 0x1000000;
}

export function sampleReference(
  [logits, rows]: readonly Values[],
  [logitsShape, rowsShape]: readonly Shape[],
  { temperature, seed, endToken, padToken }: SampleAttrs,
): void {
  const [count, width] = logitsShape as [number, number];
  const fields = rowsShape![1]!;
  const bits = new Int32Array(1);
  const float = new Float32Array(bits.buffer);
  for (let r = 0; r < count; r++) {
    const row = rows!.subarray(r * fields, (r + 1) * fields);
    const drawn = row[DRAWN]!;
    const at = SAMPLES + SAMPLE_FIELDS * drawn;
    row[DRAWN] = drawn + 1;
    if (row[ID] === endToken) {
      row.set([padToken, 0], at);
      continue;
    }
    const greedy = temperature === 0;
    const logp = logSoftmaxRow(logits!.subarray(r * width, (r + 1) * width), greedy ? 1 : temperature);
    const counter = row[COUNTER]! + drawn;
    let token = 0;
    let best = -Infinity;
    for (let v = 0; v < width; v++) {
      const noise = greedy ? 0 : -Math.log(-Math.log(counterUniform(seed, row[KEY]!, counter, v)));
      if (logp[v]! + noise > best) {
        best = logp[v]! + noise;
        token = v;
      }
    }
    float[0] = logp[token]!;
    row.set([token, bits[0]!], at);
    row[ID] = token;
    row[SEEN]! += 1;
  }
}
