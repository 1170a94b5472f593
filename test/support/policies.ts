/** Small policies, and the plain way to score and to decode with them, without a cache. */
import { tidy, type Tensor2D } from '@tensorflow/tfjs-core';
import { gatherRows, lmHead } from '../../src/kernels';
import { indexColumn, packSequences } from '../../src/policy/batch';
import { hiddenStates, logitsOf } from '../../src/policy/forward';
import type { Adapter } from '../../src/policy/lora';
import { Policy } from '../../src/policy/policy';
import { Random } from '../../src/random';
import { readTiny } from './fixtures';

/** The tiny checkpoint with an adapter that does something: A and B random. */
export async function tinyPolicy(lora = { rank: 3, alpha: 6 }, seed = 1): Promise<Policy> {
  const policy = new Policy(await readTiny(), lora, seed);
  const random = new Random(seed);
  policy.parameters.reset(
    Float32Array.from({ length: policy.parameters.size }, () => 0.15 * random.normal()),
  );
  return policy;
}

const rowsOf = async (tensor: Tensor2D): Promise<number[][]> => {
  const rows = await tensor.array();
  tensor.dispose();
  return rows;
};

/** Logits of every token of every sequence. */
export async function allLogits(
  policy: Policy,
  adapter: Adapter | undefined,
  sequences: readonly (readonly number[])[],
): Promise<number[][][]> {
  const rows = await rowsOf(
    tidy(() => {
      const { tokens } = packSequences(sequences);
      return logitsOf(policy.weights, hiddenStates(policy.config, policy.weights, adapter, { tokens }));
    }),
  );
  let at = 0;
  return sequences.map(({ length }) => rows.slice(at, (at += length)));
}

/** Log-probability of ids[from..] given what stands before them, by one whole forward pass. */
export async function scored(
  policy: Policy,
  adapter: Adapter | undefined,
  ids: readonly number[],
  from: number,
  temperature: number,
): Promise<number[]> {
  const at = Array.from({ length: ids.length - from }, (_, i) => from + i);
  const rows = await rowsOf(
    tidy(() => {
      const { tokens } = packSequences([ids]);
      const hidden = hiddenStates(policy.config, policy.weights, adapter, { tokens });
      const scoring = gatherRows(hidden, indexColumn(at.map((i) => i - 1)));
      const targets = indexColumn(at.map((i) => ids[i]!));
      return lmHead(scoring, policy.weights.embedding, targets, { temperature });
    }),
  );
  return rows.map(([logProb]) => logProb!);
}

/** Greedy decoding by running the whole sequence again for each token. */
export async function greedyTurn(
  policy: Policy,
  adapter: Adapter | undefined,
  prefix: readonly number[],
  longest: number,
  endToken: number,
): Promise<number[]> {
  const ids = [...prefix];
  while (ids.length < prefix.length + longest) {
    const logits = (await allLogits(policy, adapter, [ids]))[0]!.at(-1)!;
    ids.push(logits.indexOf(Math.max(...logits)));
    if (ids.at(-1) === endToken) break;
  }
  return ids.slice(prefix.length);
}
