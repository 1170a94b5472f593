import type { Values } from '../define';
import { SPAN_FIELDS } from '../layout';

interface Sizes {
  heads: number;
  kvHeads: number;
  offset: number;
}

function dot(a: Values, aStart: number, b: Values, bStart: number, length: number): number {
  let sum = 0;
  for (let i = 0; i < length; i++) sum += a[aStart + i]! * b[bStart + i]!;
  return sum;
}

/** The probabilities of query (n, h) over the keys it sees. */
function probabilities(
  q: Values,
  k: Values,
  at: number,
  first: number,
  count: number,
  kvAt: number,
  kvWidth: number,
  d: number,
): Float64Array {
  const p = new Float64Array(count);
  let top = -Infinity;
  for (let j = 0; j < count; j++) {
    p[j] = dot(q, at, k, (first + j) * kvWidth + kvAt, d) / Math.sqrt(d);
    top = Math.max(top, p[j]!);
  }
  let sum = 0;
  for (let j = 0; j < count; j++) sum += p[j] = Math.exp(p[j]! - top);
  for (let j = 0; j < count; j++) p[j]! /= sum;
  return p;
}

export function attentionReference(
  [q, k, v, spans]: readonly Values[],
  [out]: readonly Values[],
  rows: number,
  d: number,
  { heads, kvHeads, offset }: Sizes,
): void {
  const kvWidth = kvHeads * d;
  for (let n = 0; n < rows; n++) {
    const first = spans![n * SPAN_FIELDS]!;
    const count = spans![n * SPAN_FIELDS + 1]! + offset;
    for (let h = 0; h < heads; h++) {
      const at = (n * heads + h) * d;
      const kvAt = Math.floor((h * kvHeads) / heads) * d;
      const p = probabilities(q!, k!, at, first, count, kvAt, kvWidth, d);
      for (let i = 0; i < d; i++) {
        let sum = 0;
        for (let j = 0; j < count; j++) sum += p[j]! * v![(first + j) * kvWidth + kvAt + i]!;
        out![at + i] = sum;
      }
    }
  }
}

export function attentionGradReference(
  [q, k, v, spans, dOut]: readonly Values[],
  [dq, dk, dv]: readonly Values[],
  rows: number,
  d: number,
  { heads, kvHeads }: Sizes,
): void {
  const kvWidth = kvHeads * d;
  const shrink = 1 / Math.sqrt(d);
  for (let n = 0; n < rows; n++) {
    const first = spans![n * SPAN_FIELDS]!;
    const count = spans![n * SPAN_FIELDS + 1]!;
    for (let h = 0; h < heads; h++) {
      const at = (n * heads + h) * d;
      const kvAt = Math.floor((h * kvHeads) / heads) * d;
      const p = probabilities(q!, k!, at, first, count, kvAt, kvWidth, d);
      const pull = Array.from(p, (_, j) => dot(dOut!, at, v!, (first + j) * kvWidth + kvAt, d));
      let mean = 0;
      for (let j = 0; j < count; j++) mean += p[j]! * pull[j]!;
      for (let j = 0; j < count; j++) {
        const slot = (first + j) * kvWidth + kvAt;
        const ds = p[j]! * (pull[j]! - mean) * shrink;
        for (let i = 0; i < d; i++) {
          dq![at + i]! += ds * k![slot + i]!;
          dk![slot + i]! += ds * q![at + i]!;
          dv![slot + i]! += p[j]! * dOut![at + i]!;
        }
      }
    }
  }
}
