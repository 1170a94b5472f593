/**
 * The kernels of the wasm backend. All arguments of type usize are byte addresses of tensors of four-byte
 * elements; semantics are those of the `reference.ts` of the same kernel. Nothing here allocates.
 */
import { useScratch as setAreas } from './memory';
import { resetRotary } from './rotary';

export { adamW } from './adamw';
export { groupAdvantage } from './advantage';
export { attention, attentionGrad } from './attention';
export { grpoLoss } from './grpoloss';
export { linear, linearGrad, matMul } from './linear';
export { lmHead, lmHeadGrad, lmHeadLoss } from './lmhead';
export { rmsNorm, rmsNormGrad, rmsNormWeightGrad } from './rmsnorm';
export { rotary } from './rotary';
export { cacheAppend, embedInt8, gatherRows, scatterRows } from './rows';
export { sample } from './sample';
export { swiGlu, swiGluGrad } from './swiglu';

/** Hands the kernels `bytes` of memory at `address`. Must come before any other call. */
export function useScratch(address: usize, bytes: usize): void {
  setAreas(address, bytes);
  resetRotary();
}
