/**
 * A backend of TensorFlow.js whose tensors lie in a WebAssembly memory of ours. It is the JavaScript backend with
 * another place for its values: stock operations are those of `@tensorflow/tfjs-backend-cpu`, which read views of the
 * heap and whose results are copied into it, except for the few that `stock.ts` replaces; kernels of our own take
 * addresses and copy nothing.
 */
import { MathBackendCPU } from '@tensorflow/tfjs-backend-cpu';
import {
  DataStorage,
  engine,
  util,
  type backend_util,
  type DataId,
  type DataType,
  type TensorInfo,
} from '@tensorflow/tfjs-core';
import type { Block, Heap } from './heap';
import type { SimdExports, ThreadPool } from './threads';

type TensorData = ReturnType<MathBackendCPU['data']['get']>;
type Numbers = Float32Array | Int32Array | Uint8Array;

const VIEWS = { float32: Float32Array, int32: Int32Array, bool: Uint8Array } as const;
type NumberType = keyof typeof VIEWS;
const isNumberType = (dtype: DataType): dtype is NumberType => dtype in VIEWS;

/** Values of a tensor in the heap. A view is made when asked for: growing an unshared memory detaches all there are. */
class HeapValues implements TensorData {
  #view: Numbers | undefined;

  constructor(
    readonly heap: Heap,
    readonly block: Block,
    readonly length: number,
    public dtype: NumberType,
    public refCount: number,
  ) {}

  get values(): Numbers {
    const { buffer } = this.heap.memory;
    if (this.#view?.buffer !== buffer)
      this.#view = new VIEWS[this.dtype](buffer, this.block.address, this.length);
    return this.#view;
  }
}

/** Which values belong to which tensor; forgetting them gives their block back. */
class HeapStorage extends DataStorage<TensorData> {
  readonly #heap: Heap;

  constructor(heap: Heap, owner: MathBackendCPU) {
    super(owner, engine());
    this.#heap = heap;
  }

  override delete(dataId: DataId): boolean {
    const data = this.has(dataId) ? this.get(dataId) : undefined;
    if (data instanceof HeapValues) this.#heap.free(data.block);
    return super.delete(dataId);
  }
}

export class SimdBackend extends MathBackendCPU {
  readonly heap: Heap;
  readonly pool: ThreadPool;

  constructor(heap: Heap, pool: ThreadPool) {
    super();
    this.heap = heap;
    this.pool = pool;
    this.data = new HeapStorage(heap, this);
  }

  /** Our kernels; they take addresses. */
  get kernels(): SimdExports {
    return this.pool.kernels;
  }

  /** Where the values of a tensor of numbers begin. */
  address(dataId: DataId): number {
    const data = this.data.get(dataId);
    if (!(data instanceof HeapValues)) throw new Error(`A tensor of type ${data.dtype} has no address.`);
    return data.block.address;
  }

  /** A new tensor, whose values are anything yet. */
  reserve(shape: number[], dtype: NumberType): TensorInfo {
    const dataId = {};
    this.data.set(dataId, this.#allocate(util.sizeFromShape(shape), dtype, 1));
    return { dataId, shape, dtype };
  }

  #allocate(length: number, dtype: NumberType, refCount: number): HeapValues {
    const block = this.heap.allocate(length * VIEWS[dtype].BYTES_PER_ELEMENT);
    return new HeapValues(this.heap, block, length, dtype, refCount);
  }

  override write(values: backend_util.BackendValues, shape: number[], dtype: DataType): DataId {
    const dataId = {};
    this.move(dataId, values, shape, dtype, 1);
    return dataId;
  }

  override move(
    dataId: DataId,
    values: backend_util.BackendValues,
    shape: number[],
    dtype: DataType,
    refCount: number,
  ): void {
    if (!isNumberType(dtype)) {
      this.data.set(dataId, { values, dtype, refCount });
      return;
    }
    const given = values as Numbers | undefined;
    const { buffer } = this.heap.memory;
    const inHeap = given?.buffer === buffer && { at: given.byteOffset, length: given.length };
    const data = this.#allocate(util.sizeFromShape(shape), dtype, refCount);
    this.data.set(dataId, data);
    if (!given) data.values.fill(0);
    else if (inHeap && buffer !== this.heap.memory.buffer) {
      // Making room has moved the memory from under the view that was given.
      const View = given.constructor as typeof Float32Array;
      data.values.set(new View(this.heap.memory.buffer, inHeap.at, inHeap.length));
    } else data.values.set(given);
  }

  /** A copy: what lies in the heap changes and moves on. */
  override readSync(dataId: DataId): backend_util.BackendValues {
    const values = super.readSync(dataId);
    return this.data.get(dataId) instanceof HeapValues ? (values as Numbers).slice() : values;
  }

  override async read(dataId: DataId): Promise<backend_util.BackendValues> {
    return this.readSync(dataId);
  }

  /**
   * Makes sure that so many bytes can be had without growing the memory. A JavaScript kernel may hold a view of its
   * input while it makes a smaller output, and growing an unshared memory would take the view from under it.
   */
  makeRoom(bytes: number): void {
    if (this.heap.memory.buffer instanceof ArrayBuffer) this.heap.free(this.heap.allocate(bytes));
  }

  override memory() {
    const { used, reserved } = this.heap;
    return { unreliable: false, reasons: [], numBytesInHeap: used, numBytesReserved: reserved };
  }

  override dispose(): void {
    this.pool.dispose();
    super.dispose();
  }
}
