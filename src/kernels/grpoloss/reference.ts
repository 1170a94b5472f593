import type { Values } from '../define';
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
  [scores, old, ref, advantages, weights]: readonly Values[],
  [stats, dScores]: readonly Values[],
  rows: number,
  o: GrpoLossAttrs,
): void {
  for (let n = 0; n < rows; n++) {
    const logp = scores![n * 2]!;
    const entropy = scores![n * 2 + 1]!;
    const weight = weights![n]!;
    const token = tokenObjective(logp, old![n]!, ref![n]!, advantages![n]!, o);
    const loss = weight * (token.surrogate + o.klCoefficient * token.kl - o.entropyCoefficient * entropy);
    stats!.set(
      [
        loss,
        logp,
        token.ratio,
        token.kl,
        entropy,
        Number(token.clippedLow),
        Number(token.clippedHigh),
        token.surrogate,
      ],
      n * 8,
    );
    dScores!.set([weight * token.slope, -weight * o.entropyCoefficient], n * 2);
  }
}
