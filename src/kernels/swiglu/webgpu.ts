import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import type { Attributes, OutputSpec } from '../define';
import { laneTypes, lanesFor, runProgram, type Lanes } from '../webgpu-program';

type Inputs = readonly (TensorInfo | undefined)[];

/** sigmoid, held off from where exp(-x) is infinite: WGSL promises nothing about infinities. */
const sigmoid = (lanes: Lanes) => `
  ${laneTypes(lanes)}
  fn sigmoid(x : V) -> V { return 1.0 / (1.0 + exp(min(-x, V(80.0)))); }`;

/** Where this thread's gate and up lie: a thread makes one (or four) of the outputs. */
const places = (lanes: Lanes) => `
  let width = uniforms.gateUpShape.y / ${2 * lanes};
  let gateAt = index + index / width * width;
  let upAt = gateAt + width;
  let g = gateUp[gateAt];
  let s = sigmoid(g);`;

export function swiGluWebgpu(
  backend: WebGPUBackend,
  inputs: Inputs,
  [y]: readonly OutputSpec[],
  _attrs: Attributes,
): TensorInfo[] {
  const [gateUp] = inputs as [TensorInfo];
  const [rows, width] = y!.shape as [number, number];
  const lanes = lanesFor(width);
  return runProgram(backend, {
    name: 'swiGlu',
    inputs: { gateUp: [gateUp, lanes] },
    outputs: { result: [y!, lanes] },
    threads: (rows * width) / lanes,
    functions: () => sigmoid(lanes),
    main: () => `
      ${places(lanes)}
      result[index] = g * s * gateUp[upAt];`,
  });
}

export function swiGluGradWebgpu(
  backend: WebGPUBackend,
  inputs: Inputs,
  [dGateUp]: readonly OutputSpec[],
  _attrs: Attributes,
): TensorInfo[] {
  const [dy, gateUp] = inputs as [TensorInfo, TensorInfo];
  const [rows, width] = dy.shape as [number, number];
  const lanes = lanesFor(width);
  return runProgram(backend, {
    name: 'swiGluGrad',
    inputs: { dy: [dy, lanes], gateUp: [gateUp, lanes] },
    outputs: { result: [dGateUp!, lanes] },
    threads: (rows * width) / lanes,
    functions: () => sigmoid(lanes),
    main: () => `
      ${places(lanes)}
      result[gateAt] = dy[index] * gateUp[upAt] * s * (1.0 + g * (1.0 - s));
      result[upAt] = dy[index] * g * s;`,
  });
}
