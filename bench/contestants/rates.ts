/** What a backend can do at best: the fastest product we can find, and the price of a dispatch that does nothing. */
import {
  getBackend,
  matMul as stockMatMul,
  ones,
  tidy,
  type Rank,
  type Tensor2D,
} from '@tensorflow/tfjs-core';
import { matMul } from '../../src/kernels';
import type { Rates } from '../core/protocol';
import { serve } from '../core/serve';
import { quantile } from '../core/statistics';
import { openOurs } from './device';

/** Shapes [rows, inner, outer] as the workloads have them, and square ones that a GPU likes. */
const SHAPES: readonly (readonly [number, number, number])[] = [
  [1024, 128, 352],
  [1024, 512, 512],
  [512, 512, 512],
];
/** Real GPUs reach their rate only here; a CPU would spend seconds on it. */
const LARGE = [2048, 2048, 2048] as const;

type Product = (a: Tensor2D, b: Tensor2D) => Tensor2D;
const PRODUCTS: Readonly<Record<string, Product>> = {
  'stock product': (a, b) => stockMatMul<Tensor2D>(a, b),
  'our product': (a, b) => matMul(a, b, { transposeB: true }),
};

async function milliseconds(product: Product, a: Tensor2D, b: Tensor2D): Promise<number> {
  const once = async (times: number) => {
    const started = performance.now();
    let last: Tensor2D | undefined;
    for (let i = 0; i < times; i++) {
      last?.dispose();
      last = tidy(() => product(a, b));
    }
    await last!.data();
    last!.dispose();
    return performance.now() - started;
  };
  await once(1);
  // Next to so long a product reading back is nothing, and several of them would take minutes.
  const single = await once(1);
  if (single > 200) return single;
  // The difference takes the cost of reading back out of it.
  const rounds: number[] = [];
  for (let round = 0; round < 3; round++) rounds.push(((await once(4)) - (await once(1))) / 3);
  return Math.max(quantile(rounds, 0.5), 1e-3);
}

async function bestProduct(): Promise<{ gflops: number; product: string }> {
  let best = { gflops: 0, product: '' };
  const measure = async ([rows, inner, outer]: readonly [number, number, number]) => {
    let reached = 0;
    for (const [name, product] of Object.entries(PRODUCTS)) {
      const a = ones<Rank.R2>([rows, inner]);
      const b = ones<Rank.R2>(name === 'our product' ? [outer, inner] : [inner, outer]);
      const gflops = (2 * rows * inner * outer) / (await milliseconds(product, a, b)) / 1e6;
      a.dispose();
      b.dispose();
      reached = Math.max(reached, gflops);
      if (gflops > best.gflops) best = { gflops, product: `${name} ${rows} x ${inner} x ${outer}` };
    }
    return reached;
  };
  let fastest = 0;
  for (const one of SHAPES) fastest = Math.max(fastest, await measure(one));
  // At 100 GFLOP/s the large product takes 0.2 s; below that it would only take time.
  if (getBackend() === 'webgpu' && fastest > 100) await measure(LARGE);
  return best;
}

/** Microseconds of one of many empty dispatches in one pass, submission and waiting taken out. */
async function emptyDispatch(): Promise<number> {
  const adapter = await navigator.gpu.requestAdapter();
  const device = await adapter?.requestDevice();
  if (!device) throw new Error('There is no graphics adapter any more.');
  const pipeline = device.createComputePipeline({
    layout: 'auto',
    compute: { module: device.createShaderModule({ code: '@compute @workgroup_size(1) fn main() {}' }) },
  });
  const pass = async (count: number) => {
    const started = performance.now();
    const encoder = device.createCommandEncoder();
    const compute = encoder.beginComputePass();
    compute.setPipeline(pipeline);
    for (let i = 0; i < count; i++) compute.dispatchWorkgroups(1);
    compute.end();
    device.queue.submit([encoder.finish()]);
    await device.queue.onSubmittedWorkDone();
    return performance.now() - started;
  };
  await pass(100);
  const many = 4000;
  const rounds: number[] = [];
  for (let round = 0; round < 5; round++) rounds.push(((await pass(many)) - (await pass(1))) / (many - 1));
  device.destroy();
  return Math.max(0, quantile(rounds, 0.5) * 1000);
}

serve({ open: openOurs }, async (): Promise<Rates> => {
  const best = await bestProduct();
  return { ...best, dispatchUs: getBackend() === 'webgpu' ? await emptyDispatch() : null };
});
