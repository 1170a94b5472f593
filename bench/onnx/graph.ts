/** ONNX graphs: nodes, weights, inputs and outputs, in the field numbers of onnx.proto. */
import { Message } from './protobuf';

const FLOAT = 1;
const INT32 = 6;
const INT64 = 7;
export const TYPES = { float: FLOAT, int32: INT32, int64: INT64 } as const;
export type ValueType = keyof typeof TYPES;

const IR_VERSION = 8;
const OPSET = 17;
/** The domain of operators that only ONNX Runtime has: attention with a cache, rotary positions. */
export const MICROSOFT = 'com.microsoft';

export interface GraphValue {
  readonly name: string;
  readonly type: ValueType;
  /** A number, or the name of a size that differs from call to call. */
  readonly shape: readonly (number | string)[];
}

export type Attribute = number | { readonly float: number } | readonly number[];

export interface Node {
  readonly op: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly domain?: string;
  /** Integers, lists of integers, or `{ float }`. */
  readonly attributes?: Readonly<Record<string, Attribute>>;
}

export interface Initializer {
  readonly name: string;
  readonly shape: readonly number[];
  readonly data: Float32Array | BigInt64Array;
}

export interface Graph {
  readonly name: string;
  readonly nodes: readonly Node[];
  readonly initializers: readonly Initializer[];
  readonly inputs: readonly GraphValue[];
  readonly outputs: readonly GraphValue[];
}

function attribute(name: string, value: Attribute): Message {
  const FLOAT_KIND = 1;
  const INT_KIND = 2;
  const INTS_KIND = 7;
  const message = new Message().text(1, name);
  if (typeof value === 'number') return message.number(3, value).number(20, INT_KIND);
  if ('float' in value) return message.float(2, value.float).number(20, FLOAT_KIND);
  return message.each(value, (all, one) => all.number(8, one)).number(20, INTS_KIND);
}

function node({ op, inputs, outputs, domain, attributes = {} }: Node): Message {
  const message = new Message()
    .each(inputs, (all, name) => all.text(1, name))
    .each(outputs, (all, name) => all.text(2, name))
    .text(4, op)
    .each(Object.entries(attributes), (all, [name, value]) => all.message(5, attribute(name, value)));
  return domain === undefined ? message : message.text(7, domain);
}

function initializer({ name, shape, data }: Initializer): Message {
  return new Message()
    .each(shape, (all, side) => all.number(1, side))
    .number(2, data instanceof Float32Array ? FLOAT : INT64)
    .text(8, name)
    .bytes(9, new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
}

function value({ name, type, shape }: GraphValue): Message {
  const dimensions = new Message().each(shape, (all, side) =>
    all.message(1, typeof side === 'number' ? new Message().number(1, side) : new Message().text(2, side)),
  );
  const tensor = new Message().number(1, TYPES[type]).message(2, dimensions);
  return new Message().text(1, name).message(2, new Message().message(1, tensor));
}

/** The graph as the bytes of a .onnx file. */
export function encodeModel({ name, nodes, initializers, inputs, outputs }: Graph): Uint8Array {
  const graph = new Message()
    .each(nodes, (all, one) => all.message(1, node(one)))
    .text(2, name)
    .each(initializers, (all, one) => all.message(5, initializer(one)))
    .each(inputs, (all, one) => all.message(11, value(one)))
    .each(outputs, (all, one) => all.message(12, value(one)));
  const opset = (domain: string, version: number) => new Message().text(1, domain).number(2, version);
  return new Message()
    .number(1, IR_VERSION)
    .text(2, 'turnwise-bench')
    .message(7, graph)
    .message(8, opset('', OPSET))
    .message(8, opset(MICROSOFT, 1))
    .encode();
}
