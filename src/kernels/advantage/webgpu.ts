import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import type { OutputSpec } from '../define';
import { runProgram } from '../webgpu-program';
import type { GroupAdvantageAttrs } from './index';

/**
 * F, then A_it = F_i c_it n_i / sum_t c_it k_it. A thread per rollout in both; each works out its group's mean
 * and deviation for itself, which for groups of eight is less than handing them on.
 */
export function groupAdvantageWebgpu(
  backend: WebGPUBackend,
  inputs: readonly (TensorInfo | undefined)[],
  [advantageSpec, normalisedSpec]: readonly OutputSpec[],
  { groupSize, sampleStd, epsilon, normalizeByStd }: GroupAdvantageAttrs,
): TensorInfo[] {
  const [scores, credits, counts] = inputs as [TensorInfo, TensorInfo, TensorInfo];
  const rows = credits.shape[0]!;
  const [normalised] = runProgram(backend, {
    name: 'groupNormalise',
    variant: normalizeByStd ? 'std' : 'mean',
    inputs: { scores },
    outputs: { result: normalisedSpec! },
    threads: rows,
    floats: { epsilon, freedom: sampleStd ? groupSize - 1 : groupSize },
    ints: { groupSize },
    main: () => `
      let size = uniforms.groupSize;
      let start = index / size * size;
      // A group of one has nothing to be compared with: its score stands as it is.
      let alone = size == 1;
      var sum = 0.0;
      var alike = !alone;
      for (var i = start; i < start + size; i++) {
        sum += scores[i];
        alike = alike && scores[i] == scores[start];
      }
      let mean = select(sum / f32(size), 0.0, alone);
      var square = 0.0;
      for (var i = start; i < start + size; i++) { square += (scores[i] - mean) * (scores[i] - mean); }
      var divisor = 1.0;
      ${normalizeByStd ? 'divisor = uniforms.epsilon + select(sqrt(square / max(uniforms.freedom, 1.0)), 1.0, alone);' : ''}
      result[index] = select((scores[index] - mean) / divisor, 0.0, alike);`,
  });
  const [advantages] = runProgram(backend, {
    name: 'groupAdvantage',
    inputs: { normalised, credits, counts },
    outputs: { result: advantageSpec! },
    threads: rows,
    main: () => `
      let turns = uniforms.creditsShape.y;
      let start = index * turns;
      var sum = 0.0;
      var magnitude = 0.0;
      var tokens = 0.0;
      for (var t = start; t < start + turns; t++) {
        sum += credits[t] * counts[t];
        magnitude += abs(credits[t]) * counts[t];
        tokens += select(0.0, counts[t], credits[t] != 0.0);
      }
      for (var t = start; t < start + turns; t++) {
        if (abs(sum) <= 1e-6 * magnitude) {
          result[t] = 0.0;
        } else {
          result[t] = normalised[index] * credits[t] * tokens / sum;
        }
      }`,
  });
  return [advantages, normalised];
}
