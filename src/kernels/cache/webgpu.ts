import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import type { OutputSpec } from '../define';
import { SPAN_FIELDS } from '../layout';
import { lanesFor, runProgram } from '../webgpu-program';
import type { CacheAttrs } from './index';

/** cache[slot of n] = rows[n]. The cache is bound as the output, so that nothing else of it is touched. */
export function cacheWebgpu(
  backend: WebGPUBackend,
  inputs: readonly (TensorInfo | undefined)[],
  _outputs: readonly OutputSpec[],
  { offset }: CacheAttrs,
): TensorInfo[] {
  const [cache, rows, spans] = inputs as [TensorInfo, TensorInfo, TensorInfo];
  const [count, width] = rows.shape as [number, number];
  const lanes = lanesFor(width);
  const output = { dataId: cache.dataId, shape: cache.shape, dtype: cache.dtype };
  runProgram(backend, {
    name: 'cacheAppend',
    inputs: { rows: [rows, lanes], spans },
    outputs: { result: [output, lanes] },
    threads: (count * width) / lanes,
    ints: { offset },
    main: () => `
      let width = uniforms.rowsShape.y / ${lanes};
      let n = index / width;
      let slot = spans[n * ${SPAN_FIELDS}] + spans[n * ${SPAN_FIELDS} + 1] - 1 + uniforms.offset;
      result[slot * width + index % width] = rows[index];`,
  });
  // TensorFlow.js remembers values it has once read back, believing that tensors never change. This one has.
  const data = backend.tensorMap.get(cache.dataId) as { values: unknown };
  data.values = null;
  return [output];
}
