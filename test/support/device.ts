/** Opening a backend for a test file. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { engine } from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, vi } from 'vitest';
import { nodeHost } from '../../src/headless/host';
import { openDevice, type DeviceName } from '../../src/kernels/device';

/** The project's folder. */
export const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/**
 * Where tests of the policy run. `TURNWISE_TEST_DEVICES=cpu,wasm` chooses others; `TURNWISE_ALLOW_MISSING_WEBGPU=1`
 * leaves out WebGPU, as in the kernel tests.
 */
const all = process.env.TURNWISE_ALLOW_MISSING_WEBGPU === '1' ? 'wasm,cpu' : 'wasm,cpu,webgpu';
export const DEVICES = (process.env.TURNWISE_TEST_DEVICES ?? all).split(',') as DeviceName[];

export async function open(device: DeviceName): Promise<void> {
  if (device === 'wasm' && !existsSync(join(ROOT, 'build/kernels'))) {
    throw new Error('build/kernels is missing: run node scripts/build-kernels.mjs.');
  }
  await openDevice(nodeHost(ROOT), device);
}

/** Opens `device` before the tests of the enclosing block and clears away what they leave behind. */
export function onDevice(device: DeviceName): void {
  vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });
  beforeAll(async () => {
    await open(device);
    engine().startScope();
  });
  afterAll(() => engine().endScope());
}

/** Prints a measured number where `TURNWISE_MEASURE` is set. */
export function measured(what: string, value: number): number {
  if (process.env.TURNWISE_MEASURE) process.stderr.write(`measured  ${what}: ${value.toExponential(2)}\n`);
  return value;
}

/** Largest absolute difference. */
export function difference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) return Infinity;
  let largest = 0;
  // Written so that a NaN counts as the largest difference there is.
  for (let i = 0; i < a.length; i++)
    if (!(Math.abs(a[i]! - b[i]!) <= largest)) largest = Math.abs(a[i]! - b[i]!) || Infinity;
  return largest;
}

/** |a - b| / |b| in the Euclidean norm. */
export function relativeDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) return Infinity;
  let off = 0;
  let size = 0;
  for (let i = 0; i < b.length; i++) {
    off += (a[i]! - b[i]!) ** 2;
    size += b[i]! ** 2;
  }
  return Math.sqrt(off / size);
}
