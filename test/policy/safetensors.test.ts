import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CheckpointError } from '../../src/policy/errors';
import { dequantiseRows, quantiseRows } from '../../src/policy/quantise';
import {
  parseSafetensors,
  readSafetensors,
  writeSafetensors,
  type StoredTensor,
} from '../../src/policy/safetensors';

const shape = fc.array(fc.integer({ min: 0, max: 5 }), { maxLength: 3 });
const sizeOf = (sides: readonly number[]) => sides.reduce((a, b) => a * b, 1);
const tensor: fc.Arbitrary<StoredTensor> = shape.chain((sides) =>
  fc.oneof(
    fc
      .float32Array({ minLength: sizeOf(sides), maxLength: sizeOf(sides) })
      .map((data): StoredTensor => ({ dtype: 'F32', shape: sides, data })),
    fc
      .int8Array({ minLength: sizeOf(sides), maxLength: sizeOf(sides) })
      .map((data): StoredTensor => ({ dtype: 'I8', shape: sides, data })),
  ),
);
/** Names that a JSON object or the check of one treats specially; no model has them. */
const RESERVED = new Set(['__metadata__', '__proto__', 'prototype', 'constructor']);
const table = fc
  .uniqueArray(fc.tuple(fc.string({ unit: 'grapheme', maxLength: 12 }), tensor), {
    maxLength: 6,
    selector: ([name]) => name,
  })
  .filter((entries) => entries.every(([name]) => !RESERVED.has(name)))
  .map((entries) => new Map(entries));

const bufferOf = (file: Uint8Array) => file.slice().buffer as ArrayBuffer;
/** A file with this header and so many bytes of data. */
const file = (header: unknown, dataBytes = 64, claimed?: bigint) => {
  const text = new TextEncoder().encode(typeof header === 'string' ? header : JSON.stringify(header));
  const bytes = new Uint8Array(8 + text.length + dataBytes);
  new DataView(bytes.buffer).setBigUint64(0, claimed ?? BigInt(text.length), true);
  bytes.set(text, 8);
  return bytes.buffer;
};

