import { describe, expect, it } from 'vitest';
import { CheckpointError } from '../../src/policy/errors';
import { adapterParts } from '../../src/policy/lora';
import { readSafetensors, writeSafetensors } from '../../src/policy/safetensors';
import { Random } from '../../src/random';
import { adapterValues, readAdapter, weightsHash, writeAdapter } from '../../src/runs/adapter-file';
import { DEFAULT_SETTINGS, type Settings } from '../../src/runs/settings';
import { readTiny } from '../support/fixtures';

const settings: Settings = { ...DEFAULT_SETTINGS, loraRank: 3, loraAlpha: 6, gym: 'turtle', seed: 5 };
const { config, ...tiny } = await readTiny();
const checkpointHash = await weightsHash(tiny);
const policy = { config, hash: checkpointHash, rank: 3, alpha: 6 };
const size = adapterParts(config, { rank: 3 }).reduce((sum, { shape }) => sum + shape[0] * shape[1], 0);
const random = new Random(1);
const values = Float32Array.from({ length: size }, () => random.normal());
const written = writeAdapter(config, values, { settings, step: 12, checkpointHash });
const bufferOf = (bytes: Uint8Array) => bytes.slice().buffer as ArrayBuffer;
const read = (bytes: Uint8Array) => readAdapter(bufferOf(bytes), 'mine.safetensors');

/** The same file with something changed. */
function changed(
  metadata: Record<string, string>,
  change: (tensors: Map<string, ReturnType<typeof tensorOf>>) => void = () => {},
): Uint8Array {
  const before = readSafetensors(bufferOf(written), '');
  const tensors = new Map(
    [...before.tensors].map(([name, tensor]) => [name, tensor as ReturnType<typeof tensorOf>]),
  );
  change(tensors);
  return writeSafetensors(tensors, { ...before.metadata, ...metadata });
}
const tensorOf = (shape: number[], data: Float32Array) => ({ dtype: 'F32' as const, shape, data });

describe('an adapter file', () => {
  it('brings everything back', () => {
    const file = read(written);
    expect(file).toMatchObject({ settings, step: 12, checkpointHash });
    expect(adapterValues(file, policy)).toEqual(values);
  });

  it("has the names, shapes and layout of PEFT's own files", () => {
    const { tensors, metadata } = readSafetensors(bufferOf(written), '');
    const prefix = 'base_model.model.model.layers.0.self_attn.q_proj';
    expect(tensors.get(`${prefix}.lora_A.weight`)?.shape).toEqual([3, config.hidden_size]);
    expect(tensors.get(`${prefix}.lora_B.weight`)?.shape).toEqual([
      config.num_attention_heads * config.head_dim,
      3,
    ]);
    expect(tensors.size).toBe(config.num_hidden_layers * 7 * 2);
    expect(metadata.format).toBe('pt');
  });

  it('knows its checkpoint by a hash of the weights', async () => {
    expect(checkpointHash).toMatch(/^[0-9a-f]{64}$/);
    expect(await weightsHash(await readTiny())).toBe(checkpointHash);
    const [name, first] = [...tiny.tensors][0]!;
    const data = first.data.slice();
    data[0]! += 1;
    const tensors = new Map(tiny.tensors).set(name, { ...first, data } as typeof first);
    expect(await weightsHash({ tensors })).not.toBe(checkpointHash);
  });

  it.each([
    ['of something else', changed({ kind: 'lora' }), /no adapter of ours.*train --save/],
    ['without a step', changed({ step: 'many' }), /its metadata is wrong in step/],
    ['without a hash', changed({ checkpoint_sha256: 'abc' }), /wrong in checkpoint_sha256/],
    ['with settings that are no JSON', changed({ settings: '{' }), /wrong in settings/],
    [
      'with settings of another version',
      changed({ settings: '{"warpFactor": 9}' }),
      /cannot use.*"warpFactor"/,
    ],
    ['that was cut off', written.slice(0, written.length - 8), /mine\.safetensors is broken/],
    ['that is empty', new Uint8Array(), /mine\.safetensors is broken: it is too short/],
  ])('%s is refused in words', (_, bytes, message) => {
    expect(() => read(bytes)).toThrow(CheckpointError);
    expect(() => read(bytes)).toThrow(message);
  });

  const name = 'base_model.model.model.layers.0.mlp.down_proj.lora_B.weight';
  it.each([
    ['lacks a matrix', changed({}, (tensors) => tensors.delete(name)), {}, /no matrix .*down_proj\.lora_B/],
    [
      'has one of another shape',
      changed({}, (tensors) => tensors.set(name, tensorOf([1, 3], new Float32Array(3)))),
      {},
      /no matrix .*down_proj\.lora_B/,
    ],
    [
      'has one too many',
      changed({}, (tensors) => tensors.set('more', tensorOf([1], new Float32Array(1)))),
      {},
      /matrices, the policy/,
    ],
    [
      'holds what is no number',
      changed({}, (tensors) => void (tensors.get(name)!.data[1] = NaN)),
      {},
      /down_proj\.lora_B\.weight holds something that is no number/,
    ],
    ['has another rank', written, { rank: 4 }, /rank 3 and alpha 6, the run 4 and 6/],
    ['has another scale', written, { alpha: 8 }, /rank 3 and alpha 6, the run 3 and 8/],
    ['sits on other weights', written, { hash: '0'.repeat(64) }, /other weights/],
  ])('that %s does not fit', (_, bytes, other, message) => {
    expect(() => adapterValues(read(bytes), { ...policy, ...other })).toThrow(message);
  });
});
