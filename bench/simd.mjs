/**
 * How fast the SIMD kernels are at the shapes training and decoding use: `node bench/simd.mjs [pattern]`, with
 * `--experimental-wasm-relaxed-simd` before the script where Node wants to be asked for relaxed SIMD.
 * One thread and several, plain and relaxed, side by side: all forms of one kernel are measured in turns, so that what
 * else the machine does falls on all of them. Prints the best time, and for products GFLOP/s (a
 * multiplication and an addition are two).
 */
import { execFileSync } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { runnerImport } from 'vite';

const root = fileURLToPath(new URL('..', import.meta.url));
execFileSync(process.execPath, ['scripts/build-kernels.mjs'], { cwd: root, stdio: 'inherit' });
const load = async (file) => (await runnerImport(`${root}src/${file}`, { configFile: false })).module;
const { nodeHost } = await load('headless/host.ts');
const { assemble } = await load('kernels/simd/open.ts');
const { hasRelaxedSimd } = await load('kernels/simd/variant.ts');

const forms = [];
for (const relaxed of hasRelaxedSimd() ? [false, true] : [false]) {
  for (const threads of [...new Set([1, Math.min(8, availableParallelism())])]) {
    const backend = await assemble(nodeHost(root, threads), threads > 1, relaxed);
    forms.push({ name: `${threads}${relaxed ? ' relaxed' : ''}`, backend, calls: undefined });
  }
}

/** The form for which inputs are being made, and what it must give back. */
let { backend } = forms[0];
let blocks = [];

function room(size) {
  const block = backend.heap.allocate(4 * size);
  blocks.push(block);
  return block.address;
}
function floats(size, scale = 1) {
  const at = room(size);
  new Float32Array(backend.heap.memory.buffer, at, size).forEach(
    (_, i, all) => (all[i] = (Math.random() * 2 - 1) * scale),
  );
  return at;
}
function ints(values) {
  const at = room(values.length);
  new Int32Array(backend.heap.memory.buffer, at, values.length).set(values);
  return at;
}
const bytes = (size) => ints(Int32Array.from({ length: size / 4 }, () => (Math.random() * 2 ** 32) | 0));

const pattern = new RegExp(process.argv[2] ?? '');
const ROUNDS = 12;

/** The best of several goes of a few milliseconds, in milliseconds a call. */
function go(call) {
  const from = performance.now();
  let calls = 0;
  do {
    call();
    calls++;
  } while (performance.now() - from < 4);
  return (performance.now() - from) / calls;
}

function measure(name, flops, run) {
  if (!pattern.test(name)) return;
  const runs = forms.map((form) => {
    ({ backend } = form);
    blocks = [];
    return { call: run(backend.kernels), heap: backend.heap, blocks, best: Infinity };
  });
  // The first goes are those of the first compiler, and slower.
  for (let round = 0; round < ROUNDS; round++)
    for (const one of runs) one.best = Math.min(one.best, go(one.call));
  const cells = runs.map(({ best }) => {
    const rate = flops ? `${(flops / best / 1e6).toFixed(1)}`.padStart(7) : '';
    return `${(best * 1000).toFixed(1)}`.padStart(9) + rate;
  });
  console.log(`${name.padEnd(44)} ${cells.join('  ')}`);
  for (const one of runs) for (const block of one.blocks) one.heap.free(block);
}

