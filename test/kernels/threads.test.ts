/** Threads change nothing but the time it takes: every kernel gives the very same bits on any number of them. */
import { getKernel, type TensorInfo } from '@tensorflow/tfjs-core';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { nodeHost } from '../../src/headless/host';
import type { SimdBackend } from '../../src/kernels/simd/backend';
import { SIMD_BACKEND } from '../../src/kernels/simd/name';
import { assemble } from '../../src/kernels/simd/open';
import { WORK } from '../../src/kernels/simd/work';
import { cases } from './cases';
import { Inputs, packedTokens, type Case } from './inputs';

const root = fileURLToPath(new URL('../..', import.meta.url));
/** So that even the least call is shared. */
const ALWAYS = { worth: 1e-9, always: true };

let alone: SimdBackend;
let several: { threads: number; backend: SimdBackend }[] = [];
beforeAll(async () => {
  alone = await assemble(nodeHost(root, 1), false, false);
  several = await Promise.all(
    [2, 3, 8].map(async (threads) => ({
      threads,
      backend: await assemble(nodeHost(root, threads), true, false, ALWAYS),
    })),
  );
});
afterAll(() => {
  for (const { backend } of several) backend.dispose();
});

/** Outputs of a kernel on a backend, and what it wrote into its inputs, as the words they are. */
function run(backend: SimdBackend, { kernel, inputs, attrs, writes = [] }: Case): Int32Array[] {
  const given = Object.fromEntries(
    Object.entries(inputs).map(([name, { values, shape, dtype }]) => {
      const dataId = backend.write(values.slice(), [...shape], dtype);
      return [name, { dataId, shape: [...shape], dtype } satisfies TensorInfo];
    }),
  );
  const made = getKernel(`Turnwise${kernel}`, SIMD_BACKEND).kernelFunc({ inputs: given, backend, attrs });
  const outputs = Array.isArray(made) ? made : [made];
  const words = [...outputs, ...writes.map((name) => given[name]!)].map(({ dataId }) => {
    const { buffer, byteOffset, length } = backend.readSync(dataId) as Float32Array<ArrayBuffer>;
    return new Int32Array(buffer.slice(byteOffset, byteOffset + 4 * length));
  });
  for (const { dataId } of [...outputs, ...Object.values(given)]) backend.disposeData(dataId);
  return words;
}

/** Cases large enough for several cuts, several blocks of a product, and packing. */
function largeCases(): Case[] {
  const make = new Inputs(99);
  const weight = (outer: number, inner: number) => ({
    w: make.packed([outer, inner / 4]),
    scale: make.floats([outer], () => 0.01 + make.random.next() / 100),
  });
  const products = [
    [601, 64, 176, 8],
    [601, 64, 176, 0],
    [64, 300, 520, 8],
    [5, 64, 600, 8],
    [64, 64, 320, 270],
  ].flatMap(([rows, inner, outer, rank]): Case[] => {
    const stacked = rank === 8 && outer! % 4 === 0;
    const [second, third] = stacked ? [outer! / 2, outer! - 8] : [outer!, outer!];
    const attrs = { loraScale: 2, second, third, epsilon: 1e-6 };
    const ranks = stacked ? 3 * rank : rank!;
    const adapter = rank ? { a: make.normal([ranks, inner!]), b: make.normal([outer!, rank]) } : undefined;
    const title = `${rows} x ${inner} -> ${outer}, rank ${rank}`;
    const [x, dy] = [make.normal([rows!, inner!]), make.normal([rows!, outer!])];
    const frozen = weight(outer!, inner!);
    const fused = { norm: make.normal([inner!]), residual: make.normal([rows!, outer!]) };
    const [h, u] = [make.normal([rows!, ranks]), make.normal([rows!, ranks])];
    return [
      { kernel: 'Linear', title, attrs, inputs: { x, ...frozen, ...adapter } },
      { kernel: 'Linear', title: `${title}, fused`, attrs, inputs: { x, ...frozen, ...adapter, ...fused } },
      { kernel: 'LinearGrad', title, attrs, inputs: { dy, ...frozen, ...adapter } },
      ...(rank ? [{ kernel: 'AdapterGrad', title, attrs, inputs: { x, dy, h, u } }] : []),
    ];
  });
  const lengths = [130, 1, 2, 77, 40, 3, 65];
  const tokens = packedTokens(lengths);
  const rows = tokens.shape[0]!;
  const qkv = make.normal([rows, 8 * 24]);
  const places = { heads: 4, kvHeads: 2, d: 24, keys: 96, values: 144 };
  const turn = { heads: 4, kvHeads: 2, base: 10000, epsilon: 1e-6, positions: 256 };
  const norms = { qNorm: make.normal([24]), kNorm: make.normal([24]) };
  const [out, logSum] = [make.normal([rows, 96]), make.normal([rows, 4])];
  const matMuls = [false, true].flatMap((transposeA) =>
    [false, true].map((transposeB) => ({
      kernel: 'MatMul',
      title: 'large',
      attrs: { transposeA, transposeB, alpha: 0.3 },
      inputs: {
        a: make.normal(transposeA ? [700, 91] : [91, 700]),
        b: make.normal(transposeB ? [275, 700] : [700, 275]),
      },
    })),
  );
  return [
    ...products,
    ...matMuls,
    { kernel: 'Heads', title: 'ragged', attrs: turn, inputs: { qkv, ...norms, tokens } },
    {
      kernel: 'HeadsGrad',
      title: 'ragged',
      attrs: turn,
      inputs: { dy: make.normal([rows, 8 * 24]), qkv, ...norms, tokens },
    },
    { kernel: 'Attention', title: 'ragged', attrs: places, inputs: { q: qkv, kv: qkv, tokens } },
    {
      kernel: 'AttentionGrad',
      title: 'ragged',
      attrs: places,
      inputs: { qkv, tokens, out, logSum, dOut: make.normal([rows, 96]) },
    },
  ];
}

