import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import type { OutputSpec } from '../define';
import { float32, runProgram } from '../webgpu-program';

type Inputs = readonly (TensorInfo | undefined)[];
type Attrs = { temperature: number };

/**
 * `readRow(row, width)` = (largest z/T, log of the sum of exp(z/T) relative to it, entropy), in one pass over
 * `logits`. With e = exp(z/T - top) the entropy is log sum e - (sum e (z/T - top)) / sum e; when a larger z
 * comes, both sums are moved to it. Small terms only, so nothing is lost to the size of the logits.
 */
export const READ_ROW = `
  fn readRow(row : i32, width : i32) -> vec3<f32> {
    let start = row * width;
    var top = logits[start] / uniforms.temperature;
    var sum = 1.0;
    var weighted = 0.0;
    for (var v = 1; v < width; v++) {
      let z = logits[start + v] / uniforms.temperature;
      if (z > top) {
        let fade = exp(top - z);
        weighted = fade * (weighted + sum * (top - z));
        sum = fade * sum + 1.0;
        top = z;
      } else {
        let e = exp(z - top);
        sum += e;
        weighted += e * (z - top);
      }
    }
    return vec3<f32>(top, log(sum), log(sum) - weighted / sum);
  }`;

/** (logp, H) of every row, a thread per row. */
function statistics(
  backend: WebGPUBackend,
  logits: TensorInfo,
  targets: TensorInfo,
  output: OutputSpec,
  temperature: number,
): TensorInfo {
  const [result] = runProgram(backend, {
    name: 'tokenLogProb',
    inputs: { logits, targets },
    outputs: { result: output },
    threads: logits.shape[0]!,
    floats: { temperature },
    functions: () => READ_ROW,
    main: () => `
      let width = uniforms.logitsShape.y;
      let read = readRow(index, width);
      result[2 * index] = logits[index * width + targets[index]] / uniforms.temperature - read.x - read.y;
      result[2 * index + 1] = read.z;`,
  });
  return result;
}

export function tokenLogProbWebgpu(
  backend: WebGPUBackend,
  inputs: Inputs,
  [out]: readonly OutputSpec[],
  { temperature }: Attrs,
): TensorInfo[] {
  const [logits, targets] = inputs as [TensorInfo, TensorInfo];
  return [statistics(backend, logits, targets, out!, temperature)];
}

/**
 * dz_v = (dlogp (1[v=y] - p_v) - dH p_v (log p_v + H)) / T. The rows are read again rather than kept; then a
 * thread per logit, with log p_v = logp + (z_v - z_y) / T.
 */
export function tokenLogProbGradWebgpu(
  backend: WebGPUBackend,
  inputs: Inputs,
  [dLogits]: readonly OutputSpec[],
  { temperature }: Attrs,
): TensorInfo[] {
  const [logits, targets, dOut] = inputs as [TensorInfo, TensorInfo, TensorInfo];
  const [rows, width] = logits.shape as [number, number];
  const stats = statistics(backend, logits, targets, float32(rows, 2), temperature);
  const [out] = runProgram(backend, {
    name: 'tokenLogProbGrad',
    inputs: { logits, targets, dOut, stats },
    outputs: { result: dLogits! },
    threads: rows * width,
    floats: { temperature },
    main: () => `
      let width = uniforms.logitsShape.y;
      let n = index / width;
      let hit = targets[n];
      let logp = stats[2 * n] + (logits[index] - logits[n * width + hit]) / uniforms.temperature;
      let p = exp(logp);
      let one = select(0.0, 1.0, index % width == hit);
      result[index] = (dOut[2 * n] * (one - p) - dOut[2 * n + 1] * p * (logp + stats[2 * n + 1])) / uniforms.temperature;`,
  });
  backend.disposeData(stats.dataId);
  return [out];
}
