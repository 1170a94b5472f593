/** Nothing is left behind by any kernel, and the one kernel that writes in place does so rightly. */
import {
  backend as currentBackend,
  engine,
  grads,
  memory,
  ones,
  tensor2d,
  tidy,
  zeros,
  type Rank,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
} from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import { attention, heads, headsIntoCache, linear, lmHead, rmsNorm, swiGlu } from '../../src/kernels';
import type { DeviceName } from '../../src/kernels/device';
import { on, openBackends, read } from './backends';
import { cases } from './cases';
import { Inputs, packedTokens, toTensor } from './inputs';

const HEADS = { heads: 2, kvHeads: 1, base: 10000, epsilon: 1e-6, positions: 16 };

/** Tensors the engine knows, and blocks of memory the backend holds, intermediates included. */
const held = () => ({
  tensors: memory().numTensors,
  buffers: memory().numDataBuffers,
  backend: (currentBackend() as unknown as { numDataIds(): number }).numDataIds(),
});

/** What a backend allocates beyond tensors, as far as it says. */
function allocated() {
  const { numBytesAllocatedInGPU, numBytesInHeap, numBytesReserved } = memory() as Record<string, unknown>;
  return { numBytesAllocatedInGPU, numBytesInHeap, numBytesReserved };
}

const runAll = (backend: DeviceName) =>
  on(backend, async () => {
    const values: ArrayLike<number>[] = [];
    for (const { kernel, inputs, attrs } of cases) {
      const made = tidy(() => {
        const tensors = Object.fromEntries(
          Object.entries(inputs).map(([name, input]) => [name, toTensor(input)]),
        );
        return engine().runKernel(`Turnwise${kernel}`, tensors, attrs) as Tensor | Tensor[];
      });
      const outputs = Array.isArray(made) ? made : [made];
      values.push(...(await read(outputs)));
      for (const output of outputs) output.dispose();
    }
    return values.length;
  });

describe.each(await openBackends())('on %s', (backend) => {
  test('every kernel gives back what it took', async () => {
    // Once before counting: tables that are made once per backend stay.
    await runAll(backend);
    const before = held();
    await runAll(backend);
    expect(held()).toEqual(before);
  });

  test('fifty gradients of a small model leave nothing behind', async () => {
    const make = new Inputs(77);
    const step = () =>
      on(backend, async () => {
        const tokens = toTensor(packedTokens([5, 3])) as Tensor2D;
        const weight = {
          packed: toTensor(make.packed([32, 4])) as Tensor2D,
          scale: toTensor(make.floats([32], () => 0.01)) as Tensor1D,
        };
        const targets = toTensor(make.indices(8, 1, 16)) as Tensor2D;
        const table = { float: toTensor(make.normal([16, 8])) as Tensor2D };
        const loss = (...[x, norm, a, b, headNorm]: Tensor[]) => {
          const h = rmsNorm(x as Tensor2D, norm as Tensor1D, 1e-6, { trainWeight: true });
          const lora = { a: a as Tensor2D, b: b as Tensor2D, scale: 2, starts: [16, 24] };
          const norms = { query: headNorm as Tensor1D, key: headNorm as Tensor1D };
          const turned = heads(linear(h, weight, { lora }), norms, tokens, HEADS, { trainWeight: true });
          const mixed = attention(turned, tokens, HEADS);
          return lmHead(swiGlu(mixed), table, targets, { gradient: 'both' });
        };
        const inputs = [
          make.normal([8, 16]),
          make.normal([16]),
          make.normal([12, 16]),
          make.normal([32, 4]),
          make.normal([8]),
        ].map(toTensor);
        const made = grads(loss)(inputs, ones([8, 2]));
        await read(made);
      });
    await step();
    const before = held();
    for (let i = 0; i < 25; i++) await step();
    const bytes = allocated();
    for (let i = 0; i < 25; i++) await step();
    expect(held()).toEqual(before);
    expect(allocated()).toEqual(bytes);
  });

  test('the cache is changed in place, also after it was read', () =>
    on(backend, async () => {
      const cache = zeros<Rank.R2>([8, 8]);
      const norms = { query: ones<Rank.R1>([4]), key: ones<Rank.R1>([4]) };
      // One head each; the value goes into the cache as it is.
      const append = (value: number[], [slot, seen]: readonly [number, number]) =>
        tidy(() => {
          const qkv = tensor2d([[1, 2, 3, 4, 1, 1, 1, 1, ...value]]);
          const tokens = tensor2d([[9, slot, seen, 0]], [1, 4], 'int32');
          headsIntoCache(qkv, norms, tokens, cache, { ...HEADS, heads: 1 });
        });
      const values = async () => Array.from(await cache.data()).filter((_, i) => i % 8 >= 4);
      const count = memory().numTensors;
      append([1, 2, 3, 4], [4, 1]);
      expect((await values()).slice(16)).toEqual([1, 2, 3, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
      append([5, 6, 7, 8], [4, 3]);
      expect((await values()).slice(16)).toEqual([1, 2, 3, 4, 0, 0, 0, 0, 5, 6, 7, 8, 0, 0, 0, 0]);
      append([9, 9, 9, 9], [0, 1]);
      expect((await values()).slice(0, 8)).toEqual([9, 9, 9, 9, 0, 0, 0, 0]);
      expect(memory().numTensors).toBe(count);
    }));
});
