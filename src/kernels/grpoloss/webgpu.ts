import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import type { OutputSpec } from '../define';
import { READ_ROW } from '../tokenlogprob/webgpu';
import { runProgram } from '../webgpu-program';
import type { GrpoLossAttrs } from './index';

/** The objective of one token without entropy, and its derivative by the token's log-probability. See reference.ts. */
const OBJECTIVE = `
  struct Objective { surrogate : f32, kl : f32, slope : f32 };
  fn objective(ratio : f32, logp : f32, logRef : f32, advantage : f32) -> Objective {
    var o : Objective;
    let free = -advantage * ratio;
    let bounded = -advantage * clamp(ratio, 1.0 - uniforms.clipLow, 1.0 + uniforms.clipHigh);
    o.surrogate = max(free, bounded);
    // Where the bounded branch wins strictly, the ratio no longer moves the loss.
    o.slope = select(0.0, free, free >= bounded);
    if (uniforms.dualClip > 0.0 && advantage < 0.0 && o.surrogate > -uniforms.dualClip * advantage) {
      o.surrogate = -uniforms.dualClip * advantage;
      o.slope = 0.0;
    }
    let d = logp - logRef;
    var klSlope : f32;
    switch (uniforms.klEstimator) {
      case 0: { o.kl = d; klSlope = 1.0; }
      case 1: { o.kl = d * d / 2.0; klSlope = d; }
      default: {
        // exp(-d) - 1, by its series where the subtraction would leave little but rounding.
        let small = -d * (1.0 - d / 2.0 * (1.0 - d / 3.0 * (1.0 - d / 4.0 * (1.0 - d / 5.0))));
        let grown = select(exp(-d) - 1.0, small, abs(d) < 0.1);
        o.kl = grown + d;
        klSlope = -grown;
      }
    }
    o.slope += uniforms.klCoefficient * klSlope;
    return o;
  }`;

/**
 * Two programs: the statistics, a thread per row, and dlogits, a thread per logit:
 *
 *   dz_v = weight (slope (1[v=y] - p_v) + eta p_v (log p_v + H)) / T,  log p_v = logp + (z_v - z_y) / T
 *
 * The second takes logp, the ratio and H from the first one's statistics, and works out the slope again:
 * a few operations cost less than one more tensor.
 */
export function grpoLossWebgpu(
  backend: WebGPUBackend,
  inputs: readonly (TensorInfo | undefined)[],
  [statsSpec, dLogitsSpec]: readonly OutputSpec[],
  attrs: GrpoLossAttrs,
): TensorInfo[] {
  const [logits, targets, old, logRef, advantages, weights] = inputs as [
    TensorInfo,
    TensorInfo,
    TensorInfo,
    TensorInfo,
    TensorInfo,
    TensorInfo,
  ];
  const { klEstimator, temperature, clipLow, clipHigh, dualClip, klCoefficient, entropyCoefficient } = attrs;
  // Named one by one: callers may hand over all their settings, and each of these becomes a uniform.
  const floats = { temperature, clipLow, clipHigh, dualClip, klCoefficient, entropyCoefficient };
  const [rows, width] = logits.shape as [number, number];
  const [stats] = runProgram(backend, {
    name: 'grpoStatistics',
    inputs: { logits, targets, old, logRef, advantages, weights },
    outputs: { result: statsSpec! },
    threads: rows,
    floats,
    ints: { klEstimator },
    functions: () => READ_ROW + OBJECTIVE,
    main: () => `
      let width = uniforms.logitsShape.y;
      let read = readRow(index, width);
      let logp = logits[index * width + targets[index]] / uniforms.temperature - read.x - read.y;
      let advantage = advantages[index];
      let ratio = exp(logp - old[index]);
      let o = objective(ratio, logp, logRef[index], advantage);
      let at = index * 8;
      result[at] = weights[index] * (o.surrogate + uniforms.klCoefficient * o.kl - uniforms.entropyCoefficient * read.z);
      result[at + 1] = logp;
      result[at + 2] = ratio;
      result[at + 3] = o.kl;
      result[at + 4] = read.z;
      result[at + 5] = select(0.0, 1.0, ratio < 1.0 - uniforms.clipLow && advantage < 0.0);
      result[at + 6] = select(0.0, 1.0, ratio > 1.0 + uniforms.clipHigh && advantage > 0.0);
      result[at + 7] = o.surrogate;`,
  });
  const [dLogits] = runProgram(backend, {
    name: 'grpoGradient',
    inputs: { logits, targets, logRef, advantages, weights, stats },
    outputs: { result: dLogitsSpec! },
    threads: rows * width,
    floats,
    ints: { klEstimator },
    functions: () => OBJECTIVE,
    main: () => `
      let width = uniforms.logitsShape.y;
      let n = index / width;
      let hit = targets[n];
      let logp = stats[n * 8 + 1];
      let ratio = stats[n * 8 + 2];
      let entropy = stats[n * 8 + 4];
      let o = objective(ratio, logp, logRef[n], advantages[n]);
      let logV = logp + (logits[index] - logits[n * width + hit]) / uniforms.temperature;
      let p = exp(logV);
      let one = select(0.0, 1.0, index % width == hit);
      result[index] = weights[n] * (o.slope * (one - p) + uniforms.entropyCoefficient * p * (logV + entropy)) / uniforms.temperature;`,
  });
  return [stats, dLogits];
}
