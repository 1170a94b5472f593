import type { Shape, Values } from '../define';
import { FIRST, SEEN } from '../layout';
import { headWidth, type HeadsAttrs } from './index';

/** Turns the head at `at` of `x` to the position (away from it with `direction` -1). */
function turned(
  x: ArrayLike<number>,
  at: number,
  d: number,
  base: number,
  position: number,
  direction: number,
) {
  const half = d / 2;
  const y = new Float64Array(d);
  for (let i = 0; i < half; i++) {
    const angle = position * base ** ((-2 * i) / d);
    const cos = Math.cos(angle);
    const sin = direction * Math.sin(angle);
    y[i] = x[at + i]! * cos - x[at + i + half]! * sin;
    y[i + half] = x[at + i + half]! * cos + x[at + i]! * sin;
  }
  return y;
}

function inverseRms(x: Values, at: number, d: number, epsilon: number): number {
  let sum = 0;
  for (let i = 0; i < d; i++) sum += x[at + i]! ** 2;
  return 1 / Math.sqrt(sum / d + epsilon);
}

/** Calls `visit` for every head of every token. */
function eachHead(
  [rows, width]: Shape,
  tokens: Values,
  fields: number,
  attrs: HeadsAttrs,
  visit: (at: number, head: number, n: number, position: number, d: number) => void,
): void {
  const d = headWidth(width!, attrs);
  const all = attrs.heads + 2 * attrs.kvHeads;
  for (let n = 0; n < rows!; n++)
    for (let head = 0; head < all; head++)
      visit((n * all + head) * d, head, n, tokens[n * fields + SEEN]! - 1, d);
}

export function headsReference(
  [qkv, qNorm, kNorm, tokens, cache]: readonly Values[],
  [y]: readonly Values[],
  [shape, , , tokenShape]: readonly Shape[],
  attrs: HeadsAttrs,
): void {
  const { heads, kvHeads, base, epsilon } = attrs;
  const fields = tokenShape![1]!;
  eachHead(shape!, tokens!, fields, attrs, (at, head, n, position, d) => {
    let out: ArrayLike<number> = qkv!.slice(at, at + d);
    if (head < heads + kvHeads) {
      const r = inverseRms(qkv!, at, d, epsilon);
      const weight = head < heads ? qNorm! : kNorm!;
      const normed = Float64Array.from(weight, (w, i) => qkv![at + i]! * r * w);
      out = turned(normed, 0, d, base, position, 1);
    }
    if (!cache!.length) y!.set(out, at);
    else if (head < heads) y!.set(out, (n * heads + head) * d);
    else {
      const slot = tokens![n * fields + FIRST]! + position;
      cache!.set(out, (slot * 2 * kvHeads + head - heads) * d);
    }
  });
}

export function headsGradReference(
  [dy, qkv, qNorm, kNorm, tokens]: readonly Values[],
  [dx]: readonly Values[],
  [, shape, , , tokenShape]: readonly Shape[],
  attrs: HeadsAttrs,
): void {
  const { heads, kvHeads, base, epsilon } = attrs;
  eachHead(shape!, tokens!, tokenShape![1]!, attrs, (at, head, _, position, d) => {
    if (head >= heads + kvHeads) {
      dx!.set(dy!.slice(at, at + d), at);
      return;
    }
    const weight = head < heads ? qNorm! : kNorm!;
    const r = inverseRms(qkv!, at, d, epsilon);
    const g = turned(dy!, at, d, base, position, -1).map((value, i) => value * weight[i]!);
    let along = 0;
    for (let i = 0; i < d; i++) along += g[i]! * qkv![at + i]!;
    for (let i = 0; i < d; i++) dx![at + i] = r * g[i]! - (qkv![at + i]! * r ** 3 * along) / d;
  });
}

export function headsWeightGradReference(
  [dy, qkv, tokens]: readonly Values[],
  [dQuery, dKey]: readonly Values[],
  [, shape, tokenShape]: readonly Shape[],
  attrs: HeadsAttrs,
): void {
  const { heads, kvHeads, base, epsilon } = attrs;
  eachHead(shape!, tokens!, tokenShape![1]!, attrs, (at, head, _, position, d) => {
    if (head >= heads + kvHeads) return;
    const r = inverseRms(qkv!, at, d, epsilon);
    const dn = turned(dy!, at, d, base, position, -1);
    const sum = head < heads ? dQuery! : dKey!;
    for (let i = 0; i < d; i++) sum[i]! += dn[i]! * qkv![at + i]! * r;
  });
}
