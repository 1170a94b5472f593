/** The forward pass against transformers' Qwen3ForCausalLM, on the shipped checkpoint. */
import { tidy } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { gatherRows } from '../../src/kernels';
import { indexColumn, packSequences } from '../../src/policy/batch';
import type { Checkpoint } from '../../src/policy/checkpoint';
import { hiddenStates, logitsOf } from '../../src/policy/forward';
import { loadWeights, type PolicyWeights } from '../../src/policy/weights';
import { DEVICES, difference, measured, onDevice } from '../support/device';
import { NANO, readFixture, readNano, unpack } from '../support/fixtures';

interface Reference {
  readonly checkpoint: string;
  readonly sequences: readonly {
    readonly ids: number[];
    readonly positions: number[];
    readonly logits: string;
  }[];
  readonly texts: readonly { readonly text: string; readonly ids: number[] }[];
}

const TOLERANCE = 1e-4;

describe.each(DEVICES)('logits of models/nano on %s', (device) => {
  onDevice(device);
  let reference: Reference;
  let checkpoint: Checkpoint;
  let weights: PolicyWeights;
  beforeAll(async () => {
    reference = readFixture<Reference>('nano_reference', NANO);
    checkpoint = await readNano();
    weights = loadWeights(checkpoint.config, checkpoint.tensors);
  });

  const logits = async (sequences: Reference['sequences']) => {
    const rows = tidy(() => {
      const { tokens, starts } = packSequences(sequences.map((sequence) => sequence.ids));
      const positions = sequences.flatMap((sequence, s) => sequence.positions.map((at) => starts[s]! + at));
      return logitsOf(
        weights,
        gatherRows(hiddenStates(checkpoint.config, weights, undefined, { tokens }), indexColumn(positions)),
      );
    });
    const values = await rows.data();
    rows.dispose();
    return values;
  };

  it('agree over a ragged batch of several lengths', async () => {
    const { sequences } = reference;
    expect(new Set(sequences.map(({ ids }) => ids.length)).size).toBeGreaterThan(2);
    const expected = sequences.flatMap((sequence) => [...unpack(sequence.logits)]);
    expect(expected.length % checkpoint.config.vocab_size).toBe(0);
    expect(
      measured(`logits, ${device}, absolute`, difference(await logits(sequences), expected)),
    ).toBeLessThan(TOLERANCE);
  });

  it('do not depend on what else is in the batch', async () => {
    const together = await logits(reference.sequences);
    const alone: number[] = [];
    for (const sequence of [...reference.sequences]) alone.push(...(await logits([sequence])));
    expect(measured(`logits alone or together, ${device}`, difference(together, alone))).toBeLessThan(1e-4);
  });
});

describe('the tokenizer of models/nano', () => {
  it("gives the ids that Hugging Face's library gives", async () => {
    const { tokenizer } = await readNano();
    for (const { text, ids } of readFixture<Reference>('nano_reference', NANO).texts) {
      expect({ text, ids: tokenizer.encode(text) }).toEqual({ text, ids });
    }
  });
});
