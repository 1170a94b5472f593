/** Every kernel on every backend gives what its reference gives. */
import {
  backend as currentBackend,
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
import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import { gatherRows, peek, SAMPLES } from '../../src/kernels';
import type { DeviceName } from '../../src/kernels/device';
import { setProfile, type DeviceProfile } from '../../src/kernels/webgpu/profile';
import { on, openBackends, read } from './backends';
import { cases } from './cases';
import { expectClose } from './closeness';
import { toTensor, type Case, type Input } from './inputs';

const backends = await openBackends();

/** Outputs of the kernel, then what it wrote into its inputs. */
const run = (backend: DeviceName, { kernel, inputs, attrs, writes = [] }: Case) =>
  on(backend, async () => {
    // An input that is given twice is one tensor.
    const made = new Map<Input, Tensor>();
    const tensors = Object.fromEntries(
      Object.entries(inputs).map(([name, input]) => {
        const tensor = made.get(input) ?? toTensor(input);
        made.set(input, tensor);
        return [name, tensor];
      }),
    );
    const result = engine().runKernel(`Turnwise${kernel}`, tensors, attrs) as Tensor | Tensor[];
    const outputs = await read(Array.isArray(result) ? result : [result]);
    return [...outputs, ...(await Promise.all(writes.map((name) => peek(tensors[name]!))))];
  });

/** States of the sampler, of which the bits of log-probabilities need only be close. */
function expectSameSamples(actual: Int32Array, expected: Int32Array, fields: number): void {
  const differs = (i: number) => actual[i] !== expected[i];
  const isLogProb = (i: number) => i % fields > SAMPLES && ((i % fields) - SAMPLES) % 2 === 1;
  const rest = (values: Int32Array) => values.filter((_, i) => !isLogProb(i));
  expect(rest(actual)).toEqual(rest(expected));
  const logProbs = (values: Int32Array) =>
    new Float32Array(values.slice().buffer).filter((_, i) => isLogProb(i) && differs(i));
  expectClose(logProbs(actual), logProbs(expected), 1e-5, 'log-probabilities');
}

async function expectAgreement(backend: DeviceName, entry: Case): Promise<void> {
  const expected = await run('cpu', entry);
  const actual = await run(backend, entry);
  expect(actual.length).toBe(expected.length);
  expected.forEach((values, i) => {
    if (entry.kernel === 'Sample')
      expectSameSamples(actual[i] as Int32Array, values as Int32Array, entry.inputs.rows!.shape[1]!);
    else if (values instanceof Int32Array) expect(actual[i]).toEqual(values);
    else if (!entry.inputs.a && entry.kernel.startsWith('Linear') && i === 1)
      expect(actual[i]!.length).toBe(1);
    else expectClose(actual[i]!, values, entry.tolerance ?? 1e-5, `output ${i}`);
  });
}

describe.each(backends.filter((backend) => backend !== 'cpu'))('%s agrees with the reference', (backend) => {
  test.each(cases.map((entry) => [`${entry.kernel}: ${entry.title}`, entry] as const))('%s', (_, entry) =>
    expectAgreement(backend, entry),
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

describe.skipIf(!backends.includes('webgpu'))('webgpu, whatever suits the device,', () => {
  const profiles: readonly DeviceProfile[] = [
    { largestTile: 128, enoughThreads: 1, queriesPerThread: 4, lanesPerRow: 1 },
    // Four is the width of subgroups on the software adapter, and divides every other.
    { largestTile: 16, enoughThreads: 65536, queriesPerThread: 3, lanesPerRow: 4 },
  ];
  test.each(profiles)('agrees with the reference: %o', { timeout: 120_000 }, async (profile) => {
    await on('webgpu', async () => setProfile(currentBackend() as WebGPUBackend, profile));
    const tiled = /^(MatMul|Linear|AdapterGrad|Attention|LmHead|Sample)/;
    // A pipeline of large tiles takes long to compile, so not every size; all kernels and odd sizes are among them.
    const all = cases.filter(({ kernel }) => tiled.test(kernel));
    const some = all.filter((_, i) => i % 3 === 1);
    const kernels = (entries: readonly Case[]) => new Set(entries.map(({ kernel }) => kernel));
    expect(kernels(some)).toEqual(kernels(all));
    for (const entry of some) await expectAgreement('webgpu', entry);
  });
});
