/** The GRPO objective of every token and its gradient by the token's log-probability and entropy. */
import { exp64 } from './math';

export function grpoLoss(
  scores: usize, old: usize, ref: usize, advantages: usize, weights: usize, stats: usize, dScores: usize, rows: i32,
  clipLow: f64, clipHigh: f64, dualClip: f64, klCoefficient: f64, klEstimator: i32, entropyCoefficient: f64,
): void {
  for (let n = 0; n < rows; n++) {
    const logp: f64 = load<f32>(scores);
    const entropy: f64 = load<f32>(scores, 4);
    const advantage: f64 = load<f32>(advantages);
    const weight: f64 = load<f32>(weights);

    const ratio = exp64(logp - <f64>load<f32>(old));
    const bounded = min(max(ratio, 1 - clipLow), 1 + clipHigh);
    let surrogate = max(-advantage * ratio, -advantage * bounded);
    // Where the bounded branch wins strictly, the ratio no longer moves the loss.
    let slope: f64 = -advantage * ratio >= -advantage * bounded ? -advantage * ratio : 0;
    if (dualClip > 0 && advantage < 0 && surrogate > -dualClip * advantage) {
      surrogate = -dualClip * advantage;
      slope = 0;
    }

    const d = logp - <f64>load<f32>(ref);
    let kl = d;
    let klSlope: f64 = 1;
    if (klEstimator == 1) {
      kl = (d * d) / 2;
      klSlope = d;
    } else if (klEstimator == 2) {
      const inverse = exp64(-d);
      kl = inverse - 1 + d;
      klSlope = 1 - inverse;
    }
    slope += klCoefficient * klSlope;

    store<f32>(stats, <f32>(weight * (surrogate + klCoefficient * kl - entropyCoefficient * entropy)));
    store<f32>(stats, <f32>logp, 4);
    store<f32>(stats, <f32>ratio, 8);
    store<f32>(stats, <f32>kl, 12);
    store<f32>(stats, <f32>entropy, 16);
    store<f32>(stats, ratio < 1 - clipLow && advantage < 0 ? 1 : 0, 20);
    store<f32>(stats, ratio > 1 + clipHigh && advantage > 0 ? 1 : 0, 24);
    store<f32>(stats, <f32>surrogate, 28);
    store<f32>(dScores, <f32>(weight * slope));
    store<f32>(dScores, <f32>(-weight * entropyCoefficient), 4);

    scores += 8;
    dScores += 8;
    stats += 32;
    old += 4;
    ref += 4;
    advantages += 4;
    weights += 4;
  }
}
