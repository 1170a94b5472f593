/**
 * How far the engine reaches: LoRA by the GRPO objective, and decoding, over Qwen3 decoders of random int8 weights from
 * one to 135 million parameters. Prints the cost of a token and the most memory held, as the model grows.
 *
 *   node bench/scale.mjs [device] [sizes]        (wasm and 1,5,30,135 by default; webgpu on a software adapter: 1)
 *
 * Each size runs in a process of its own, since memory once taken by a device is not given back.
 */
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { createServer } from 'vite';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Millions of parameters: the shape that has about so many. */
const SIZES = {
  1: { vocabulary: 2_000, hidden: 128, wide: 344, layers: 4, heads: 4, kvHeads: 2 },
  5: { vocabulary: 8_000, hidden: 256, wide: 688, layers: 4, heads: 4, kvHeads: 2 },
  30: { vocabulary: 32_000, hidden: 384, wide: 1024, layers: 11, heads: 6, kvHeads: 3 },
  135: { vocabulary: 151_936, hidden: 576, wide: 1536, layers: 13, heads: 9, kvHeads: 3 },
};
const SEQUENCES = 4;
const LENGTH = 64;
const STEPS = 3;
const DECODED = 16;
const MEBIBYTE = 2 ** 20;

const [device = 'wasm', sizes = '1,5,30,135', child] = process.argv.slice(2);
if (child) {
  await measure(SIZES[sizes]);
} else {
  if (sizes.split(',').some((size) => !SIZES[size])) {
    console.error(`Sizes are some of ${Object.keys(SIZES).join(',')}.`);
    process.exit(2);
  }
  console.log(
    `${SEQUENCES} x ${LENGTH} tokens a step on ${device}; decoding ${SEQUENCES} rows; times are the best seen`,
  );
  console.log('parameters  vocabulary   base MiB  train ms/token  decode ms/token  peak MiB  process MiB');
  for (const size of sizes.split(',')) {
    const code = await new Promise((resolve) =>
      fork(fileURLToPath(import.meta.url), [device, size, 'child']).on('exit', resolve),
    );
    if (code !== 0) {
      console.error(`The run of ${size} million parameters failed.`);
      process.exit(1);
    }
  }
}

/** Random int8 weights made in place: all bits of a word from a shift register, which costs next to nothing. */
function randomBytes(length, seed) {
  const words = new Int32Array(length / 4);
  let state = seed * 2654435761 + 1;
  for (let i = 0; i < words.length; i++) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    words[i] = state;
  }
  return new Int8Array(words.buffer);
}

/** A checkpoint's tensors; rows have the length of a vector of deviation 1 / sqrt(inner), 0.02 in the embedding. */
function randomTensors(
  config,
  { LINEAR_NAMES, linearShape, NORM_NAMES, normLength, tensorName, EMBEDDING_NAME, FINAL_NORM_NAME },
) {
  const tensors = new Map();
  let seed = 1;
  const int8 = (name, [outer, inner], deviation) => {
    tensors.set(name, { dtype: 'I8', shape: [outer, inner], data: randomBytes(outer * inner, seed++) });
    // Bytes that are all equally likely have deviation 74.
    const scale = new Float32Array(outer).fill(deviation / 74);
    tensors.set(`${name}_scale`, { dtype: 'F32', shape: [outer], data: scale });
  };
  const ones = (name, length) =>
    tensors.set(name, { dtype: 'F32', shape: [length], data: new Float32Array(length).fill(1) });
  int8(EMBEDDING_NAME, [config.vocab_size, config.hidden_size], 0.02);
  for (let layer = 0; layer < config.num_hidden_layers; layer++) {
    for (const name of LINEAR_NAMES) {
      const shape = linearShape(config, name);
      int8(tensorName(layer, name), shape, 1 / Math.sqrt(shape[1]));
    }
    for (const name of NORM_NAMES) ones(tensorName(layer, name), normLength(config, name));
  }
  ones(FINAL_NORM_NAME, config.hidden_size);
  return tensors;
}

