import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import type { OutputSpec } from '../define';
import { lanesFor, runProgram } from '../webgpu-program';
import { headOf, logitsOf, pullBack, readRows, scoresOf, slopesOf, type SlopeOf } from './blocks';
import type { LmHeadAttrs } from './index';

type Inputs = readonly (TensorInfo | undefined)[];

/** What u and w are the gradients of, in that order. */
const MADE: readonly SlopeOf[] = ['logProb', 'entropy'];

/** Block by block: logits, the sums of their rows, and for each gradient wanted the slopes pulled back through W. */
export function lmHeadWebgpu(
  backend: WebGPUBackend,
  inputs: Inputs,
  [scores, ...wanted]: readonly OutputSpec[],
  { temperature }: LmHeadAttrs,
): TensorInfo[] {
  const [x, table, scale, targets] = inputs as [TensorInfo, TensorInfo, TensorInfo | undefined, TensorInfo];
  const head = headOf(x, table, scale, targets);
  let z: TensorInfo | undefined;
  let slopes: TensorInfo | undefined;
  let statistics: TensorInfo | undefined;
  const made: TensorInfo[] = [];
  for (const block of head.blocks) {
    z = logitsOf(backend, head, block, temperature, z);
    statistics = readRows(backend, head, block, z, statistics);
    wanted.forEach((spec, i) => {
      slopes = slopesOf(backend, head, block, MADE[i]!, z!, statistics!, undefined, temperature, slopes);
      made[i] = pullBack(backend, head, block, slopes, made[i] ?? spec);
    });
  }
  const out = scoresOf(backend, statistics!, scores!);
  for (const scratch of [z, slopes, statistics]) if (scratch) backend.disposeData(scratch.dataId);
  return [out, ...made];
}

/** dx_n = dlogp_n u_n + dH_n w_n. */
export function lmHeadGradWebgpu(
  backend: WebGPUBackend,
  inputs: Inputs,
  [dx]: readonly OutputSpec[],
): TensorInfo[] {
  const [dScores, u, w] = inputs as [TensorInfo, TensorInfo, TensorInfo?];
  const [rows, inner] = u.shape as [number, number];
  const lanes = lanesFor(inner);
  return runProgram(backend, {
    name: 'lmHeadGrad',
    variant: w ? 'both' : 'logProb',
    inputs: { dScores, u: [u, lanes], ...(w && { w: [w, lanes] as const }) },
    outputs: { result: [dx!, lanes] },
    threads: (rows * inner) / lanes,
    main: () => `
      let n = index / (uniforms.uShape.y / ${lanes});
      result[index] = dScores[2 * n] * u[index]${w ? ' + dScores[2 * n + 1] * w[index]' : ''};`,
  });
}
