import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import type { OutputSpec } from '../define';
import { float32, laneTypes, lanesFor, runProgram } from '../webgpu-program';
import type { AdamWAttrs } from './index';

/** Threads that share the sum of squares. */
const PARTS = 512;

/**
 * Three programs: sums of squares, each thread striding through the gradient so that neighbours read neighbours;
 * the norm, one thread adding those few sums; the update, a thread for (four of) each parameter.
 * A norm is finite unless all bits of its exponent are set; WGSL may assume that a comparison never meets an infinity.
 */
export function adamWWebgpu(
  backend: WebGPUBackend,
  inputs: readonly (TensorInfo | undefined)[],
  [next, norm]: readonly OutputSpec[],
  o: AdamWAttrs,
): TensorInfo[] {
  const [state, grad] = inputs as [TensorInfo, TensorInfo];
  const size = grad.shape[0]!;
  const lanes = lanesFor(size);
  const functions = () => laneTypes(lanes);
  const [squares] = runProgram(backend, {
    name: 'sumSquares',
    inputs: { grad: [grad, lanes] },
    outputs: { result: float32(PARTS) },
    threads: PARTS,
    functions,
    main: () => `
      var sum = 0.0;
      for (var i = index; i < uniforms.gradShape / ${lanes}; i += ${PARTS}) { sum += inner(grad[i], grad[i]); }
      result[index] = sum;`,
  });
  const [length] = runProgram(backend, {
    name: 'norm',
    inputs: { squares: [squares, 4] },
    outputs: { result: norm! },
    threads: 1,
    main: () => `
      var sum = vec4<f32>(0.0);
      for (var i = 0; i < ${PARTS / 4}; i++) { sum += squares[i]; }
      result[0] = sqrt(sum.x + sum.y + sum.z + sum.w);`,
  });
  backend.disposeData(squares.dataId);
  const { beta1, beta2, epsilon, learningRate, weightDecay, maxNorm, step } = o;
  const [updated] = runProgram(backend, {
    name: 'adamW',
    inputs: { state: [state, lanes], grad: [grad, lanes], norm: length },
    outputs: { result: [next!, lanes] },
    threads: size / lanes,
    floats: {
      beta1,
      beta2,
      fresh1: 1 - beta1,
      fresh2: 1 - beta2,
      correction1: 1 - beta1 ** step,
      correction2: 1 - beta2 ** step,
      epsilon,
      learningRate,
      weightDecay,
      maxNorm,
    },
    functions,
    main: () => `
      let size = uniforms.threads;
      let p = state[index];
      let m0 = state[size + index];
      let v0 = state[2 * size + index];
      if ((bitcast<u32>(norm[0]) & 0x7f800000u) == 0x7f800000u) {
        result[index] = p;
        result[size + index] = m0;
        result[2 * size + index] = v0;
        return;
      }
      let g = grad[index] * min(1.0, uniforms.maxNorm / (norm[0] + 1e-6));
      let m = uniforms.beta1 * m0 + uniforms.fresh1 * g;
      let v = uniforms.beta2 * v0 + uniforms.fresh2 * g * g;
      let change = m / uniforms.correction1 / (sqrt(v / uniforms.correction2) + uniforms.epsilon);
      result[index] = p - uniforms.learningRate * (uniforms.weightDecay * p + change);
      result[size + index] = m;
      result[2 * size + index] = v;`,
  });
  return [updated, length];
}
