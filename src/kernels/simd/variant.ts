/** Which of the compiled forms of the kernels this machine and this page can use. */

/** Name of a binary in build/kernels. */
export type SimdVariant = 'plain' | 'relaxed' | 'shared' | 'shared-relaxed';

export const variantOf = (shared: boolean, relaxed: boolean): SimdVariant =>
  shared ? (relaxed ? 'shared-relaxed' : 'shared') : relaxed ? 'relaxed' : 'plain';

/**
 * Whether memory can be shared with threads, and waited for: a page must be isolated from other origins to have
 * SharedArrayBuffer, and its main thread must never wait.
 */
export function canShare(): boolean {
  if (typeof SharedArrayBuffer === 'undefined') return false;
  try {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 1, 0);
    return true;
  } catch {
    return false;
  }
}

/** A module of one function, which multiplies and adds four zeros by `f32x4.relaxed_madd`. */
// prettier-ignore
const RELAXED_PROBE = Uint8Array.of(
  0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00, // magic and version
  0x01, 0x05, 0x01, 0x60, 0x00, 0x01, 0x7b, // a type: nothing -> v128
  0x03, 0x02, 0x01, 0x00, // a function of that type
  0x0a, 0x13, 0x01, 0x11, 0x00, // its code
  0x41, 0x00, 0xfd, 0x11, 0x41, 0x00, 0xfd, 0x11, 0x41, 0x00, 0xfd, 0x11, // i32.const 0, i32x4.splat; three times
  0xfd, 0x85, 0x02, 0x0b, // f32x4.relaxed_madd, end
);

export const hasRelaxedSimd = (): boolean => WebAssembly.validate(RELAXED_PROBE);
