import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import type { Attributes, OutputSpec } from '../define';
import { laneTypes, lanesFor, runProgram, type Lanes } from '../webgpu-program';

type Inputs = readonly (TensorInfo | undefined)[];

/** sigmoid, held off from where exp(-x) is infinite: WGSL promises nothing about infinities. */
const sigmoid = (lanes: Lanes) => `
  ${laneTypes(lanes)}
  fn sigmoid(x : V) -> V { return 1.0 / (1.0 + exp(min(-x, V(80.0)))); }`;

const sizeOf = ({ shape }: { shape: readonly number[] }) => shape[0]! * shape[1]!;

/** y = gate sigmoid(gate) up, a thread for each (four) of it. */
export function swiGluWebgpu(
  backend: WebGPUBackend,
  inputs: Inputs,
  [y]: readonly OutputSpec[],
  _attrs: Attributes,
): TensorInfo[] {
  const [gate, up] = inputs as [TensorInfo, TensorInfo];
  const lanes = lanesFor(sizeOf(gate));
  const [out] = runProgram(backend, {
    name: 'swiGlu',
    inputs: { gate: [gate, lanes], up: [up, lanes] },
    outputs: { result: [y!, lanes] },
    threads: sizeOf(gate) / lanes,
    functions: () => sigmoid(lanes),
    main: () => 'result[index] = gate[index] * sigmoid(gate[index]) * up[index];',
  });
  return [out];
}

/** dgate = dy up s (1 + gate (1 - s)) and dup = dy gate s. */
export function swiGluGradWebgpu(
  backend: WebGPUBackend,
  inputs: Inputs,
  [dGate, dUp]: readonly OutputSpec[],
  _attrs: Attributes,
): TensorInfo[] {
  const [dy, gate, up] = inputs as [TensorInfo, TensorInfo, TensorInfo];
  const lanes = lanesFor(sizeOf(gate));
  return runProgram(backend, {
    name: 'swiGluGrad',
    inputs: { dy: [dy, lanes], gate: [gate, lanes], up: [up, lanes] },
    outputs: { dGate: [dGate!, lanes], dUp: [dUp!, lanes] },
    threads: sizeOf(gate) / lanes,
    functions: () => sigmoid(lanes),
    main: () => `
      let g = gate[index];
      let s = sigmoid(g);
      dGate[index] = dy[index] * up[index] * s * (1.0 + g * (1.0 - s));
      dUp[index] = dy[index] * g * s;`,
  });
}
