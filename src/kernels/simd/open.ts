/** Puts the WASM device together: the best binary for this machine, its memory, its threads, its backend. */
import { findBackend, registerBackend } from '@tensorflow/tfjs-core';
import { SimdBackend } from './backend';
import { Heap } from './heap';
import { MAILBOX_BYTES } from './mailbox';
import { SIMD_BACKEND } from './name';
import { registerStockKernels } from './stock';
import type { ThreadSetup } from './thread';
import { ThreadPool, type Sharing, type Thread } from './threads';
import { canShare, hasRelaxedSimd, variantOf, type SimdVariant } from './variant';

/** What the page and the terminal do each in their own way. */
export interface SimdHost {
  /** One of the compiled forms of the kernels. */
  simdBinary(variant: SimdVariant): Promise<BufferSource>;
  /** Starts a thread (see thread.ts), and resolves once it listens. */
  startThread(setup: ThreadSetup): Promise<Thread>;
  /** How many threads may compute at once. */
  readonly threads: number;
}

export interface OpenedSimd {
  readonly backend: SimdBackend;
  /** For the badge, e.g. "SIMD (relaxed), 2 threads". */
  readonly detail: string;
}

const INITIAL_PAGES = 256;
/** Pages a shared memory may grow to: such a memory must say so beforehand, and not everywhere is so much to be had. */
const SHARED_LIMITS = [65536, 32768, 16384];

function newMemory(shared: boolean): WebAssembly.Memory {
  if (!shared) return new WebAssembly.Memory({ initial: INITIAL_PAGES });
  for (const maximum of SHARED_LIMITS) {
    try {
      return new WebAssembly.Memory({ initial: INITIAL_PAGES, maximum, shared });
    } catch {
      // Less, then.
    }
  }
  throw new Error('There is no room for a shared memory.');
}

/** A backend of this very form, not registered. */
export async function assemble(
  host: SimdHost,
  shared: boolean,
  relaxed: boolean,
  sharing?: Sharing,
): Promise<SimdBackend> {
  const module = await WebAssembly.compile(await host.simdBinary(variantOf(shared, relaxed)));
  const heap = new Heap(newMemory(shared), MAILBOX_BYTES);
  const pool = new ThreadPool(module, heap, sharing);
  if (shared) await pool.start(host.threads, (setup) => host.startThread(setup));
  return new SimdBackend(heap, pool);
}

/**
 * Whether a product comes out as it should. Relaxed instructions may differ from machine to machine by their
 * rounding, and by no more.
 */
export function multipliesRightly({ heap, kernels }: SimdBackend): boolean {
  const [rows, inner, columns] = [13, 37, 21];
  const block = heap.allocate(4 * (rows * inner + inner * columns + rows * columns));
  try {
    const values = new Float32Array(heap.memory.buffer, block.address, block.bytes / 4);
    const a = values.subarray(0, rows * inner);
    const b = values.subarray(a.length, a.length + inner * columns);
    const c = values.subarray(a.length + b.length, a.length + b.length + rows * columns);
    // Thirds, which no binary number is, of either sign.
    a.forEach((_, i) => (a[i] = ((i % 7) - 3) / 3));
    b.forEach((_, i) => (b[i] = ((i % 11) - 5) / 3));
    kernels.matMul(a.byteOffset, b.byteOffset, c.byteOffset, rows, inner, columns, false, false, 1);
    return c.every((value, at) => {
      const [row, column] = [Math.trunc(at / columns), at % columns];
      let expected = 0;
      for (let k = 0; k < inner; k++) expected += a[row * inner + k]! * b[k * columns + column]!;
      return Math.abs(value - expected) < 1e-4;
    });
  } finally {
    heap.free(block);
  }
}

/** With threads if they start, and with relaxed instructions if they multiply. */
async function open(host: SimdHost, relaxed: boolean): Promise<{ backend: SimdBackend; relaxed: boolean }> {
  const shared = host.threads > 1 && canShare();
  const backend = await assemble(host, shared, relaxed).catch((error: unknown) => {
    if (!shared) throw error;
    return assemble(host, false, relaxed);
  });
  if (multipliesRightly(backend)) return { backend, relaxed };
  backend.dispose();
  if (!relaxed) throw new Error('the SIMD kernels compute wrong numbers here');
  return open(host, false);
}

let opened: OpenedSimd | undefined;

/** The backend, made and registered where there is none. */
export async function openSimd(host: SimdHost): Promise<OpenedSimd> {
  if (opened && findBackend(SIMD_BACKEND) === opened.backend) return opened;
  const { backend, relaxed } = await open(host, hasRelaxedSimd());
  registerStockKernels();
  registerBackend(SIMD_BACKEND, () => backend, 0);
  const { threads } = backend.pool;
  const detail = `SIMD${relaxed ? ' (relaxed)' : ''}, ${threads} ${threads === 1 ? 'thread' : 'threads'}`;
  return (opened = { backend, detail });
}
