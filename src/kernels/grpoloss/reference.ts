import type { Values } from '../define';
import { entropyOf, logSoftmaxRow } from '../tokenlogprob/reference';
import type { GrpoLossAttrs } from './index';

/** Loss of one token without entropy, and its derivative by the token's log-probability. */
export function tokenObjective(logp: number, old: number, ref: number, advantage: number, o: GrpoLossAttrs) {
  const ratio = Math.exp(logp - old);
  const bounded = Math.min(Math.max(ratio, 1 - o.clipLow), 1 + o.clipHigh);
  let surrogate = Math.max(-advantage * ratio, -advantage * bounded);
  // Where the bounded branch wins strictly, the ratio no longer moves the loss.
  let slope = -advantage * ratio >= -advantage * bounded ? -advantage * ratio : 0;
  if (o.dualClip > 0 && advantage < 0 && surrogate > -o.dualClip * advantage) {
    surrogate = -o.dualClip * advantage;
    slope = 0;
  }
  const d = logp - ref;
  const [kl, klSlope] =
    o.klEstimator === 0
      ? [d, 1]
      : o.klEstimator === 1
        ? [(d * d) / 2, d]
        : [Math.exp(-d) - 1 + d, 1 - Math.exp(-d)];
  return {
    ratio,
    surrogate,
    kl,
    slope: slope + o.klCoefficient * klSlope,
    clippedLow: ratio < 1 - o.clipLow && advantage < 0,
    clippedHigh: ratio > 1 + o.clipHigh && advantage > 0,
  };
}

export function grpoLossReference(
  [logits, targets, old, ref, advantages, weights]: readonly Values[],
  [stats, dLogits]: readonly Values[],
  rows: number,
  width: number,
  o: GrpoLossAttrs,
): void {
  for (let n = 0; n < rows; n++) {
    const logp = logSoftmaxRow(logits!, n * width, width, o.temperature);
    const entropy = entropyOf(logp);
    const target = targets![n]!;
    const weight = weights![n]!;
    const token = tokenObjective(logp[target]!, old![n]!, ref![n]!, advantages![n]!, o);
    const loss = weight * (token.surrogate + o.klCoefficient * token.kl - o.entropyCoefficient * entropy);
    stats!.set(
      [
        loss,
        logp[target]!,
        token.ratio,
        token.kl,
        entropy,
        Number(token.clippedLow),
        Number(token.clippedHigh),
        token.surrogate,
      ],
      n * 8,
    );
    for (let v = 0; v < width; v++) {
      const p = Math.exp(logp[v]!);
      const byLogP = token.slope * ((v === target ? 1 : 0) - p);
      const byEntropy = o.entropyCoefficient * p * (logp[v]! + entropy);
      dLogits![n * width + v] = (weight * (byLogP + byEntropy)) / o.temperature;
    }
  }
}
