import { describe, expect, it } from 'vitest';
import { countOf, flatWeights, seededWeights, trainingRows } from '../../bench/core/weights';
import { largestDifference } from '../../bench/core/statistics';
import { linearWeights, productFlops } from '../../bench/core/work';
import { DEMO, findWorkloads, withBatch, WORKLOADS } from '../../bench/core/workloads';
import { parseConfig } from '../../src/policy/config';
import { readNano } from '../support/fixtures';

const A = findWorkloads(['A'])[0]!;

describe('workloads', () => {
  it('are shapes that the app could run', () => {
    for (const { config } of WORKLOADS) expect(parseConfig(JSON.stringify(config))).toEqual(config);
  });

  it('are found by name and by group', () => {
    expect(findWorkloads(['curve', 'B', 'B']).map(({ id }) => id)).toEqual([
      'B',
      '2x64',
      '4x128',
      '6x256',
      '8x512',
    ]);
    expect(() => findWorkloads(['C'])).toThrow(/no workload "C".*A, B/);
  });

  it('shrink without growing', () => {
    const small = withBatch(A, 4);
    expect(small.train).toEqual({ batch: 4, length: 128 });
    expect(small.sample.batch).toBe(4);
    expect(small.sample.batch % small.groupSize).toBe(0);
    expect(withBatch(A, 1000)).toEqual(A);
  });

  it('have the shape of the shipped checkpoint for the demo', async () => {
    const { config } = await readNano();
    for (const key of Object.keys(DEMO.config) as (keyof typeof DEMO.config)[])
      expect([key, DEMO.config[key]]).toEqual([key, config[key]]);
  });
});

describe('seeded weights', () => {
  it('are the same each time and as many as the reference has at A', () => {
    expect(countOf(seededWeights(A.config))).toBe(866_688);
    expect(largestDifference(flatWeights(A.config), flatWeights(A.config))).toBe(0);
  });

  it('leave no norm at 1, where leaving it out would go unnoticed', () => {
    const norm = seededWeights(A.config).find(({ shape }) => shape.length === 1)!;
    expect(Math.max(...norm.data) - Math.min(...norm.data)).toBeGreaterThan(0.1);
  });

  it('come with rows one longer than what is learnt', () => {
    const rows = trainingRows(A);
    expect(rows).toHaveLength(32);
    expect(rows.every((row) => row.length === 129 && row.every((id) => id >= 0 && id < 1000))).toBe(true);
  });
});

describe('the arithmetic of a step', () => {
  it('is six operations a weight and token, and a little attention', () => {
    const weights = linearWeights(A.config) + A.config.vocab_size * A.config.hidden_size;
    const flops = productFlops('train', A, false)!;
    const plain = 6 * weights * 32 * 128;
    expect(flops / plain).toBeGreaterThan(1);
    expect(flops / plain).toBeLessThan(1.1);
    expect(productFlops('train', A, true)! / flops).toBeCloseTo(2 / 3);
  });

  it('grows by the update from sampling to a whole step, and is unknown where talk decides', () => {
    expect(productFlops('grpo', A, true)!).toBeGreaterThan(productFlops('sample', A, true)! * 2);
    expect(productFlops('grpo', DEMO, true)).toBeNull();
  });
});