async function measure({ vocabulary, hidden, wide, layers, heads, kvHeads }) {
  const server = await createServer({
    root,
    configFile: false,
    logLevel: 'error',
    appType: 'custom',
    server: { middlewareMode: true, watch: null, ws: false },
  });
  const load = (path) => server.ssrLoadModule(`/src/${path}.ts`);
  const core = await import('@tensorflow/tfjs-core');
  const { nodeHost, readFrom } = await load('headless/host');
  const { openDevice } = await load('kernels/device');
  const { peakBytes, resetPeak } = await load('kernels/index');
  const { readCheckpoint } = await load('policy/checkpoint');
  const { Policy } = await load('policy/policy');
  const { Decoder } = await load('policy/decoder');
  const { packSequences, indexColumn } = await load('policy/batch');
  const { planPass } = await load('policy/activations');
  const { chunkGradient, disposeChunk } = await load('training/objective');
  const { DEFAULT_SETTINGS: settings } = await load('runs/settings');
  const configuration = await load('policy/config');
  const { Random } = await load('random');
  await openDevice(nodeHost(root), device);

  // A tokenizer is wanted, but no word is said: that of the shipped checkpoint will do.
  const shipped = await readCheckpoint('nano', readFrom(`${root}models/nano`));
  const config = {
    ...shipped.config,
    vocab_size: vocabulary,
    hidden_size: hidden,
    intermediate_size: wide,
    num_hidden_layers: layers,
    num_attention_heads: heads,
    num_key_value_heads: kvHeads,
    head_dim: hidden / heads,
    max_position_embeddings: 128,
  };
  const tensors = randomTensors(config, configuration);
  const base = [...tensors.values()].reduce((sum, { data }) => sum + data.byteLength, 0);
  const parameters = [...tensors].reduce(
    (sum, [name, { data }]) => (name.endsWith('_scale') ? sum : sum + data.length),
    0,
  );
  const policy = new Policy({ ...shipped, config, tensors }, { rank: 8, alpha: 16 }, 0);
  resetPeak();

  const random = new Random(1);
  const ids = (length) => Array.from({ length }, () => random.int(vocabulary));
  const tokens = SEQUENCES * LENGTH;
  const column = (draw) => core.tensor1d(Float32Array.from({ length: tokens }, draw));
  const chunk = {
    ...packSequences(Array.from({ length: SEQUENCES }, () => ids(LENGTH))),
    positions: indexColumn(Array.from({ length: tokens }, (_, i) => i)),
    targets: indexColumn(ids(tokens)),
    old: column(() => -Math.log(vocabulary)),
    ref: column(() => -Math.log(vocabulary)),
    advantages: column(() => random.normal()),
    weights: column(() => 1 / tokens),
  };
  delete chunk.starts;
  const { recompute } = planPass(config, 8, settings.activationMemory * MEBIBYTE, LENGTH);
  let train = Infinity;
  for (let i = 0; i < STEPS; i++) {
    const from = performance.now();
    const { gradient, stats } = chunkGradient(policy, chunk, settings, recompute);
    const norm = policy.parameters.update(gradient, {
      learningRate: 1e-4,
      beta1: 0.9,
      beta2: 0.95,
      epsilon: 1e-8,
      weightDecay: 0,
      maxNorm: 1,
    });
    const [loss] = await stats.data();
    const [length] = await norm.data();
    if (!Number.isFinite(loss) || !(length > 0)) throw new Error(`loss ${loss}, gradient norm ${length}`);
    [gradient, stats, norm].forEach((tensor) => tensor.dispose());
    train = Math.min(train, (performance.now() - from) / tokens);
  }
  disposeChunk(chunk);

  const decoder = new Decoder(config, policy.weights, policy.adapter, {
    rows: SEQUENCES,
    context: 128,
    maxNewTokens: DECODED,
    temperature: 1,
    seed: 1,
    endToken: -1,
    padToken: 0,
  });
  let decode = Infinity;
  for (let turn = 0; turn < 4; turn++) {
    const from = performance.now();
    const sampled = await decoder.turn(Array.from({ length: SEQUENCES }, (_, row) => ({ row, ids: ids(8) })));
    if (sampled.some(({ logProbs }) => logProbs.some((value) => !Number.isFinite(value))))
      throw new Error('A sampled log-probability is no number');
    decode = Math.min(decode, (performance.now() - from) / (SEQUENCES * DECODED));
  }
  decoder.dispose();
  const mebibytes = (value) => (value / MEBIBYTE).toFixed(0);
  console.log(
    [
      `${(parameters / 1e6).toFixed(1)} M`.padStart(10),
      String(vocabulary).padStart(11),
      mebibytes(base).padStart(10),
      train.toFixed(2).padStart(15),
      decode.toFixed(2).padStart(16),
      mebibytes(peakBytes()).padStart(9),
      mebibytes(1024 * process.resourceUsage().maxRSS).padStart(12),
      recompute ? '  recomputed' : '',
    ].join(' '),
  );
  process.exit(0);
}
