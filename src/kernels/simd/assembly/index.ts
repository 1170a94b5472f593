/**
 * The kernels of the wasm backend. All arguments of type usize are byte addresses of tensors of four-byte
 * elements; semantics are those of the `reference.ts` of the same kernel. Nothing here allocates.
 */
import { useScratch as setAreas } from './memory';
import { forgetAngles } from './angles';

export { adamW } from './adamw';
export { groupAdvantage } from './advantage';
export { attention, attentionGrad, attentionGradScratch, attentionScratch } from './attention';
export { grpoLoss } from './grpoloss';
export { heads, headsGrad, headsWeightGrad } from './heads';
export { adapterGrad, linear, linearGrad, linearScratch, matMul } from './linear';
export { lmHead, lmHeadGrad, lmHeadLoss } from './lmhead';
export { rmsNorm, rmsNormGrad, rmsNormWeightGrad } from './rmsnorm';
export { embedInt8, gatherRows, scatterRows } from './rows';
export { sample } from './sample';
export { setShare } from './share';
export { add, copyRows, fill, multiply, scale, sum, sumRows } from './stock';
export { swiGlu, swiGluGrad } from './swiglu';

/** Hands the kernels of this thread `bytes` of memory at `address`. Must come before any other call. */
export function useScratch(address: usize, bytes: usize): void {
  setAreas(address, bytes);
  forgetAngles();
}