describe('safetensors', () => {
  it('brings back whatever was written', () => {
    fc.assert(
      fc.property(
        table,
        fc.dictionary(
          fc.string({ maxLength: 5 }).filter((key) => key !== '__proto__'),
          fc.string(),
        ),
        (tensors, metadata) => {
          const file = readSafetensors(bufferOf(writeSafetensors(tensors, metadata)), 'a file');
          expect(file.metadata).toEqual({ format: 'pt', ...metadata });
          const read = file.tensors;
          expect([...read.keys()].sort()).toEqual([...tensors.keys()].sort());
          for (const [name, { dtype, shape: sides, data }] of tensors) {
            const back = read.get(name)!;
            expect([back.dtype, back.shape]).toEqual([dtype, sides]);
            expect(new Uint8Array(back.data.buffer, back.data.byteOffset, back.data.byteLength)).toEqual(
              new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
            );
          }
        },
      ),
    );
  });
  it('writes the part of a buffer that a view shows', () => {
    const data = new Float32Array([9, 1, 2, 9]).subarray(1, 3);
    const read = parseSafetensors(
      bufferOf(writeSafetensors(new Map([['a', { dtype: 'F32', shape: [2], data }]]))),
    );
    expect([...read.get('a')!.data]).toEqual([1, 2]);
  });
  it('keeps its data aligned to eight bytes', () => {
    for (const name of ['a', 'ab', 'abc', 'ä']) {
      const written = writeSafetensors(new Map([[name, { dtype: 'I8', shape: [1], data: Int8Array.of(1) }]]));
      expect(Number(new DataView(written.buffer).getBigUint64(0, true)) % 8).toBe(0);
    }
  });

  const fits = { a: { dtype: 'F32', shape: [4, 4], data_offsets: [0, 64] } };
  it('reads a file that fits', () => {
    expect(parseSafetensors(file(fits)).get('a')?.data).toHaveLength(16);
  });
  it.each([
    ['is empty', new ArrayBuffer(0), /too short/],
    ['is cut in its length', new ArrayBuffer(7), /too short/],
    ['is cut in its header', file(fits).slice(0, 20), /header is longer than the file/],
    ['is cut in its data', file(fits, 63), /"a" does not lie inside the file/],
    ['claims a header longer than itself', file(fits, 64, 1_000_000n), /header is longer than the file/],
    ['claims an absurd header', file(fits, 64, 0xffff_ffff_ffff_ffffn), /header is longer than the file/],
    [
      'is a web page',
      new TextEncoder().encode('<!doctype html><title>Not found</title>').buffer as ArrayBuffer,
      /header/,
    ],
    ['has a header that is no JSON', file('{"a": '), /not a JSON object/],
    ['has a header that is a number', file('7'), /not a JSON object/],
    ['has a header that is null', file('null'), /not a JSON object/],
    ['has a header that is not text', file('\ufffd\u0000'), /not a JSON object/],
    [
      'holds half-precision numbers',
      file({ a: { dtype: 'F16', shape: [32], data_offsets: [0, 64] } }),
      /"a" is of a kind we do not read/,
    ],
    ['has a tensor without a place', file({ a: { dtype: 'F32', shape: [16] } }), /"a" is of a kind/],
    [
      'has a negative side',
      file({ a: { dtype: 'F32', shape: [-4, -4], data_offsets: [0, 64] } }),
      /"a" is of a kind/,
    ],
    [
      'has half a side',
      file({ a: { dtype: 'F32', shape: [0.5], data_offsets: [0, 2] } }),
      /"a" is of a kind/,
    ],
    [
      'has a place of another size than its shape',
      file({ a: { dtype: 'F32', shape: [4], data_offsets: [0, 64] } }),
      /"a" does not lie/,
    ],
    [
      'has a place behind its end',
      file({ a: { dtype: 'I8', shape: [8], data_offsets: [60, 68] } }),
      /"a" does not lie/,
    ],
    [
      'has a place that runs backwards',
      file({ a: { dtype: 'I8', shape: [0], data_offsets: [8, 4] } }),
      /"a" does not lie/,
    ],
    ['has metadata of numbers', file({ __metadata__: { step: 3 } }), /its metadata is not made of texts/],
  ])('says what is wrong with a file that %s', (_, bytes, message) => {
    let error: unknown;
    try {
      parseSafetensors(bytes);
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toBeInstanceOf(CheckpointError);
    expect(error).toMatchObject({
      code: 'checkpoint-broken',
      message: expect.stringMatching(/^model\.safetensors is broken: /) as string,
    });
    expect((error as Error).message).toMatch(message);
  });
});

describe('int8 by row', () => {
  const weight = fc
    .float({ noNaN: true, min: Math.fround(-1e6), max: Math.fround(1e6) })
    .map((x) => (Math.abs(x) < 1e-20 ? 0 : x));
  const matrix = fc
    .tuple(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 9 }))
    .chain(([rows, width]) =>
      fc
        .array(weight, { minLength: rows * width, maxLength: rows * width })
        .map((values) => ({ rows, width, values: Float32Array.from(values) })),
    );
  it('is off by at most half a step, and hits the largest of each row', () => {
    fc.assert(
      fc.property(matrix, ({ rows, width, values }) => {
        const quantised = quantiseRows(values, rows, width);
        const back = dequantiseRows(quantised, width);
        for (let o = 0; o < rows; o++) {
          const row = values.subarray(o * width, (o + 1) * width);
          const top = Math.max(...row.map(Math.abs));
          expect(quantised.scale[o]).toBe(Math.fround(top / 127));
          row.forEach((value, i) => {
            expect(Math.abs(quantised.data[o * width + i]!)).toBeLessThanOrEqual(127);
            expect(Math.abs(back[o * width + i]! - value)).toBeLessThanOrEqual((top / 127) * 0.50001);
            if (Math.abs(value) === top && top > 0)
              expect(quantised.data[o * width + i]).toBe(127 * Math.sign(value));
          });
        }
      }),
    );
  });
  it('keeps what is already quantised', () => {
    fc.assert(
      fc.property(fc.int8Array({ minLength: 6, maxLength: 6, min: -127 }), (data) => {
        // A row whose largest value is the largest step.
        data[0] = 127;
        const again = quantiseRows(dequantiseRows({ data, scale: Float32Array.of(0.25) }, 6), 1, 6);
        expect([...again.data]).toEqual([...data]);
        expect(again.scale[0]).toBe(0.25);
      }),
    );
  });
  it('leaves a row of zeros at zero', () => {
    expect([...dequantiseRows(quantiseRows(new Float32Array(4), 2, 2), 2)]).toEqual([0, 0, 0, 0]);
  });
});
