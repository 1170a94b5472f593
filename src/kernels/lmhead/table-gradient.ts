import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import type { OutputSpec } from '../define';
import { lanesFor, rowLoader, runProgram, unrolled } from '../webgpu-program';
import { headOf, logitsOf, pullBack, readRows, scoresOf, slopesOf, type Block, type Head } from './blocks';

/** dW += dz^T x of a block: a thread makes four numbers of four words, in the order of the tokens. */
function addTableGradient(
  backend: WebGPUBackend,
  { x, vocabulary, inner }: Head,
  { first, rows }: Block,
  slopes: TensorInfo,
  dTable: TensorInfo | OutputSpec,
): TensorInfo {
  const lanes = lanesFor(inner);
  const slopeLanes = lanesFor(vocabulary);
  const put = (r: number) =>
    lanes === 4
      ? `if (word + ${r} < height) {
          let at = ((word + ${r}) * width + column) / 4;
          if (uniforms.first > 0) { tile${r} += result[at]; }
          result[at] = tile${r};
        }`
      : `if (word + ${r} < height) {
          for (var i = 0; i < min(4, width - column); i++) {
            let at = (word + ${r}) * width + column + i;
            if (uniforms.first > 0) { tile${r}[i] += result[at]; }
            result[at] = tile${r}[i];
          }
        }`;
  return runProgram(backend, {
    name: 'lmHeadTable',
    inputs: { x: [x, lanes], slopes: [slopes, slopeLanes] },
    output: dTable,
    outputLanes: lanes,
    threads: Math.ceil(vocabulary / 4) * Math.ceil(inner / 4),
    ints: { first, rows },
    functions: () => rowLoader('x', lanes) + rowLoader('slopes', slopeLanes),
    main: () => `
      let width = uniforms.xShape.y;
      let height = uniforms.slopesShape.y;
      let across = (width + 3) / 4;
      let column = index % across * 4;
      let word = index / across * 4;
      ${unrolled(4, (r) => `var tile${r} = vec4<f32>(0.0);`)}
      for (var n = 0; n < uniforms.rows; n++) {
        let d = load_slopes(n, word);
        let row = load_x(uniforms.first + n, column);
        ${unrolled(4, (r) => `tile${r} += d[${r}] * row;`)}
      }
      ${unrolled(4, put)}`,
  });
}

/** Block by block: logits, the sums of their rows, dz, and from it dx and its share of dW. */
export function lmHeadLossWebgpu(
  backend: WebGPUBackend,
  inputs: readonly (TensorInfo | undefined)[],
  [scores, dxSpec, dTableSpec]: readonly OutputSpec[],
  { temperature }: { temperature: number },
): TensorInfo[] {
  const [x, table, targets, weights] = inputs as [TensorInfo, TensorInfo, TensorInfo, TensorInfo];
  const head = headOf(x, table, undefined, targets);
  let z: TensorInfo | undefined;
  let slopes: TensorInfo | undefined;
  let statistics: TensorInfo | undefined;
  let dx: TensorInfo | undefined;
  let dTable: TensorInfo | undefined;
  for (const block of head.blocks) {
    z = logitsOf(backend, head, block, temperature, z);
    statistics = readRows(backend, head, block, z, statistics);
    slopes = slopesOf(backend, head, block, 'loss', z, statistics, weights, temperature, slopes);
    dx = pullBack(backend, head, block, slopes, dx ?? dxSpec!);
    dTable = addTableGradient(backend, head, block, slopes, dTable ?? dTableSpec!);
  }
  const out = scoresOf(backend, statistics!, scores!);
  for (const scratch of [z!, slopes!, statistics!]) backend.disposeData(scratch.dataId);
  return [out, dx!, dTable!];
}
