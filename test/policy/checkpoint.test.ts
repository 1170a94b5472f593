/** Checkpoints that cannot be used, each with a message that says why. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { memory } from '@tensorflow/tfjs-core';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { readFrom } from '../../src/headless/host';
import {
  CHECKPOINT_FILES,
  fetchFrom,
  readCheckpoint,
  type CheckpointFile,
  type ReadFile,
} from '../../src/policy/checkpoint';
import { CheckpointError } from '../../src/policy/errors';
import { Policy } from '../../src/policy/policy';
import { parseSafetensors, writeSafetensors, type StoredTensor } from '../../src/policy/safetensors';
import { NANO, TINY } from '../support/fixtures';
import { onDevice } from '../support/device';

const text = (buffer: ArrayBuffer) => new TextDecoder().decode(buffer);
const bytes = (content: string) => new TextEncoder().encode(content).slice().buffer;

/** The tiny checkpoint with one file changed. */
const changed =
  (file: CheckpointFile, change: (buffer: ArrayBuffer) => ArrayBuffer): ReadFile =>
  async (name) => {
    const buffer = await readFrom(TINY)(name);
    return name === file ? change(buffer) : buffer;
  };
const config = (changes: Record<string, unknown>) =>
  changed('config.json', (buffer) =>
    bytes(JSON.stringify({ ...(JSON.parse(text(buffer)) as object), ...changes })),
  );
interface TokenizerFile {
  added_tokens: { content: string }[];
  model: { vocab: Record<string, number> };
}
const tokenizer = (change: (file: TokenizerFile) => void) =>
  changed('tokenizer.json', (buffer) => {
    const file = JSON.parse(text(buffer)) as TokenizerFile;
    change(file);
    return bytes(JSON.stringify(file));
  });
const tensors = (change: (table: Map<string, StoredTensor>) => void) =>
  changed('model.safetensors', (buffer) => {
    const table = new Map(parseSafetensors(buffer));
    change(table);
    return writeSafetensors(table).slice().buffer;
  });

const failure = async (run: () => Promise<unknown>): Promise<CheckpointError> => {
  const error = await run().then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(CheckpointError);
  return error as CheckpointError;
};

describe('reading a checkpoint', () => {
  it.each([TINY, NANO])('works for %s', async (folder) => {
    const checkpoint = await readCheckpoint('some', readFrom(folder));
    expect(checkpoint.name).toBe('some');
    expect(checkpoint.tokenizer.size).toBeLessThanOrEqual(checkpoint.config.vocab_size);
    expect(checkpoint.bytes).toBeGreaterThan(1000);
  });
  it.each([
    ['is not JSON', changed('config.json', () => bytes('{')), /config\.json is not JSON/],
    ['is null', changed('config.json', () => bytes('null')), /config\.json/],
    ['is of another family', config({ model_type: 'llama' }), /model_type.*qwen3/],
    ['has no vocabulary', config({ vocab_size: 0 }), /vocab_size/],
    ['has a negative width', config({ hidden_size: -24 }), /hidden_size/],
    ['has half a layer', config({ num_hidden_layers: 1.5 }), /num_hidden_layers/],
    ['has words for numbers', config({ head_dim: 'eight' }), /head_dim/],
    ['leaves a size out', config({ intermediate_size: undefined }), /intermediate_size/],
    [
      'has heads that cannot be shared out',
      config({ num_key_value_heads: 4 }),
      /num_attention_heads must be a multiple of num_key_value_heads/,
    ],
    ['has a width that int8 cannot be packed in', config({ hidden_size: 26 }), /multiples of 4/],
    ['has a negative epsilon', config({ rms_norm_eps: -1 }), /rms_norm_eps/],
    ['has an output layer of its own', config({ tie_word_embeddings: false }), /tie_word_embeddings/],
  ])('fails where config.json %s', async (_, read, message) => {
    const error = await failure(() => readCheckpoint('tiny', read));
    expect(error.code).toBe('checkpoint-broken');
    expect(error.message).toMatch(message);
  });
  it('names every problem of config.json at once', async () => {
    const { message } = await failure(() =>
      readCheckpoint('tiny', config({ hidden_size: 0, head_dim: 'x', rope_theta: 0 })),
    );
    for (const name of ['hidden_size', 'head_dim', 'rope_theta']) expect(message).toContain(name);
  });
  it.each([
    ['is not JSON', changed('tokenizer.json', () => bytes('nothing')), /tokenizer\.json cannot be read/],
    ['is empty', changed('tokenizer.json', () => bytes('')), /tokenizer\.json cannot be read/],
    ['is some other JSON', changed('tokenizer.json', () => bytes('{}')), /tokenizer\.json/],
    ['is null', changed('tokenizer.json', () => bytes('null')), /tokenizer\.json/],
    [
      'lacks a control token',
      tokenizer((file) => {
        file.added_tokens = file.added_tokens.filter(({ content }) => content !== '<search>');
        delete file.model.vocab['<search>'];
      }),
      /no <search> token/,
    ],
    [
      'knows more tokens than the model',
      tokenizer(({ model }) => {
        for (const word of ['one', 'too', 'far']) model.vocab[word] = Object.keys(model.vocab).length;
      }),
      /knows 50 tokens, the model only 47/,
    ],
  ])('fails where tokenizer.json %s', async (_, read, message) => {
    const error = await failure(() => readCheckpoint('tiny', read));
    expect(error.code).toBe('checkpoint-broken');
    expect(error.message).toMatch(message);
  });
  it('fails where a token has a number that the model has no row for', async () => {
    const read = tokenizer(({ model }) => {
      const [word] = Object.keys(model.vocab).slice(-1);
      model.vocab[word!] = 5000;
    });
    expect((await failure(() => readCheckpoint('tiny', read))).code).toBe('checkpoint-broken');
  });
  it('fails where the tokenizer_config.json is not JSON', async () => {
    const error = await failure(() =>
      readCheckpoint(
        'tiny',
        changed('tokenizer_config.json', () => bytes('<')),
      ),
    );
    expect(error.code).toBe('checkpoint-broken');
  });
  it('fails where the weights are cut off', async () => {
    const error = await failure(() =>
      readCheckpoint(
        'tiny',
        changed('model.safetensors', (buffer) => buffer.slice(0, -1)),
      ),
    );
    expect(error.message).toMatch(/model\.safetensors is broken: tensor ".*" does not lie inside the file/);
  });
  it('says which file is missing', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'turnwise-'));
    const error = await failure(() => readCheckpoint('tiny', readFrom(folder)));
    expect(error.code).toBe('checkpoint-missing');
    // All are asked for at once; the first that fails is named.
    expect(CHECKPOINT_FILES.some((file) => error.message.includes(join(folder, file)))).toBe(true);
    rmSync(folder, { recursive: true });
  });
});

