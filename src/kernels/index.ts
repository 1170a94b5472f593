/** Every op of ours. Importing this registers the kernels for `cpu`, `wasm` and `webgpu`. */
import './stock-gradients';

export { differentiable } from './differentiable';
export { groupAdvantageOp, type GroupAdvantageAttrs } from './advantage';
export { adamW, type AdamWAttrs } from './adamw';
export { attendCache, attention } from './attention';
export { embedInt8, gatherRows } from './embedding';
export {
  GRPO_STATS,
  grpoLossOp,
  type GrpoLossInputs,
  type GrpoLossOptions,
  type KlEstimator,
} from './grpoloss';
export { capture, type Graph } from './graph';
export { heads, headsIntoCache, type HeadNorms, type HeadsAttrs } from './heads';
export { overwrite, peek } from './in-place';
export { TOKEN_FIELDS } from './layout';
export { linear, type Int8Weight, type LinearOptions, type LoraPair } from './linear';
export { lmHead, weightedLoss, type HeadGradient, type HeadTable } from './lmhead';
export { logSoftmaxRow } from './lmhead/reference';
export { matMul } from './matmul';
export { heldBytes, peakBytes, resetPeak } from './peak';
export { rmsNorm } from './rmsnorm';
export { DRAWN, SAMPLE_FIELDS, SAMPLES, sampleTokens, type SampleAttrs } from './sample';
export { swiGlu } from './swiglu';
export { compileAhead } from './webgpu/encoder';
