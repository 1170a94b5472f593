/** The backend of the WASM device as TensorFlow.js sees it: stock operations, memory, and a memory that grows. */
import * as tf from '@tensorflow/tfjs-core';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { nodeHost } from '../../src/headless/host';
import type { SimdBackend } from '../../src/kernels/simd/backend';
import { SIMD_BACKEND } from '../../src/kernels/simd/name';
import { assemble, multipliesRightly } from '../../src/kernels/simd/open';
import { ThreadPool } from '../../src/kernels/simd/threads';
import { hasRelaxedSimd } from '../../src/kernels/simd/variant';
import { on, openBackends, read } from './backends';
import { expectClose } from './closeness';

const root = fileURLToPath(new URL('../..', import.meta.url));
await openBackends();

const wave = (shape: number[], phase = 0) =>
  tf.tensor(
    Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => Math.sin(i + phase)),
    shape,
  );
const count = (shape: number[]) =>
  tf.tensor(
    Int32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => i - 3),
    shape,
    'int32',
  );

/** Every stock operation that the project uses, in the forms that have SIMD and in others. */
const operations: Record<string, () => tf.Tensor | tf.Tensor[]> = {
  'add, alike': () => tf.add(wave([7, 5]), wave([7, 5], 1)),
  'add, spread': () => tf.add(wave([7, 5]), wave([5], 1)),
  'add, integers': () => tf.add(count([4]), count([4])),
  addN: () => tf.addN([wave([9]), wave([9], 1), wave([9], 2)]),
  'addN of one': () => tf.addN([wave([9])]),
  'mul, alike': () => tf.mul(wave([3, 6]), wave([3, 6], 1)),
  'mul by a scalar': () => tf.mul(wave([3, 6]), tf.scalar(-1.5)),
  'mul of a scalar': () => tf.mul(tf.scalar(2), wave([3, 6])),
  'mul, one element of more dimensions': () => tf.mul(wave([6]), wave([1, 1], 2)),
  'mul, spread': () => tf.mul(wave([3, 1]), wave([1, 6], 2)),
  'mul, integers': () => tf.mul(count([6]), count([6])),
  sub: () => tf.sub(wave([5]), wave([5], 1)),
  div: () => tf.div(wave([5]), tf.scalar(3)),
  neg: () => tf.neg(wave([5])),
  'sum of all': () => tf.sum(wave([37, 3])),
  'sum of all, dimensions kept': () => tf.sum(wave([37, 3]), undefined, true),
  'sum of rows': () => tf.sum(wave([37, 3]), 0),
  'sum of rows, dimensions kept': () => tf.sum(wave([37, 3]), 0, true),
  'sum of columns': () => tf.sum(wave([37, 3]), 1),
  'sum of integers': () => tf.sum(count([10])),
  mean: () => tf.mean(wave([11])),
  'slice of rows': () => tf.slice(wave([6, 4]), [2, 0], [3, 4]),
  'slice of columns': () => tf.slice(wave([6, 4]), [1, 1], [4, 2]),
  'slice of one column': () => tf.slice(count([6, 4]), [0, 2], [6, 1]),
  'slice of three dimensions': () => tf.slice(wave([3, 4, 5]), [0, 1, 2], [2, 2, 2]),
  'concat, flat': () => tf.concat([wave([3]), wave([5], 1), wave([1], 2)]),
  'concat of rows': () => tf.concat([wave([2, 3]), wave([4, 3], 1)], 0),
  'concat of columns': () => tf.concat([count([4, 3]), count([4, 1]), count([4, 2])], 1),
  'concat of three dimensions': () => tf.concat([wave([2, 1, 3]), wave([2, 4, 3], 1)], 1),
  split: () => tf.split(wave([11]), [4, 1, 6]),
  'split of columns': () => tf.split(wave([3, 6]), [2, 4], 1),
  'split into equal parts': () => tf.split(wave([6, 2]), 3),
  reshape: () => tf.reshape(wave([6, 4]), [8, 3]),
  clone: () => tf.clone(wave([6])),
  transpose: () => tf.transpose(wave([6, 4])),
  tile: () => tf.tile(wave([1, 2]), [3, 2]),
  gather: () => tf.gather(wave([5, 3]), tf.tensor1d([4, 0, 4], 'int32')),
  zeros: () => tf.zeros([4, 2]),
  ones: () => tf.ones([3]),
  'ones, integers': () => tf.ones([3], 'int32'),
  fill: () => tf.fill([2, 5], 0.25),
  zerosLike: () => tf.zerosLike(wave([5])),
  onesLike: () => tf.onesLike(wave([5])),
  'cast to integers': () => tf.cast(tf.mul(wave([9]), 10), 'int32'),
  'comparison, which gives truth values': () => tf.greater(wave([9]), 0),
  softmax: () => tf.softmax(wave([3, 4])),
  matMul: () => tf.matMul(wave([3, 4]), wave([4, 5])),
  'an empty tensor': () => tf.concat([tf.zeros([0, 3]), wave([1, 3])], 0),
};

