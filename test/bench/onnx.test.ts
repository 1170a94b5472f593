/** Reads what the encoder writes with a decoder of its own, by the wire format, and checks the graph. */
import { describe, expect, it } from 'vitest';
import { largestDifference } from '../../bench/core/statistics';
import { seededWeights } from '../../bench/core/weights';
import { findWorkloads } from '../../bench/core/workloads';
import { encodeModel } from '../../bench/onnx/graph';
import { Message } from '../../bench/onnx/protobuf';
import { qwen3Graph } from '../../bench/onnx/qwen3';
import { EMBEDDING_NAME } from '../../src/policy/config';

type Field = bigint | Uint8Array;

/** Fields by number, in order. */
function decode(bytes: Uint8Array): Map<number, Field[]> {
  const fields = new Map<number, Field[]>();
  let at = 0;
  const varint = () => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = bytes[at++]!;
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
  };
  while (at < bytes.length) {
    const tag = Number(varint());
    const kind = tag & 7;
    const length = kind === 2 ? Number(varint()) : 4;
    const value = kind === 0 ? varint() : bytes.subarray(at, (at += length));
    fields.set(tag >> 3, [...(fields.get(tag >> 3) ?? []), value]);
  }
  expect(at).toBe(bytes.length);
  return fields;
}

const text = (field: Field | undefined) => new TextDecoder().decode(field as Uint8Array);
const inner = (field: Field | undefined) => decode(field as Uint8Array);

describe('protocol buffers', () => {
  it('writes numbers seven bits at a time, negative ones in ten bytes', () => {
    expect([...new Message().number(1, 300).encode()]).toEqual([0x08, 0xac, 0x02]);
    expect(new Message().number(1, -1).encode()).toHaveLength(11);
    expect(decode(new Message().number(1, -1).encode()).get(1)).toEqual([2n ** 64n - 1n]);
    expect(decode(new Message().number(16, Number.MAX_SAFE_INTEGER).encode()).get(16)).toEqual([
      BigInt(Number.MAX_SAFE_INTEGER),
    ]);
  });

  it('nests messages and keeps order', () => {
    const message = new Message().text(2, 'ä').message(3, new Message().float(1, 0.5)).text(2, '');
    const fields = decode(message.encode());
    expect(fields.get(2)!.map(text)).toEqual(['ä', '']);
    const four = inner(fields.get(3)![0]).get(1)![0] as Uint8Array;
    expect(new DataView(four.buffer, four.byteOffset).getFloat32(0, true)).toBe(0.5);
  });
});

describe('the policy as an ONNX model', () => {
  const { config } = findWorkloads(['2x64'])[0]!;
  const weights = seededWeights(config);
  const model = decode(encodeModel(qwen3Graph(config, weights)));
  const graph = inner(model.get(7)![0]);
  const nodes = graph.get(1)!.map((field) => {
    const node = inner(field);
    return {
      inputs: (node.get(1) ?? []).map(text),
      outputs: node.get(2)!.map(text),
      op: text(node.get(4)![0]),
    };
  });
  const stored = new Map(graph.get(5)!.map((field) => [text(inner(field).get(8)![0]), inner(field)]));
  const names = (field: number) => graph.get(field)!.map((value) => text(inner(value).get(1)![0]));

  it('uses nothing that was not made before', () => {
    const known = new Set([...names(11), ...stored.keys()]);
    for (const { op, inputs, outputs } of nodes) {
      for (const input of inputs) expect(known, `${op} needs ${input}`).toContain(input);
      outputs.forEach((output) => known.add(output));
    }
    for (const output of names(12)) expect(known).toContain(output);
  });

  it('takes in and gives out the keys and values of every layer, by the names generate looks for', () => {
    expect(names(11)).toEqual([
      'input_ids',
      'attention_mask',
      'num_logits_to_keep',
      ...[0, 1].flatMap((layer) => [`past_key_values.${layer}.key`, `past_key_values.${layer}.value`]),
    ]);
    expect(names(12)).toEqual([
      'logits',
      ...[0, 1].flatMap((layer) => [`present.${layer}.key`, `present.${layer}.value`]),
    ]);
    const cache = graph
      .get(11)!
      .map(inner)
      .find((value) => text(value.get(1)![0]) === 'past_key_values.0.key')!;
    const sizes = inner(inner(inner(cache.get(2)![0]).get(1)![0]).get(2)![0])
      .get(1)!
      .map(inner);
    expect(text(sizes[0]!.get(2)![0])).toBe('batch_size');
    expect(sizes[1]!.get(1)).toEqual([BigInt(config.num_key_value_heads)]);
  });

  it('holds the embedding as it is and, turned, as the output layer', () => {
    const floats = (name: string) => {
      const bytes = stored.get(name)!.get(9)![0] as Uint8Array;
      return new Float32Array(bytes.slice().buffer);
    };
    const table = weights.find(({ name }) => name === EMBEDDING_NAME)!.data;
    expect(largestDifference(floats(EMBEDDING_NAME), table)).toBe(0);
    const head = floats('lm_head');
    expect(head[5 * config.vocab_size + 7]).toBe(table[7 * config.hidden_size + 5]);
    expect(head).toHaveLength(table.length);
  });
});
