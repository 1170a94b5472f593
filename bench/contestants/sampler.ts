/** A step that samples a batch with our decoder. */
import type { Adapter } from '../../src/policy/lora';
import { Decoder } from '../../src/policy/decoder';
import type { PolicyWeights } from '../../src/policy/weights';
import type { StepResult } from '../core/contestant';
import { promptRows } from '../core/weights';
import type { Workload } from '../core/workloads';

export function sampler(
  workload: Workload,
  weights: PolicyWeights,
  adapter: Adapter | undefined,
): () => Promise<StepResult> {
  const { config, sample } = workload;
  const pending = promptRows(workload).map((ids, row) => ({ row, ids }));
  let seed = 0;
  return async () => {
    const decoder = new Decoder(config, weights, adapter, {
      rows: sample.batch,
      context: sample.prompt + sample.newTokens,
      maxNewTokens: sample.newTokens,
      temperature: 1,
      seed: seed++,
      // No such token: every row samples all its tokens.
      endToken: config.vocab_size,
      padToken: 0,
    });
    try {
      const sampled = await decoder.turn(pending);
      return { tokens: sampled.reduce((sum, { ids }) => sum + ids.length, 0) };
    } finally {
      decoder.dispose();
    }
  };
}
