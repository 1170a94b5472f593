/** The allocator of the WASM device: whatever is asked for and given back, blocks stay apart and none is lost. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Heap, HeapFullError, type Block } from '../../src/kernels/simd/heap';

const START = 1000;
const FIRST = 1008;
const open = (maximum = 2048) => new Heap(new WebAssembly.Memory({ initial: 2, maximum }), START);

/** Blocks asked for (a number of bytes) or given back (the how-manieth of those held). */
const actions = fc.array(
  fc.oneof(
    fc.record({ ask: fc.oneof(fc.integer({ min: 0, max: 300 }), fc.integer({ min: 0, max: 600_000 })) }),
    fc.record({ give: fc.nat() }),
  ),
  { maxLength: 120 },
);

describe('the heap', () => {
  it('hands out aligned blocks that never overlap and lie within the memory', () => {
    fc.assert(
      fc.property(actions, (todo) => {
        const heap = open();
        const held: Block[] = [];
        for (const action of todo) {
          if ('ask' in action) {
            const block = heap.allocate(action.ask);
            expect(block.bytes).toBeGreaterThanOrEqual(action.ask);
            expect(block.bytes).toBeLessThan(Math.max(17, action.ask + 16));
            held.push(block);
          } else if (held.length > 0) {
            heap.free(held.splice(action.give % held.length, 1)[0]!);
          }
          const ordered = [...held].sort((a, b) => a.address - b.address);
          let end = FIRST;
          for (const { address, bytes } of ordered) {
            expect(address % 16).toBe(0);
            expect(address).toBeGreaterThanOrEqual(end);
            end = address + bytes;
          }
          expect(end).toBeLessThanOrEqual(heap.reserved);
          expect(heap.used).toBe(held.reduce((sum, { bytes }) => sum + bytes, 0));
          expect(heap.blocks).toBe(held.length);
        }
      }),
      { numRuns: 150, seed: 1 },
    );
  });

  it('is whole again once all is given back: one block as large as the memory fits without growing', () => {
    fc.assert(
      fc.property(actions, fc.infiniteStream(fc.nat()), (todo, order) => {
        const heap = open();
        const held = todo.flatMap((action) => ('ask' in action ? [heap.allocate(action.ask)] : []));
        while (held.length > 0) heap.free(held.splice(order.next().value! % held.length, 1)[0]!);
        const { reserved } = heap;
        expect([heap.used, heap.blocks]).toEqual([0, 0]);
        const most = heap.allocate(reserved - FIRST);
        expect(most.address).toBe(FIRST);
        expect(heap.reserved).toBe(reserved);
      }),
      { numRuns: 150, seed: 2 },
    );
  });

  it('does not grow over many steps whose tensors differ in size', () => {
    const heap = open();
    let state = 7;
    const next = (below: number) => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return state % below;
    };
    const step = () => {
      const rows = 1500 + next(1200);
      const kept = Array.from({ length: 60 }, (_, i) => heap.allocate(rows * 4 * (16 + (i % 7) * 24)));
      const passing = kept.map((block, i) => (i % 2 ? heap.allocate(block.bytes / 2) : undefined));
      passing.forEach((block) => block && heap.free(block));
      while (kept.length > 0) heap.free(kept.splice(next(kept.length), 1)[0]!);
    };
    for (let i = 0; i < 50; i++) step();
    const { reserved } = heap;
    for (let i = 0; i < 500; i++) step();
    expect(heap.reserved).toBe(reserved);
    // At most 60 tensors of 2,700 rows, 88 columns each on average, and half of those once more by halves.
    expect(reserved).toBeLessThan(1.5 * 60 * 2700 * 4 * 88 * 1.25);
  });

  it('says so when there is no more, and goes on with what it has', () => {
    const heap = open(4);
    const block = heap.allocate(100_000);
    expect(() => heap.allocate(400_000)).toThrow(HeapFullError);
    expect(() => heap.allocate(400_000)).toThrow(/out of memory: 1 MB more/);
    heap.free(block);
    expect(heap.allocate(200_000).address).toBe(FIRST);
  });

  it('notices a block that is given back twice', () => {
    const heap = open();
    const blocks = [10, 20, 30].map((bytes) => heap.allocate(bytes));
    for (const block of blocks) heap.free(block);
    for (const block of blocks) expect(() => heap.free(block)).toThrow('twice');
  });
});
