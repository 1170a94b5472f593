import { dirname, join } from 'node:path';
import { createRequire } from 'node:module';
import * as tf from '@tensorflow/tfjs-core';
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import { expect, it } from 'vitest';
import { loadSimd, simdModule } from '../../src/kernels/simd/module';
import { kernelBinary } from './simdHarness';

interface WasmBackend {
  readonly dataIdMap: { get(id: object): { memoryOffset: number } };
}

it('works on the tensors of the wasm backend in place, also after its memory has grown', async () => {
  const main = createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm');
  setWasmPaths(`${join(dirname(main), '..', 'dist')}/`);
  tf.env().set('WASM_HAS_MULTITHREAD_SUPPORT', false);
  await tf.setBackend('wasm');
  await tf.ready();
  expect(tf.getBackend()).toBe('wasm');
  await loadSimd(kernelBinary());
  const address = (x: tf.Tensor) =>
    (tf.backend() as unknown as WasmBackend).dataIdMap.get(x.dataId).memoryOffset;
  for (const ballast of [0, 40_000_000]) {
    const big = tf.zeros([ballast]);
    const a = tf.randomNormal([37, 50], 0, 1, 'float32', 1);
    const b = tf.randomNormal([50, 21], 0, 1, 'float32', 2);
    const c = tf.zeros([37, 21]);
    simdModule().matMul(address(a), address(b), address(c), 37, 50, 21, false, false, 1);
    const [ours, theirs] = [await c.data(), await tf.matMul(a, b).data()];
    ours.forEach((value, i) => expect(value).toBeCloseTo(theirs[i]!, 4));
    tf.dispose([big, a, b, c]);
  }
});
