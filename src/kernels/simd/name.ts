/** Our backend's name in the registry of TensorFlow.js, which has a backend of its own called `wasm`. */
export const SIMD_BACKEND = 'turnwise-wasm';
