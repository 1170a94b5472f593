/**
 * How one call is divided among threads. It is made once for every part, with the same arguments over the same
 * memory, by threads that each have an instance of this module; one thread may make several parts, in any order. A
 * kernel divides its outputs by which of how many parts it is to compute, and by nothing else:
 *
 *   for (let n = begin(rows, 1), stop = end(rows, 1); n < stop; n++) ...
 *
 * No number may depend on where the cuts lie: an output belongs to one part alone, which computes it in the order in
 * which it would be computed in one piece. Nothing waits within a call, so what one part writes no other may read;
 * small things that all need, each computes for itself (in the scratch area if it is not the part that owns the
 * output). A kernel that divides nothing must not be listed in `work.ts`; it then runs on one thread.
 */
export let part: usize = 0;
export let parts: usize = 1;

/** Says which part the calls to come are to compute. */
export function setShare(index: i32, count: i32): void {
  part = <usize>index;
  parts = <usize>count;
}

/** The first of `count` items that is of this part; cuts lie at multiples of `grain`. */
@inline
export function begin(count: usize, grain: usize): usize {
  return cut(count, grain, part);
}

/** The one after the last of `count` items that is of this part. */
@inline
export function end(count: usize, grain: usize): usize {
  return cut(count, grain, part + 1);
}

/** Where part `index` begins. In 64 bits: a count of items times a number of parts may exceed 32. */
function cut(count: usize, grain: usize, index: usize): usize {
  if (parts == 1) return index == 0 ? 0 : count;
  const grains = <u64>((count + grain - 1) / grain);
  return min<usize>(count, <usize>((grains * index) / parts) * grain);
}

/** Whether work that begins after `before` of `total` units of work is of this part. */
@inline
export function owns(before: u64, total: u64): bool {
  return parts == 1 || (before * <u64>parts) / max<u64>(total, 1) == <u64>part;
}
