/** The GRPO objective of every token and its gradient, a row of logits at a time. */
import { exp64 } from './math';
import { begin, end } from './share';
import { entropy, logProb, rateOf, readRow, rowGradient } from './softmax';

const STATS_BYTES: usize = 32;

export function grpoLoss(
  logits: usize, targets: usize, old: usize, ref: usize, advantages: usize, weights: usize,
  stats: usize, dLogits: usize, rows: i32, width: i32,
  temperature: f64, clipLow: f64, clipHigh: f64, dualClip: f64,
  klCoefficient: f64, klEstimator: i32, entropyCoefficient: f64,
): void {
  const rate = rateOf(temperature);
  const bytes = <usize>width << 2;
  const first = begin(<usize>rows, 1), stop = end(<usize>rows, 1);
  logits += first * bytes;
  dLogits += first * bytes;
  stats += first * STATS_BYTES;
  targets += first << 2;
  old += first << 2;
  ref += first << 2;
  advantages += first << 2;
  weights += first << 2;
  for (let n = first; n < stop; n++) {
    readRow(logits, width, rate, dLogits);
    const target = <usize>load<i32>(targets);
    const logp: f64 = logProb(load<f32>(logits + (target << 2)), temperature);
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

    store<f32>(stats, <f32>(weight * (surrogate + klCoefficient * kl - entropyCoefficient * <f64>entropy)));
    store<f32>(stats, <f32>logp, 4);
    store<f32>(stats, <f32>ratio, 8);
    store<f32>(stats, <f32>kl, 12);
    store<f32>(stats, entropy, 16);
    store<f32>(stats, ratio < 1 - clipLow && advantage < 0 ? 1 : 0, 20);
    store<f32>(stats, ratio > 1 + clipHigh && advantage > 0 ? 1 : 0, 24);
    store<f32>(stats, <f32>surrogate, 28);

    const factor = weight / temperature;
    const byLogP = <f32>(factor * slope);
    const byEntropy = <f32>(factor * entropyCoefficient);
    if (factor == 0 || (byLogP == 0 && byEntropy == 0)) memory.fill(dLogits, 0, bytes);
    else rowGradient(dLogits, logits, width, rate, target, byLogP, -byEntropy);

    logits += bytes;
    dLogits += bytes;
    stats += STATS_BYTES;
    targets += 4;
    old += 4;
    ref += 4;
    advantages += 4;
    weights += 4;
  }
}
