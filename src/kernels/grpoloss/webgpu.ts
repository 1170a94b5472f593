import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import type { OutputSpec } from '../define';
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

/** Two programs, a thread per token each: the statistics, and the two derivatives. A program has one output. */
export function grpoLossWebgpu(
  backend: WebGPUBackend,
  inputs: readonly (TensorInfo | undefined)[],
  [statsSpec, dScoresSpec]: readonly OutputSpec[],
  attrs: GrpoLossAttrs,
): TensorInfo[] {
  const [scores, old, logRef, advantages, weights] = inputs as [
    TensorInfo,
    TensorInfo,
    TensorInfo,
    TensorInfo,
    TensorInfo,
  ];
  const { klEstimator, clipLow, clipHigh, dualClip, klCoefficient, entropyCoefficient } = attrs;
  const shared = {
    inputs: { scores, old, logRef, advantages, weights },
    threads: scores.shape[0]!,
    // Named one by one: callers may hand over all their settings, and each of these becomes a uniform.
    floats: { clipLow, clipHigh, dualClip, klCoefficient, entropyCoefficient },
    ints: { klEstimator },
    functions: () => OBJECTIVE,
  };
  const read = `
      let logp = scores[2 * index];
      let advantage = advantages[index];
      let ratio = exp(logp - old[index]);
      let o = objective(ratio, logp, logRef[index], advantage);`;
  const [stats] = runProgram(backend, {
    ...shared,
    name: 'grpoStatistics',
    outputs: { result: statsSpec! },
    main: () => `${read}
      let entropy = scores[2 * index + 1];
      let at = index * 8;
      result[at] = weights[index] * (o.surrogate + uniforms.klCoefficient * o.kl - uniforms.entropyCoefficient * entropy);
      result[at + 1] = logp;
      result[at + 2] = ratio;
      result[at + 3] = o.kl;
      result[at + 4] = entropy;
      result[at + 5] = select(0.0, 1.0, ratio < 1.0 - uniforms.clipLow && advantage < 0.0);
      result[at + 6] = select(0.0, 1.0, ratio > 1.0 + uniforms.clipHigh && advantage > 0.0);
      result[at + 7] = o.surrogate;`,
  });
  const [dScores] = runProgram(backend, {
    ...shared,
    name: 'grpoGradient',
    outputs: { result: dScoresSpec! },
    main: () => `${read}
      result[2 * index] = weights[index] * o.slope;
      result[2 * index + 1] = -weights[index] * uniforms.entropyCoefficient;`,
  });
  return [stats, dScores];
}
