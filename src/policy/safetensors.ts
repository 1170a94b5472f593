/**
 * The safetensors file format: an 8-byte little-endian header length, a JSON header, then raw tensors.
 * https://huggingface.co/docs/safetensors
 */
import * as v from 'valibot';
import { CheckpointError } from './errors';

export type StoredTensor =
  | { readonly dtype: 'F32'; readonly shape: readonly number[]; readonly data: Float32Array }
  | { readonly dtype: 'I8'; readonly shape: readonly number[]; readonly data: Int8Array };

export type TensorTable = ReadonlyMap<string, StoredTensor>;

const BYTES = { F32: 4, I8: 1 } as const;
/** Far above any header we write; a larger one means that the file is something else. */
const LONGEST_HEADER = 10_000_000;

const natural = v.pipe(v.number(), v.integer(), v.minValue(0));
const entrySchema = v.object({
  dtype: v.picklist(['F32', 'I8']),
  shape: v.array(natural),
  data_offsets: v.tuple([natural, natural]),
});
const headerSchema = v.record(v.string(), v.unknown());

const metadataSchema = v.optional(v.record(v.string(), v.string()), {});

export interface SafetensorsFile {
  readonly tensors: TensorTable;
  /** What the writer said about the file; empty where it said nothing. */
  readonly metadata: Readonly<Record<string, string>>;
}

/** The tensors of a checkpoint's `model.safetensors`. */
export const parseSafetensors = (buffer: ArrayBuffer): TensorTable =>
  readSafetensors(buffer, 'model.safetensors').tensors;

/** Reads a whole file. Throws a `CheckpointError` that says what is wrong with the `name`d file if it cannot be read. */
export function readSafetensors(buffer: ArrayBuffer, name: string): SafetensorsFile {
  const broken = (why: string) => new CheckpointError('checkpoint-broken', `${name} is broken: ${why}.`);
  if (buffer.byteLength < 8) throw broken('it is too short to hold a header');
  const headerLength = Number(new DataView(buffer).getBigUint64(0, true));
  if (headerLength > LONGEST_HEADER || 8 + headerLength > buffer.byteLength)
    throw broken('its header is longer than the file');
  let header: Record<string, unknown>;
  try {
    header = v.parse(
      headerSchema,
      JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 8, headerLength))),
    );
  } catch {
    throw broken('its header is not a JSON object');
  }
  const metadata = v.safeParse(metadataSchema, header.__metadata__);
  if (!metadata.success) throw broken('its metadata is not made of texts');
  const start = 8 + headerLength;
  const tensors = new Map<string, StoredTensor>();
  for (const [key, raw] of Object.entries(header)) {
    if (key === '__metadata__') continue;
    const entry = v.safeParse(entrySchema, raw);
    if (!entry.success) throw broken(`tensor "${key}" is of a kind we do not read (F32 and I8 are)`);
    const {
      dtype,
      shape,
      data_offsets: [from, to],
    } = entry.output;
    const bytes = shape.reduce((product, side) => product * side, 1) * BYTES[dtype];
    if (to - from !== bytes || start + to > buffer.byteLength)
      throw broken(`tensor "${key}" does not lie inside the file`);
    // A copy, because the data need not be aligned to the element size.
    const data = buffer.slice(start + from, start + to);
    tensors.set(
      key,
      dtype === 'F32'
        ? { dtype, shape, data: new Float32Array(data) }
        : { dtype, shape, data: new Int8Array(data) },
    );
  }
  return { tensors, metadata: metadata.output };
}

/** Writes tensors in the given order. */
export function writeSafetensors(
  tensors: TensorTable,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array {
  const header: Record<string, unknown> = { __metadata__: { format: 'pt', ...metadata } };
  let offset = 0;
  for (const [name, { dtype, shape, data }] of tensors) {
    header[name] = { dtype, shape, data_offsets: [offset, offset + data.byteLength] };
    offset += data.byteLength;
  }
  const text = new TextEncoder().encode(JSON.stringify(header));
  // Padding the header to 8 bytes with spaces keeps float data aligned for readers that map the file.
  const padded = new Uint8Array(Math.ceil(text.length / 8) * 8).fill(0x20);
  padded.set(text);
  const file = new Uint8Array(8 + padded.length + offset);
  new DataView(file.buffer).setBigUint64(0, BigInt(padded.length), true);
  file.set(padded, 8);
  let at = 8 + padded.length;
  for (const { data } of tensors.values()) {
    file.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), at);
    at += data.byteLength;
  }
  return file;
}
