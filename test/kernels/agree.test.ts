/** Every kernel on every backend gives what its reference gives. */
import {
  engine,
  gather,
  sub,
  sum,
  tensor1d,
  tensor2d,
  type Tensor,
  type Tensor2D,
} from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import { gatherRows } from '../../src/kernels';
import type { DeviceName } from '../../src/kernels/device';
import { on, openBackends, read } from './backends';
import { cases } from './cases';
import { expectClose } from './closeness';
import { toTensor, type Case } from './inputs';

const backends = await openBackends();

const run = (backend: DeviceName, { kernel, inputs, attrs }: Case) =>
  on(backend, () => {
    const tensors = Object.fromEntries(
      Object.entries(inputs).map(([name, input]) => [name, toTensor(input)]),
    );
    const result = engine().runKernel(`Turnwise${kernel}`, tensors, attrs) as Tensor | Tensor[];
    return read(Array.isArray(result) ? result : [result]);
  });

/** Columns of the sampler's output, and how close the log-probability of the same token must be. */
function expectSameSamples(actual: Int32Array, expected: Int32Array): void {
  const [a, b] = [new Float32Array(actual.slice().buffer), new Float32Array(expected.slice().buffer)];
  const tokens = (values: Int32Array) => Array.from(values).filter((_, i) => i % 3 !== 1);
  expect(tokens(actual)).toEqual(tokens(expected));
  const logProbs = (values: Float32Array) => values.filter((_, i) => i % 3 === 1);
  expectClose(logProbs(a), logProbs(b), 1e-5, 'log-probabilities');
}

describe.each(backends.filter((backend) => backend !== 'cpu'))('%s agrees with the reference', (backend) => {
  test.each(cases.map((entry) => [`${entry.kernel}: ${entry.title}`, entry] as const))(
    '%s',
    async (_, entry) => {
      const expected = await run('cpu', entry);
      const actual = await run(backend, entry);
      expect(actual.length).toBe(expected.length);
      expected.forEach((values, i) => {
        if (entry.kernel === 'Sample') expectSameSamples(actual[i] as Int32Array, values as Int32Array);
        else if (values instanceof Int32Array) expect(actual[i]).toEqual(values);
        else if (!entry.inputs.a && entry.kernel.startsWith('Linear') && i === 1)
          expect(actual[i]!.length).toBe(1);
        else expectClose(actual[i]!, values, entry.tolerance ?? 1e-5, `output ${i}`);
      });
    },
  );

  test('the same inputs give the same bits again', async () => {
    for (const entry of cases.filter(({ title }, i) => i % 5 === 0 || title.includes('lengths'))) {
      expect(await run(backend, entry)).toEqual(await run(backend, entry));
    }
  });

  test('results with more elements than one dimension of a dispatch has threads', () =>
    on(backend, async () => {
      const [rows, width] = [1425, 2945];
      expect(rows * width).toBeGreaterThan(65535 * 64);
      const x = tensor2d(
        Float32Array.from({ length: 3 * width }, (_, i) => i % 251),
        [3, width],
      );
      const ids = Int32Array.from({ length: rows }, (_, n) => (n * n) % 3);
      const ours = gatherRows(x, tensor2d(ids, [rows, 1], 'int32'));
      const difference = sub(ours, gather(x, tensor1d(ids, 'int32'))) as Tensor2D;
      const wrong = (await difference.data()).findIndex((d) => d !== 0);
      expect(wrong).toBe(-1);
      expect((await sum(ours).data())[0]).toBeGreaterThan(0);
    }));
});
