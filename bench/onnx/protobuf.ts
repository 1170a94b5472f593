/**
 * Writes Protocol Buffers, as much as ONNX needs of them: a message is a list of fields, each a tag and a number,
 * a float or bytes. https://protobuf.dev/programming-guides/encoding/
 */
const VARINT = 0;
const BYTES = 2;
const FIXED32 = 5;

type Part = Uint8Array;

/** Seven bits a byte, the lowest first. Negative numbers take ten bytes, as in two's complement of 64 bits. */
function varint(value: number | bigint): Part {
  let rest = BigInt.asUintN(64, BigInt(value));
  const bytes: number[] = [];
  do {
    const low = Number(rest & 0x7fn);
    rest >>= 7n;
    bytes.push(rest ? low | 0x80 : low);
  } while (rest);
  return Uint8Array.from(bytes);
}

const tag = (field: number, kind: number) => varint(field * 8 + kind);

export class Message {
  readonly #parts: Part[] = [];

  number(field: number, value: number | bigint): this {
    this.#parts.push(tag(field, VARINT), varint(value));
    return this;
  }

  float(field: number, value: number): this {
    const four = new Uint8Array(4);
    new DataView(four.buffer).setFloat32(0, value, true);
    this.#parts.push(tag(field, FIXED32), four);
    return this;
  }

  bytes(field: number, value: Uint8Array): this {
    this.#parts.push(tag(field, BYTES), varint(value.length), value);
    return this;
  }

  text(field: number, value: string): this {
    return this.bytes(field, new TextEncoder().encode(value));
  }

  message(field: number, value: Message): this {
    return this.bytes(field, value.encode());
  }

  /** One field for each item, in order. */
  each<T>(items: readonly T[], add: (message: this, item: T) => void): this {
    for (const item of items) add(this, item);
    return this;
  }

  encode(): Uint8Array {
    const whole = new Uint8Array(this.#parts.reduce((sum, part) => sum + part.length, 0));
    let at = 0;
    for (const part of this.#parts) {
      whole.set(part, at);
      at += part.length;
    }
    return whole;
  }
}
