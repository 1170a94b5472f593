import type { Shape, Values } from '../define';
import { FIRST, SEEN } from '../layout';
import type { AttentionAttrs } from './index';

function dot(a: Values, aStart: number, b: Values, bStart: number, length: number): number {
  let sum = 0;
  for (let i = 0; i < length; i++) sum += a[aStart + i]! * b[bStart + i]!;
  return sum;
}

export function attentionReference(
  [q, kv, tokens]: readonly Values[],
  [out, logSum]: readonly Values[],
  [qShape, kvShape, tokenShape]: readonly Shape[],
  { heads, kvHeads, d, keys, values }: AttentionAttrs,
): void {
  const [rows, width] = qShape as [number, number];
  const kvWidth = kvShape![1]!;
  for (let n = 0; n < rows; n++) {
    const first = tokens![n * tokenShape![1]! + FIRST]!;
    const count = tokens![n * tokenShape![1]! + SEEN]!;
    for (let h = 0; h < heads; h++) {
      const group = Math.floor((h * kvHeads) / heads) * d;
      const scores = Array.from(
        { length: count },
        (_, j) => dot(q!, n * width + h * d, kv!, (first + j) * kvWidth + keys + group, d) / Math.sqrt(d),
      );
      const top = scores.reduce((a, b) => Math.max(a, b), -Infinity);
      const sum = scores.reduce((total, score) => total + Math.exp(score - top), 0);
      logSum![n * heads + h] = top + Math.log(sum);
      for (let i = 0; i < d; i++) {
        let mixed = 0;
        for (let j = 0; j < count; j++)
          mixed += (Math.exp(scores[j]! - top) / sum) * kv![(first + j) * kvWidth + values + group + i]!;
        out![(n * heads + h) * d + i] = mixed;
      }
    }
  }
}

export function attentionGradReference(
  [qkv, tokens, out, logSum, dOut]: readonly Values[],
  [dQkv]: readonly Values[],
  [shape, tokenShape]: readonly Shape[],
  { heads, kvHeads, d, keys, values }: AttentionAttrs,
): void {
  const [rows, width] = shape as [number, number];
  const shrink = 1 / Math.sqrt(d);
  for (let n = 0; n < rows; n++) {
    const first = tokens![n * tokenShape![1]! + FIRST]!;
    const count = tokens![n * tokenShape![1]! + SEEN]!;
    for (let h = 0; h < heads; h++) {
      const at = n * width + h * d;
      const group = Math.floor((h * kvHeads) / heads) * d;
      const above = (n * heads + h) * d;
      const mean = dot(dOut!, above, out!, above, d);
      for (let j = 0; j < count; j++) {
        const key = (first + j) * width + keys + group;
        const value = (first + j) * width + values + group;
        const p = Math.exp(dot(qkv!, at, qkv!, key, d) * shrink - logSum![n * heads + h]!);
        const ds = p * (dot(dOut!, above, qkv!, value, d) - mean) * shrink;
        for (let i = 0; i < d; i++) {
          dQkv![at + i]! += ds * qkv![key + i]!;
          dQkv![key + i]! += ds * qkv![at + i]!;
          dQkv![value + i]! += p * dOut![above + i]!;
        }
      }
    }
  }
}
