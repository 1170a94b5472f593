/**
 * The GRPO objective over tokens, as a plain function of numbers. The trained model uses fused kernels for it;
 * this is the readable statement they are tested against. Conventions of TRL and verl.
 *
 *   rho = exp(logProb - oldLogProb)
 *   l   = max(-A rho, -A clip(rho, 1 - clipLow, 1 + clipHigh))       PPO, arXiv 1707.06347
 *   l   = min(l, -dualClip A) where A < 0                            dual clip, arXiv 1912.09729
 *   l  += klCoefficient KL(logProb - refLogProb) - entropyCoefficient H
 *   L   = aggregation of l over the masked tokens
 */

export type Aggregation =
  'token-mean' | 'seq-mean-token-sum' | 'seq-mean-token-mean' | 'seq-mean-token-sum-norm';
export type KlEstimator = 'k1' | 'k2' | 'k3';

type Rows = readonly (readonly number[])[];

/** All `[rollout][token]`; rows may differ in length. */
export interface LossInputs {
  readonly logProbs: Rows;
  readonly oldLogProbs: Rows;
  /** Needed only for the KL term and its metric. */
  readonly refLogProbs?: Rows;
  readonly advantages: Rows;
  /** 1 on tokens the policy generated, 0 elsewhere. */
  readonly mask: Rows;
  /** Entropy of the distribution each token was drawn from; needed only for the bonus. */
  readonly entropies?: Rows;
}

export interface LossOptions {
  readonly clipLow?: number;
  readonly clipHigh?: number;
  /** 0 or left out: off. */
  readonly dualClip?: number;
  readonly aggregation?: Aggregation;
  readonly klCoefficient?: number;
  readonly klEstimator?: KlEstimator;
  readonly entropyCoefficient?: number;
  /** Divisor of `seq-mean-token-sum-norm`. Default: the longest row, masked tokens included. */
  readonly normLength?: number;
}

export interface LossResult {
  readonly loss: number;
  /** Share of masked tokens with rho < 1 - clipLow and A < 0: those the lower clip acts on. */
  readonly clipRatioLow: number;
  /** Share of masked tokens with rho > 1 + clipHigh and A > 0. */
  readonly clipRatioHigh: number;
  /** Mean of the estimator over masked tokens; 0 without a reference. */
  readonly kl: number;
}

/** The loss of one batch and the metrics that go with it. Clip 0.2 and 0.2, token mean, no KL by default. */
export function grpoLoss(inputs: LossInputs, options: LossOptions = {}): LossResult {
  const { aggregation = 'token-mean', klCoefficient = 0, entropyCoefficient = 0 } = options;
  if (klCoefficient !== 0 && !inputs.refLogProbs) throw new RangeError('a KL coefficient needs refLogProbs');
  if (entropyCoefficient !== 0 && !inputs.entropies) throw new RangeError('an entropy bonus needs entropies');

  const tokens = inputs.mask.map((row) => row.filter((m) => m !== 0).length);
  const longest = Math.max(0, ...inputs.mask.map((row) => row.length));
  const weights = tokenWeights(tokens, aggregation, options.normLength ?? longest);
  const sums = { loss: 0, low: 0, high: 0, kl: 0, tokens: 0 };
  inputs.mask.forEach((row, i) => {
    row.forEach((masked, t) => {
      if (masked === 0) return;
      const token = tokenLoss(
        {
          logProb: at(inputs.logProbs, i, t, 'logProbs'),
          old: at(inputs.oldLogProbs, i, t, 'oldLogProbs'),
          advantage: at(inputs.advantages, i, t, 'advantages'),
          ...(inputs.refLogProbs && { reference: at(inputs.refLogProbs, i, t, 'refLogProbs') }),
          ...(inputs.entropies && { entropy: at(inputs.entropies, i, t, 'entropies') }),
        },
        options,
      );
      sums.kl += token.kl ?? 0;
      sums.loss += (weights[i] ?? 0) * token.loss;
      sums.low += token.clipped === 'low' ? 1 : 0;
      sums.high += token.clipped === 'high' ? 1 : 0;
      sums.tokens += 1;
    });
  });
  const share = (sum: number) => (sums.tokens === 0 ? 0 : sum / sums.tokens);
  return {
    loss: sums.loss,
    clipRatioLow: share(sums.low),
    clipRatioHigh: share(sums.high),
    kl: share(sums.kl),
  };
}

/** One sampled token: log-probabilities in nats, `logProb` under the policy whose loss it is. */
export interface TokenInputs {
  readonly logProb: number;
  readonly old: number;
  readonly advantage: number;
  /** Left out: no KL term. */
  readonly reference?: number;
  /** Left out: no bonus. */
  readonly entropy?: number;
}

