/**
 * Writes the keys or values of new tokens into their slots of the cache, in place:
 * cache[spans[n][0] + spans[n][1] - 1 + offset] = rows[n].
 *
 * cache [slots, W], rows [N, W], spans [N, 3] (see layout.ts). In place because a copy of the cache per
 * token would cost more than the rest of decoding. The returned tensor shares the cache's memory.
 */
import type { Tensor2D } from '@tensorflow/tfjs-core';
import { defineKernel, type KernelSpec } from '../define';
import { SPAN_FIELDS } from '../layout';
import { cacheWebgpu } from './webgpu';

export type CacheAttrs = { offset: number };

const spec: KernelSpec<CacheAttrs> = {
  name: 'TurnwiseCacheAppend',
  inputs: ['cache', 'rows', 'spans'],
  mutates: 0,
  outputs: ([cache]) => [{ shape: [...cache!], dtype: 'float32' }],
  reference: ([, rows, spans], [cache], [, shape], { offset }) => {
    const [count, width] = shape as [number, number];
    for (let n = 0; n < count; n++) {
      const slot = spans![n * SPAN_FIELDS]! + spans![n * SPAN_FIELDS + 1]! - 1 + offset;
      cache!.set(rows!.subarray(n * width, (n + 1) * width), slot * width);
    }
  },
  simd: (wasm, [, rows, spans], [cache], [, shape], { offset }) =>
    wasm.cacheAppend(cache!, rows!, spans!, shape![0]!, shape![1]!, offset),
  webgpu: cacheWebgpu,
};

const run = defineKernel(spec);

/** Appends `rows` to `cache` in place. Not differentiable: only decoding uses a cache. */
export function cacheAppend(cache: Tensor2D, rows: Tensor2D, spans: Tensor2D, offset = 0): void {
  run({ cache, rows, spans }, { offset })[0]!.dispose();
}