console.log(
  `${'microseconds and GFLOP/s; threads:'.padEnd(44)} ${forms.map(({ name }) => name.padStart(16)).join('  ')}`,
);
for (const [n, i, o, r] of [
  [2600, 64, 176, 8],
  [2600, 176, 64, 8],
  [2600, 64, 64, 8],
  [2600, 64, 600, 0],
  [2600, 128, 344, 8],
  [4000, 512, 512, 8],
  [64, 64, 176, 8],
  [64, 64, 600, 0],
  [16, 64, 176, 8],
  [8, 64, 176, 8],
  [8, 64, 600, 0],
  [1, 64, 176, 8],
]) {
  const flops = 2 * n * (i * o + r * (i + o));
  measure(`linear     ${n} x ${i} -> ${o}, rank ${r}`, flops, (k) => {
    const at = [
      floats(n * i),
      bytes(i * o),
      floats(o, 0.01),
      r && floats(r * i),
      r && floats(o * r),
      0,
      0,
      room(n * o),
      room(n * r + 1),
    ];
    return () => k.linear(...at, n, i, o, r, r, 2, o, o, 0);
  });
}
for (const [n, i, o, r] of [
  [2600, 64, 176, 8],
  [2600, 176, 64, 8],
  [2600, 64, 600, 0],
  [2600, 128, 344, 8],
]) {
  measure(`linearGrad ${n} x ${i} <- ${o}, rank ${r}`, 2 * n * (i * o + r * (i + o)), (k) => {
    const at = [
      floats(n * o),
      bytes(i * o),
      floats(o, 0.01),
      r && floats(r * i),
      r && floats(o * r),
      room(n * i),
      room(n * r + 1),
    ];
    return () => k.linearGrad(...at, n, i, o, r, r, 2, o, o);
  });
}
for (const [name, m, inner, n, ta, tb] of [
  ['dA = u^T x', 8, 2600, 64, 1, 0],
  ['dA = u^T x', 8, 2600, 176, 1, 0],
  ['dB = dy^T h', 176, 2600, 8, 1, 0],
  ['dB = dy^T h', 64, 2600, 8, 1, 0],
  ['dW = dy^T x', 176, 2600, 64, 1, 0],
  ['plain', 512, 512, 512, 0, 0],
  ['plain', 512, 512, 512, 0, 1],
  ['plain', 512, 512, 512, 1, 1],
]) {
  measure(`${name} ${m} x ${inner} x ${n}${ta ? ' TA' : ''}${tb ? ' TB' : ''}`, 2 * m * inner * n, (k) => {
    const at = [floats(m * inner), floats(inner * n), room(m * n)];
    return () => k.matMul(...at, m, inner, n, ta, tb, 1);
  });
}
for (const [sequences, length, heads, kv, d] of [
  [64, 110, 4, 4, 16],
  [64, 110, 4, 2, 32],
  [16, 512, 4, 4, 16],
]) {
  const rows = sequences * length;
  const width = (heads + 2 * kv) * d;
  const tokens = () =>
    ints(
      Array.from({ length: rows }, (_, t) => [
        0,
        t - (t % length),
        (t % length) + 1,
        t - (t % length) + length,
      ]).flat(),
    );
  const pairs = (sequences * heads * length * (length + 1)) / 2;
  measure(`attention     ${sequences} x ${length}, ${heads}/${kv} heads of ${d}`, 4 * d * pairs, (k) => {
    const [qkv, table, out, sums] = [
      floats(rows * width),
      tokens(),
      room(rows * heads * d),
      room(rows * heads),
    ];
    const [keys, values] = [qkv + 4 * heads * d, qkv + 4 * (heads + kv) * d];
    return () => k.attention(qkv, width, keys, values, width, table, 4, out, sums, rows, heads, kv, d);
  });
  measure(`attentionGrad ${sequences} x ${length}, ${heads}/${kv} heads of ${d}`, 10 * d * pairs, (k) => {
    const [qkv, table, dOut] = [floats(rows * width), tokens(), floats(rows * heads * d)];
    const dQkv = room(rows * width);
    return () => k.attentionGrad(qkv, table, 4, dOut, dQkv, rows, heads, kv, d);
  });
}
measure('attention decoding 64 rows of 110 keys, 4 x 16', 4 * 16 * 4 * 64 * 110, (k) => {
  const [q, cache] = [floats(64 * 64), floats(64 * 128 * 128)];
  const table = ints(Array.from({ length: 64 }, (_, n) => [0, n * 128, 110, 0]).flat());
  const [out, sums] = [room(64 * 64), room(64 * 4)];
  return () => k.attention(q, 64, cache, cache + 256, 128, table, 4, out, sums, 64, 4, 4, 16);
});
measure('rmsNorm 2600 x 64', 0, (k) => {
  const at = [floats(2600 * 64), floats(64), room(2600 * 64)];
  return () => k.rmsNorm(...at, 2600, 64, 1e-6);
});
measure('rmsNorm 10400 x 16', 0, (k) => {
  const at = [floats(2600 * 64), floats(64), room(2600 * 64)];
  return () => k.rmsNorm(...at, 10400, 16, 1e-6);
});
measure('rmsNormGrad 2600 x 64', 0, (k) => {
  const at = [floats(2600 * 64), floats(2600 * 64), floats(64), room(2600 * 64)];
  return () => k.rmsNormGrad(...at, 2600, 64, 1e-6);
});
measure('rmsNormWeightGrad 10400 x 16', 0, (k) => {
  const at = [floats(2600 * 64), floats(2600 * 64), room(64)];
  return () => k.rmsNormWeightGrad(...at, 10400, 16, 1e-6);
});
measure('heads 2600 x 4/2 of 16', 0, (k) => {
  const table = ints(Array.from({ length: 2600 }, (_, n) => [0, 0, (n % 110) + 1, 0]).flat());
  const at = [floats(2600 * 128), floats(16), floats(16), table, 4, 0, room(2600 * 128)];
  return () => k.heads(...at, 2600, 4, 2, 16, 1e4, 1e-6);
});
measure('swiGlu 2600 x 176', 0, (k) => {
  const at = [floats(2600 * 352), room(2600 * 176)];
  return () => k.swiGlu(...at, 2600, 176);
});
measure('swiGluGrad 2600 x 176', 0, (k) => {
  const at = [floats(2600 * 176), floats(2600 * 352), room(2600 * 352)];
  return () => k.swiGluGrad(...at, 2600, 176);
});
const rowInts = (n, below) => ints(Array.from({ length: n }, () => Math.floor(Math.random() * below)));
for (const [n, i, v] of [
  [2600, 64, 600],
  [4000, 128, 1000],
  [64, 576, 151936],
]) {
  for (const gradients of [0, 1]) {
    measure(`lmHead ${n} x ${i} over ${v}, ${gradients} gradients`, 2 * (1 + gradients) * n * i * v, (k) => {
      const at = [floats(n * i), bytes(i * v), floats(v, 0.01), rowInts(n, v), room(2 * n)];
      const u = gradients ? room(n * i) : 0;
      return () => k.lmHead(...at, u, 0, n, i, v, 1);
    });
  }
}
for (const [n, i, v] of [
  [2600, 64, 600],
  [4000, 128, 1000],
]) {
  measure(`lmHeadLoss ${n} x ${i} over ${v}`, 6 * n * i * v, (k) => {
    const at = [
      floats(n * i),
      floats(i * v),
      rowInts(n, v),
      floats(n),
      room(2 * n),
      room(n * i),
      room(i * v),
    ];
    return () => k.lmHeadLoss(...at, n, i, v, 1);
  });
}
measure('grpoLoss 2600', 0, (k) => {
  const at = [
    floats(5200),
    floats(2600),
    floats(2600),
    floats(2600),
    floats(2600),
    room(2600 * 8),
    room(5200),
  ];
  return () => k.grpoLoss(...at, 2600, 0.2, 0.2, 0, 0.01, 2, 0);
});
measure('sample 64 x 600', 0, (k) => {
  // Room for one token a row: every call overwrites what the one before has drawn, once its count is set back.
  const logits = floats(64 * 600, 5);
  const state = ints(Array.from({ length: 64 }, (_, r) => [9, 0, 1, 0, r, 0, 0, 0, 0]).flat());
  const { heap } = backend;
  const words = () => new Int32Array(heap.memory.buffer, state, 64 * 9);
  return () => {
    const rows = words();
    for (let r = 0; r < 64; r++) rows[r * 9 + 6] = 0;
    k.sample(logits, state, 9, 64, 600, 1, 7, -1, 0);
  };
});
measure('adamW 100000', 0, (k) => {
  const at = [floats(300000, 0.1), floats(100000), room(300000), room(1)];
  return () => k.adamW(...at, 100000, 1e-3, 0.9, 0.999, 1e-8, 0.01, 1, 0.1, 0.001);
});
for (const { backend } of forms) backend.dispose();