describe('threads', () => {
  test.each([...cases, ...largeCases()].map((one) => [`${one.kernel}: ${one.title}`, one] as const))(
    '%s',
    (_, one) => {
      const expected = run(alone, one);
      for (const { backend, threads } of several) {
        expect(backend.pool.threads).toBe(threads);
        // Twice, since a thread might find what another has left behind.
        for (let time = 0; time < 2; time++) expect(run(backend, one)).toEqual(expected);
      }
    },
  );

  test('every kernel that is shared has been tested so', () => {
    const name = (kernel: string) => kernel[0]!.toLowerCase() + kernel.slice(1);
    const tested = new Set(cases.map(({ kernel }) => name(kernel)));
    const stock = ['add', 'multiply', 'scale'];
    expect(Object.keys(WORK).filter((kernel) => !tested.has(kernel))).toEqual(stock);
  });

  test('stock operations', () => {
    const values = Float32Array.from({ length: 1003 }, (_, i) => Math.sin(i));
    const results = [alone, ...several.map(({ backend }) => backend)].map((backend) => {
      const [a, b, y] = [values, values.map((x) => x * x + 1), values].map((numbers) =>
        backend.write(numbers.slice(), [1003], 'float32'),
      ) as [object, object, object];
      const [at, bt, yt] = [a, b, y].map((id) => backend.address(id)) as [number, number, number];
      const read = () => Array.from(backend.readSync(y) as Float32Array);
      const { kernels } = backend;
      kernels.add(at, bt, yt, 1003);
      const added = read();
      kernels.multiply(at, bt, yt, 1003);
      const multiplied = read();
      kernels.scale(at, bt, yt, 1003);
      const made = [added, multiplied, read()];
      for (const id of [a, b, y]) backend.disposeData(id);
      return made;
    });
    for (const result of results) expect(result).toEqual(results[0]);
    expect(results[0]![1]![5]).toBe(Math.fround(values[5]! * Math.fround(values[5]! ** 2 + 1)));
  });

  test('long sequences get the scratch memory they need, and no more stays in use after them', () => {
    const make = new Inputs(5);
    const rows = 9000;
    const one = {
      kernel: 'AttentionGrad',
      title: 'long',
      attrs: { heads: 1, kvHeads: 1, d: 16, keys: 16, values: 32 },
      inputs: {
        qkv: make.normal([rows, 48]),
        tokens: packedTokens([rows]),
        out: make.normal([rows, 16]),
        logSum: make.normal([rows, 1]),
        dOut: make.normal([rows, 16]),
      },
    };
    const { blocks } = alone.heap;
    const [dq] = run(alone, one);
    expect(new Float32Array(dq!.buffer).every(Number.isFinite)).toBe(true);
    expect(alone.heap.blocks).toBe(blocks);
    expect(run(several[0]!.backend, one)[0]!.slice(-48)).toEqual(dq!.slice(-48));
  }, 120_000);

  test('a call that fails says so, and the next one is computed', () => {
    for (const { backend } of several) {
      const beyond = backend.heap.reserved + 1_000_000;
      expect(() => backend.kernels.swiGlu(beyond, beyond, 40, 100)).toThrow();
      expect(run(backend, cases[0]!)).toEqual(run(alone, cases[0]!));
    }
  });

  test('after its threads have ended a backend goes on alone', async () => {
    const backend = await assemble(nodeHost(root, 4), true, false, ALWAYS);
    expect(backend.pool.threads).toBe(4);
    backend.dispose();
    expect(backend.pool.threads).toBe(1);
    expect(run(backend, cases[0]!)).toEqual(run(alone, cases[0]!));
  });
});
