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
import { attention, cacheAppend, linear, lmHead, rmsNorm, rotary, swiGlu } from '../../src/kernels';
import type { DeviceName } from '../../src/kernels/device';
import { on, openBackends, read } from './backends';
import { cases } from './cases';
import { Inputs, packedSpans, toTensor } from './inputs';

/** Tensors the engine knows, and blocks of memory the backend holds, intermediates included. */
const held = () => ({
  tensors: memory().numTensors,
  buffers: memory().numDataBuffers,
  backend: (currentBackend() as unknown as { numDataIds(): number }).numDataIds(),
});

/** What a backend allocates beyond tensors; undefined where it does not say. */
const allocated = () => (memory() as { numBytesAllocatedInGPU?: number }).numBytesAllocatedInGPU;

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
        const spans = toTensor(packedSpans([5, 3])) as Tensor2D;
        const weight = {
          packed: toTensor(make.packed([16, 4])) as Tensor2D,
          scale: toTensor(make.floats([16], () => 0.01)) as Tensor1D,
        };
        const targets = toTensor(make.indices(8, 1, 16)) as Tensor2D;
        const places = { heads: 2, base: 10000 };
        const head = { float: toTensor(make.normal([16, 16])) as Tensor2D };
        const loss = (...[x, norm, a, b]: Tensor[]) => {
          const h = rmsNorm(x as Tensor2D, norm as Tensor1D, 1e-6, { trainWeight: true });
          const y = linear(h, weight, { a: a as Tensor2D, b: b as Tensor2D, scale: 2 });
          const mixed = attention(rotary(y, spans, places), rotary(y, spans, places), y, spans, {
            heads: 2,
            kvHeads: 2,
          });
          return lmHead(swiGlu(mixed, y), head, targets, { gradient: 'both' });
        };
        const inputs = [
          make.normal([8, 16]),
          make.normal([16]),
          make.normal([4, 16]),
          make.normal([16, 4]),
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
    expect(allocated()).toBe(bytes);
  });

  test('the cache is changed in place, also after it was read', () =>
    on(backend, async () => {
      const cache = zeros<Rank.R2>([8, 4]);
      const append = (row: number[], spans: number[], offset?: number) =>
        tidy(() => cacheAppend(cache, tensor2d([row]), tensor2d([spans], [1, 3], 'int32'), offset));
      const count = memory().numTensors;
      append([1, 2, 3, 4], [4, 1, 0]);
      expect(Array.from(await cache.data()).slice(16)).toEqual([
        1, 2, 3, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
      ]);
      append([5, 6, 7, 8], [4, 2, 0], 1);
      expect(Array.from(await cache.data()).slice(16)).toEqual([
        1, 2, 3, 4, 0, 0, 0, 0, 5, 6, 7, 8, 0, 0, 0, 0,
      ]);
      append([9, 9, 9, 9], [0, 1, 0]);
      expect(Array.from(await cache.data()).slice(0, 8)).toEqual([9, 9, 9, 9, 0, 0, 0, 0]);
      expect(memory().numTensors).toBe(count);
    }));
});