describe('stock operations', () => {
  test.each(Object.entries(operations))('%s', async (_, operation) => {
    const outcome = async () => {
      const made = [operation()].flat();
      return {
        shapes: made.map(({ shape }) => shape),
        types: made.map(({ dtype }) => dtype),
        values: await read(made),
      };
    };
    const expected = await on('cpu', outcome);
    const actual = await on('wasm', outcome);
    expect([actual.shapes, actual.types]).toEqual([expected.shapes, expected.types]);
    expected.values.forEach((values, i) => expectClose(actual.values[i]!, values, 1e-6, `output ${i}`));
  });

  test('tensors of text, which no heap can hold', async () => {
    const words = await on('wasm', async () =>
      tf.concat([tf.tensor1d(['a', 'b']), tf.tensor1d(['c'])]).data(),
    );
    expect(words).toEqual(['a', 'b', 'c'] as never);
  });
});

describe('memory', () => {
  test('is counted, and given back', () =>
    on('wasm', async () => {
      const bytes = () => (tf.memory() as unknown as { numBytesInHeap: number }).numBytesInHeap;
      const before = bytes();
      const x = tf.zeros([1000]);
      expect(bytes() - before).toBe(4000);
      const same = tf.reshape(x, [10, 100]);
      expect(bytes() - before).toBe(4000);
      tf.dispose([x, same]);
      expect(bytes()).toBe(before);
    }));

  test('what was read stays as it was', () =>
    on('wasm', async () => {
      const x = tf.tensor1d([1, 2, 3, 4]);
      const values = await x.data();
      x.dispose();
      tf.fill([4], 9);
      expect(Array.from(values)).toEqual([1, 2, 3, 4]);
    }));

  test('tensors come over from another backend', async () => {
    const x = await on('cpu', async () => tf.keep(tf.tensor2d([[1, 2, 3]])));
    expect(await on('wasm', async () => Array.from(await tf.add(x, x).data()))).toEqual([2, 4, 6]);
    x.dispose();
  });
});

