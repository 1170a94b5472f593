/**
 * How one call is divided among threads. Every thread makes the same call with the same arguments over the same
 * memory, in an instance of its own that knows which of how many parts is its own; a kernel divides its outputs
 * by that and by nothing else:
 *
 *   for (let n = begin(rows, 1), stop = end(rows, 1); n < stop; n++) ...
 *
 * No number may depend on where the cut lies: an output is computed by one thread alone, in the order in which one
 * thread would compute all of them. Nothing waits within a call, so what one thread writes no other may read;
 * small things that all need, each computes for itself (in its own scratch area if it is not the thread that
 * owns the output). A kernel that divides nothing must not be listed in `work.ts`; it then runs on one thread.
 */
export let part: usize = 0;
export let parts: usize = 1;

/** Says which part of the calls to come this instance computes. */
export function setShare(index: i32, count: i32): void {
  part = <usize>index;
  parts = <usize>count;
}

/** The first of `count` items that is this thread's; cuts lie at multiples of `grain`. */
@inline
export function begin(count: usize, grain: usize): usize {
  return cut(count, grain, part);
}

/** The one after the last of `count` items that is this thread's. */
@inline
export function end(count: usize, grain: usize): usize {
  return cut(count, grain, part + 1);
}

/** Where part `index` begins. In 64 bits: a count of items times a number of threads may exceed 32. */
function cut(count: usize, grain: usize, index: usize): usize {
  if (parts == 1) return index == 0 ? 0 : count;
  const grains = <u64>((count + grain - 1) / grain);
  return min<usize>(count, <usize>((grains * index) / parts) * grain);
}

/** Whether work that begins after `before` of `total` units of work is this thread's. */
@inline
export function owns(before: u64, total: u64): bool {
  return parts == 1 || (before * <u64>parts) / max<u64>(total, 1) == <u64>part;
}
