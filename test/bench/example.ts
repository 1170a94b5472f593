/** A result such as a run leaves behind, with numbers that are easy to check by head. */
import type { BenchResult, Measurement } from '../../bench/core/result';

const measured = (more: Partial<Measurement>): Measurement => ({
  workload: '2x64',
  task: 'train',
  contestant: 'turnwise',
  backend: 'wasm',
  device: 'SIMD, 1 thread',
  parameters: 100_000,
  tokens: [1000, 1000, 1000],
  ms: [100, 125, 200],
  prepareMs: 50,
  firstMs: 300,
  losses: [7, 6, 5, 4],
  dispatches: 0,
  ...more,
});

const size = (layers: number, hidden: number) => ({
  id: `${layers}x${hidden}`,
  title: `${layers} layers x ${hidden}`,
  layers,
  hidden,
  vocabulary: 1000,
  train: { batch: 8, length: 128 },
  sample: { batch: 32, prompt: 8, newTokens: 32 },
});

export const example = (): BenchResult => ({
  format: 'turnwise-bench',
  version: 1,
  date: '2026-11-20T08:00:00.000Z',
  quick: true,
  host: { browser: 'Chrome 156', cores: 2, isolated: true, adapter: null },
  contestants: [
    { id: 'turnwise', name: 'Turnwise, all weights', version: '0.1.0', ours: true },
    { id: 'jax-js', name: '@jax-js/jax', version: '0.1.25', ours: false },
    { id: 'torch', name: 'PyTorch, eager', version: '', ours: false },
  ],
  // Large before small: whoever reads a result may not count on an order.
  workloads: [size(4, 128), size(2, 64)],
  measurements: [
    measured({}),
    measured({ contestant: 'jax-js', ms: [250, 250, 250] }),
    measured({ contestant: 'torch', backend: 'python', ms: [50, 50, 50] }),
    measured({ workload: '4x128', parameters: 900_000, ms: [1000, 1000, 1000] }),
    measured({ task: 'grpo', ms: [500, 500, 500], losses: [] }),
  ],
  failures: [
    { workload: '4x128', task: 'train', contestant: 'jax-js', backend: 'wasm', reason: 'out of memory' },
  ],
  checks: [
    {
      workload: '2x64',
      contestant: 'jax-js',
      backend: 'wasm',
      kind: 'logits agree',
      passed: false,
      detail: 'largest difference 2.0e-1',
    },
  ],
  limits: [
    {
      workload: '2x64',
      task: 'train',
      contestant: 'turnwise',
      backend: 'wasm',
      productMs: 25,
      gflops: 20,
      product: 'our product 512 x 512 x 512',
      dispatchMs: null,
      dispatches: 0,
    },
  ],
});
