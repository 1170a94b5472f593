/** The fused kernels against the readable statements of the same rules in credit/. */
import { keep, tensor1d, tensor2d, type Tensor2D } from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import { grpoLoss, tokenWeights, type Aggregation, type LossOptions } from '../../src/credit/loss';
import { normaliseGroup, spreadOverTurns } from '../../src/credit/advantages';
import { GRPO_STATS, groupAdvantageOp, grpoLossOp } from '../../src/kernels';
import { Random } from '../../src/random';
import { on, openBackends } from './backends';
import { expectClose } from './closeness';
import { grpoInputs, toTensor } from './inputs';

const LENGTHS = [9, 1, 20, 6];
const TOKENS = LENGTHS.reduce((sum, n) => sum + n, 0);

const OPTIONS: readonly (readonly [string, LossOptions & { aggregation: Aggregation }])[] = [
  ['plain', { aggregation: 'token-mean' }],
  ['k1', { aggregation: 'seq-mean-token-mean', klCoefficient: 0.1, klEstimator: 'k1' }],
  [
    'k2, higher clip',
    { aggregation: 'seq-mean-token-sum', klCoefficient: 0.1, klEstimator: 'k2', clipHigh: 0.4 },
  ],
  [
    'k3, dual clip',
    {
      aggregation: 'seq-mean-token-sum-norm',
      normLength: 32,
      klCoefficient: 0.1,
      klEstimator: 'k3',
      dualClip: 1.2,
    },
  ],
  ['entropy bonus', { aggregation: 'token-mean', entropyCoefficient: 0.05 }],
];

describe.each(await openBackends())('on %s', (backend) => {
  test.each(OPTIONS)('the loss kernel computes the loss of credit/loss.ts: %s', (_, options) =>
    on(backend, async () => {
      const inputs = grpoInputs(TOKENS, 31);
      const scores = inputs.scores.values;
      const perRollout = (values: ArrayLike<number>, stride = 1, at = 0) => {
        let n = 0;
        return LENGTHS.map((length) => Array.from({ length }, () => values[stride * n++ + at]!));
      };
      const expected = grpoLoss(
        {
          logProbs: perRollout(scores, 2),
          entropies: perRollout(scores, 2, 1),
          oldLogProbs: perRollout(inputs.old.values),
          refLogProbs: perRollout(inputs.ref.values),
          advantages: perRollout(inputs.advantages.values),
          mask: LENGTHS.map((length) => new Array<number>(length).fill(1)),
        },
        options,
      );
      const weights = tokenWeights(LENGTHS, options.aggregation, options.normLength).flatMap((weight, i) =>
        new Array<number>(LENGTHS[i]!).fill(weight),
      );
      let stats: Tensor2D | undefined;
      const loss = grpoLossOp(
        toTensor(inputs.scores) as Tensor2D,
        {
          old: tensor1d(inputs.old.values as Float32Array),
          ref: tensor1d(inputs.ref.values as Float32Array),
          advantages: tensor1d(inputs.advantages.values as Float32Array),
          weights: tensor1d(weights),
        },
        {
          // Callers hand over all their settings; what is not the kernel's must not disturb it.
          ...{ std: 'sample', seed: 3 },
          clipLow: options.clipLow ?? 0.2,
          clipHigh: options.clipHigh ?? 0.2,
          dualClip: options.dualClip ?? 0,
          klCoefficient: options.klCoefficient ?? 0,
          klEstimator: options.klEstimator ?? 'k3',
          entropyCoefficient: options.entropyCoefficient ?? 0,
        },
        (made) => void (stats = keep(made)),
      );
      const table = Array.from(await stats!.data());
      stats!.dispose();
      const mean = (name: (typeof GRPO_STATS)[number]) => {
        const at = GRPO_STATS.indexOf(name);
        return table.filter((_, i) => i % GRPO_STATS.length === at).reduce((a, b) => a + b, 0) / TOKENS;
      };
      expectClose([(await loss.data())[0]!], [expected.loss], 1e-5, 'loss');
      expectClose([mean('kl')], [expected.kl], 1e-5, 'KL');
      expect(mean('clippedLow')).toBeCloseTo(expected.clipRatioLow, 10);
      expect(mean('clippedHigh')).toBeCloseTo(expected.clipRatioHigh, 10);
      expect(mean('clippedLow')).toBeGreaterThan(0);
      expect(mean('clippedHigh')).toBeGreaterThan(0);
    }),
  );

  test.each([
    ['sample deviation', { std: 'sample', normalizeByStd: true }],
    ['population deviation', { std: 'population', normalizeByStd: true }],
    ['not divided', { std: 'sample', normalizeByStd: false }],
  ] as const)(
    'the advantage kernel computes the advantages of credit/advantages.ts: %s',
    (_, { std, normalizeByStd }) =>
      on(backend, async () => {
        const random = new Random(17);
        const [groups, groupSize, turns] = [5, 8, 6];
        const tenths = () => Math.round(random.next() * 10) / 10;
        const rows = groups * groupSize;
        const scores = Array.from({ length: rows }, (_, r) => (r < groupSize ? 0.7 : tenths()));
        const credits = Array.from({ length: rows }, (_, r) =>
          Array.from({ length: turns }, () => (r % 7 === 0 || random.next() < 0.2 ? 0 : tenths())),
        );
        const counts = Array.from({ length: rows }, () => Array.from({ length: turns }, () => random.int(8)));
        const made = groupAdvantageOp(tensor1d(scores), tensor2d(credits), tensor2d(counts), {
          groupSize,
          sampleStd: std === 'sample',
          epsilon: 1e-6,
          normalizeByStd,
        });
        const normalised = Array.from(
          { length: groups },
          (_, g) =>
            normaliseGroup(scores.slice(g * groupSize, (g + 1) * groupSize), { std, normalizeByStd })
              .normalised,
        ).flat();
        const advantages = normalised.flatMap((f, r) => spreadOverTurns(f, credits[r]!, counts[r]!));
        expectClose(await made.normalised.data(), normalised, 1e-5, 'F');
        expectClose(await made.advantages.data(), advantages, 1e-5, 'advantages');
      }),
  );
});
