/**
 * Where the kernels keep what does not outlive a call. The module owns no memory: it is given an area of the heap
 * of tensors, and divides it here. Anything static would land on top of tensors. Every thread has such an area of
 * its own.
 *
 *   tile     one 4 x 8 tile, for the edges of a product
 *   panelA   a strip of the left factor                2 KC x 4
 *   panelsB  a block of the right factor               2 KC x NC; twice KC so that an adapter goes below
 *   angles   cosines and sines of rotary positions, kept between calls
 *   work     the rest: attention scores and packed keys
 */
export const KC: usize = 256;
export const NC: usize = 256;

const TILE_BYTES: usize = 256;
const PANEL_A_BYTES: usize = KC * 32;
const PANELS_BYTES: usize = KC * NC * 8;
export const ANGLES_BYTES: usize = 262144;
/** Everything before `work`, and what aligning it may lose. */
export const FIXED_BYTES: usize = TILE_BYTES + PANEL_A_BYTES + PANELS_BYTES + ANGLES_BYTES + 64;

export let tileArea: usize = 0;
export let panelA: usize = 0;
export let panelsB: usize = 0;
export let angles: usize = 0;
export let work: usize = 0;
export let workBytes: usize = 0;

/** Hands the kernels `bytes` of memory at `address`. Must come before any other call. */
export function useScratch(address: usize, bytes: usize): void {
  tileArea = (address + 63) & ~63;
  panelA = tileArea + TILE_BYTES;
  panelsB = panelA + PANEL_A_BYTES;
  angles = panelsB + PANELS_BYTES;
  work = angles + ANGLES_BYTES;
  workBytes = address + bytes - work;
}