describe('weights that do not fit config.json', () => {
  onDevice('cpu');
  const Q = 'model.layers.1.self_attn.q_proj.weight';
  const load = async (read: ReadFile) =>
    new Policy(await readCheckpoint('tiny', read), { rank: 2, alpha: 2 }, 0);
  beforeAll(async () => (await load(readFrom(TINY))).dispose());

  it.each([
    ['a matrix is missing', tensors((table) => table.delete(Q)), `"${Q}" is missing`],
    ['its scale is missing', tensors((table) => table.delete(`${Q}_scale`)), `"${Q}_scale" is missing`],
    [
      'a norm is missing',
      tensors((table) => table.delete('model.norm.weight')),
      '"model.norm.weight" is missing',
    ],
    [
      'a matrix is float',
      tensors((table) => table.set(Q, { dtype: 'F32', shape: [48, 24], data: new Float32Array(48 * 24) })),
      `"${Q}" should be int8 of shape [48, 24]`,
    ],
    [
      'a matrix lies on its side',
      tensors((table) => table.set(Q, { dtype: 'I8', shape: [24, 48], data: new Int8Array(48 * 24) })),
      `"${Q}" should be int8 of shape [48, 24]`,
    ],
    [
      'a scale is too short',
      tensors((table) => table.set(`${Q}_scale`, { dtype: 'F32', shape: [47], data: new Float32Array(47) })),
      `"${Q}_scale" should be 48 float numbers`,
    ],
    [
      'a norm is int8',
      tensors((table) =>
        table.set('model.norm.weight', { dtype: 'I8', shape: [24], data: new Int8Array(24) }),
      ),
      '"model.norm.weight" should be 24 float numbers',
    ],
    [
      'the vocabulary is larger',
      config({ vocab_size: 48 }),
      '"model.embed_tokens.weight" should be int8 of shape [48, 24]',
    ],
    ['there are more layers', config({ num_hidden_layers: 3 }), 'model.layers.2.'],
  ])('are refused where %s, and nothing stays behind', async (_, read, message) => {
    const before = memory().numTensors;
    const error = await failure(() => load(read));
    expect(error.code).toBe('checkpoint-broken');
    expect(error.message).toContain('model.safetensors does not fit config.json');
    expect(error.message).toContain(message);
    expect(memory().numTensors).toBe(before);
  });
});

describe('fetching a checkpoint', () => {
  afterEach(() => void vi.unstubAllGlobals());
  const answer = (make: () => Response | Promise<Response>) => {
    const fetched = vi.fn<(address: string) => Promise<Response>>(async () => make());
    vi.stubGlobal('fetch', fetched);
    return fetched;
  };
  it('asks for the files below the address', async () => {
    const fetched = answer(() => new Response('abc'));
    expect(text(await fetchFrom('/models/nano')('config.json'))).toBe('abc');
    for (const file of CHECKPOINT_FILES) await fetchFrom('/models/nano')(file);
    expect(fetched.mock.calls.map(([address]) => address).slice(1)).toEqual(
      CHECKPOINT_FILES.map((file) => `/models/nano/${file}`),
    );
  });
  it.each([
    ['is not there', () => new Response('', { status: 404 }), /config\.json is not there \(HTTP 404\)/],
    [
      'is a web page in its place',
      () => new Response('<html>', { headers: { 'content-type': 'text/html; charset=utf-8' } }),
      /is not there/,
    ],
    [
      'cannot be reached',
      () => Promise.reject(new TypeError('Failed to fetch')),
      /could not be fetched\. Check the connection/,
    ],
  ])('fails where a file %s', async (_, make, message) => {
    answer(make);
    const error = await failure(() => fetchFrom('/models/nano')('config.json'));
    expect(error.code).toBe('checkpoint-missing');
    expect(error.message).toMatch(message);
  });
});
