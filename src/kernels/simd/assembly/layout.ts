/** The table of tokens, as kernels/layout.ts describes it: bytes from the beginning of a row to what is read of it. */
export const ID_AT: usize = 0;
export const FIRST_AT: usize = 4;
export const SEEN_AT: usize = 8;
/** The sampler's further state, as kernels/sample describes it. */
export const KEY_AT: usize = 16;
export const COUNTER_AT: usize = 20;
export const DRAWN_AT: usize = 24;
export const SAMPLES_AT: usize = 28;