describe('without shared memory', () => {
  const values = Float32Array.from({ length: 400 }, (_, i) => Math.cos(i));
  const floats = (backend: SimdBackend, id: object) => Array.from(backend.readSync(id) as Float32Array);

  test('tensors outlive the growing of the memory, and kernels go on', async () => {
    const backend = await assemble(nodeHost(root, 1), false, false);
    const { memory } = backend.heap;
    expect(memory.buffer).toBeInstanceOf(ArrayBuffer);
    expect(backend.pool.threads).toBe(1);
    const x = backend.write(values.slice(), [20, 20], 'float32');
    // Views as the stock kernels hold them, from before and after.
    const before = backend.data.get(x).values!;
    const size = backend.heap.reserved;
    const big = backend.reserve([10_000_000], 'float32');
    expect(backend.heap.reserved).toBeGreaterThan(size);
    expect(before.length).toBe(0);
    expect(floats(backend, x)).toEqual(Array.from(values));
    const y = backend.reserve([20, 20], 'float32');
    backend.kernels.add(backend.address(x), backend.address(x), backend.address(y.dataId), 400);
    expect(floats(backend, y.dataId)).toEqual(Array.from(values, (value) => 2 * value));
    for (const id of [x, big.dataId, y.dataId]) backend.disposeData(id);
    expect(backend.numDataIds()).toBe(0);
  });

  test('a write may take its values from the heap that it makes grow', async () => {
    const backend = await assemble(nodeHost(root, 1), false, false);
    const x = backend.write(new Float32Array(3_000_000).fill(7), [3_000_000], 'float32');
    const copy = backend.write(backend.data.get(x).values!, [3_000_000], 'float32');
    expect((backend.readSync(copy) as Float32Array).every((value) => value === 7)).toBe(true);
  });

  test('a JavaScript kernel may make its output while it reads its input, however full the memory is', async () => {
    const backend = await assemble(nodeHost(root, 1), false, false);
    const x = {
      dataId: backend.write(values.slice(), [20, 20], 'float32'),
      shape: [20, 20],
      dtype: 'float32' as const,
    };
    const { kernelFunc } = tf.getKernel('Sum', SIMD_BACKEND);
    for (let spare = 0; spare < 20; spare++) {
      // What is left is less and less, down to nothing.
      const free = backend.heap.reserved - backend.heap.used - 4096 - 100_000 / 2 ** spare;
      const ballast = free > 0 ? backend.heap.allocate(free) : undefined;
      const sums = kernelFunc({
        inputs: { x },
        attrs: { axis: 1, keepDims: false },
        backend,
      }) as tf.TensorInfo;
      const expected = Array.from({ length: 20 }, (_, row) =>
        values.subarray(20 * row, 20 * row + 20).reduce((a, b) => a + b),
      );
      expectClose(floats(backend, sums.dataId), expected, 1e-5, 'sums');
      backend.disposeData(sums.dataId);
      if (ballast) backend.heap.free(ballast);
    }
  });
});

describe('starting', () => {
  const host = nodeHost(root, 3);

  test('shares memory with threads here', async () => {
    const backend = await assemble(host, true, false);
    expect(backend.heap.memory.buffer).toBeInstanceOf(SharedArrayBuffer);
    expect(backend.pool.threads).toBe(3);
    backend.dispose();
  });

  test('leaves no thread behind where one does not start', async () => {
    const ended: number[] = [];
    const module = await WebAssembly.compile(await host.simdBinary('shared'));
    const { heap } = await assemble(host, true, false).then((backend) => (backend.dispose(), backend));
    const pool = new ThreadPool(module, heap);
    const starting = pool.start(3, async ({ index }) => {
      if (index === 2) throw new Error('no more threads');
      return { end: () => void ended.push(index) };
    });
    await expect(starting).rejects.toThrow('no more threads');
    expect(ended).toEqual([1]);
    expect(pool.threads).toBe(1);
  });

  test('notices kernels that multiply wrongly', async () => {
    const backend = await assemble(nodeHost(root, 1), false, false);
    expect(multipliesRightly(backend)).toBe(true);
    const { kernels, heap } = backend;
    const matMul: typeof kernels.matMul = (a, b, c, ...rest) => {
      kernels.matMul(a, b, c, ...rest);
      new Float32Array(heap.memory.buffer, c, 13 * 21)[200]! += 0.01;
    };
    const broken = { heap, kernels: { ...kernels, matMul } } as unknown as SimdBackend;
    expect(multipliesRightly(broken)).toBe(false);
  });

  test('the probe for relaxed SIMD is a valid module wherever such modules are', async () => {
    const binary = await host.simdBinary('relaxed');
    expect(hasRelaxedSimd()).toBe(WebAssembly.validate(binary));
  });
});