export interface TokenLoss {
  readonly ratio: number;
  /** The ratio within its bounds. */
  readonly bounded: number;
  /** l without KL and entropy, the dual clip applied. */
  readonly surrogate: number;
  /** The bound that the ratio has passed in the direction of the advantage, where a push ends; or the dual clip. */
  readonly clipped: 'low' | 'high' | 'dual' | null;
  /** Absent without a reference. */
  readonly kl?: number;
  /** l in full: what the aggregation weighs. */
  readonly loss: number;
  /** Derivative of l by `logProb`, the entropy apart: it depends on every word's probability, not on this one's alone. */
  readonly slope: number;
}

/** The loss of one token before aggregation, term by term, and its slope. Defaults as in `grpoLoss`. */
export function tokenLoss(
  { logProb, old, advantage, reference, entropy }: TokenInputs,
  options: Omit<LossOptions, 'aggregation' | 'normLength'> = {},
): TokenLoss {
  const { clipLow = 0.2, clipHigh = 0.2, dualClip = 0, klCoefficient = 0, klEstimator = 'k3' } = options;
  const ratio = Math.exp(logProb - old);
  const bounded = Math.min(Math.max(ratio, 1 - clipLow), 1 + clipHigh);
  let surrogate = Math.max(-advantage * ratio, -advantage * bounded);
  // Where a bound decides, the ratio no longer moves the loss.
  let slope = -advantage * ratio >= -advantage * bounded ? -advantage * ratio : 0;
  let clipped: TokenLoss['clipped'] = null;
  if (ratio < 1 - clipLow && advantage < 0) clipped = 'low';
  if (ratio > 1 + clipHigh && advantage > 0) clipped = 'high';
  if (dualClip > 0 && advantage < 0 && surrogate > -dualClip * advantage) {
    surrogate = -dualClip * advantage;
    slope = 0;
    clipped = 'dual';
  }
  let loss = surrogate;
  if (entropy !== undefined) loss -= (options.entropyCoefficient ?? 0) * entropy;
  if (reference === undefined) return { ratio, bounded, surrogate, clipped, loss, slope };
  const kl = klEstimate(logProb - reference, klEstimator);
  loss += klCoefficient * kl;
  slope += klCoefficient * klSlope(logProb - reference, klEstimator);
  return { ratio, bounded, surrogate, clipped, kl, loss, slope };
}

/**
 * Estimates of KL(pi || pi_ref) from one token sampled from pi, with d = log pi - log pi_ref
 * (Schulman 2020, "Approximating KL divergence"): k1 = d, k2 = d^2 / 2, k3 = e^(-d) - 1 + d.
 */
export function klEstimate(d: number, estimator: KlEstimator): number {
  switch (estimator) {
    case 'k1':
      return d;
    case 'k2':
      return (d * d) / 2;
    case 'k3':
      return Math.expm1(-d) + d;
  }
}

/** Derivative of the estimate by d. */
export function klSlope(d: number, estimator: KlEstimator): number {
  switch (estimator) {
    case 'k1':
      return 1;
    case 'k2':
      return d;
    case 'k3':
      return -Math.expm1(-d);
  }
}

/**
 * The weight of each token of each rollout, such that loss = sum of weight * token loss. One number a rollout.
 * With n_i tokens in rollout i, R rollouts, R' of them with tokens:
 *
 * - `token-mean`               1 / sum n_i     every token weighs the same (DAPO, TRL bnpo)
 * - `seq-mean-token-sum`       1 / R'          long rollouts weigh more
 * - `seq-mean-token-mean`      1 / (R' n_i)    every rollout weighs the same (GRPO as published)
 * - `seq-mean-token-sum-norm`  1 / (R L)       L = `normLength`, by default the largest n_i (Dr. GRPO)
 */
export function tokenWeights(
  tokensPerRollout: readonly number[],
  aggregation: Aggregation,
  normLength: number = Math.max(0, ...tokensPerRollout),
): number[] {
  const total = tokensPerRollout.reduce((sum, n) => sum + n, 0);
  const speaking = tokensPerRollout.filter((n) => n > 0).length;
  return tokensPerRollout.map((n) => {
    if (n === 0) return 0;
    switch (aggregation) {
      case 'token-mean':
        return 1 / total;
      case 'seq-mean-token-sum':
        return 1 / speaking;
      case 'seq-mean-token-mean':
        return 1 / (speaking * n);
      case 'seq-mean-token-sum-norm':
        return 1 / (tokensPerRollout.length * normLength);
    }
  });
}

function at(rows: Rows, i: number, t: number, name: string): number {
  const value = rows[i]?.[t];
  if (value === undefined) throw new RangeError(`${name}[${i}][${t}] is missing`);
  return value;
}
