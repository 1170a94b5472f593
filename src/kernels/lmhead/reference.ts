import type { Values } from '../define';
import { int8At } from '../linear/reference';
import type { HeadSizes, LmHeadAttrs } from './index';

/** log p over one row of logits at a temperature. */
export function logSoftmaxRow(logits: ArrayLike<number>, temperature: number): Float64Array {
  const out = Float64Array.from(logits, (z) => z / temperature);
  let top = -Infinity;
  for (const z of out) top = Math.max(top, z);
  let sum = 0;
  for (const z of out) sum += Math.exp(z - top);
  const logSum = top + Math.log(sum);
  return out.map((z) => z - logSum);
}

export const entropyOf = (logp: Float64Array): number => {
  let entropy = 0;
  for (const value of logp) entropy -= Math.exp(value) * value;
  return entropy;
};

/** W as doubles, row by row; an empty `scale` means that it is float already. */
function tableOf(table: Values, scale: Values, { vocabulary, inner }: HeadSizes): Float64Array {
  if (scale.length === 0) return Float64Array.from(table);
  return Float64Array.from(
    { length: vocabulary * inner },
    (_, i) => int8At(table, i) * scale[Math.floor(i / inner)]!,
  );
}

/** log p of row n over the whole vocabulary. */
function rowOf(x: Values, w: Float64Array, n: number, { vocabulary, inner }: HeadSizes, temperature: number) {
  const logits = new Float64Array(vocabulary);
  for (let v = 0; v < vocabulary; v++) {
    for (let i = 0; i < inner; i++) logits[v]! += x[n * inner + i]! * w[v * inner + i]!;
  }
  return logSoftmaxRow(logits, temperature);
}

/** sum_v factors_v W_v, written to row n of `to`. */
function combine(factors: Float64Array, w: Float64Array, to: Values, n: number, inner: number): void {
  for (let i = 0; i < inner; i++) {
    let sum = 0;
    for (let v = 0; v < factors.length; v++) sum += factors[v]! * w[v * inner + i]!;
    to[n * inner + i] = sum;
  }
}

export function lmHeadReference(
  [x, table, scale, targets]: readonly Values[],
  [scores, u, w]: readonly Values[],
  sizes: HeadSizes,
  { temperature }: LmHeadAttrs,
): void {
  const words = tableOf(table!, scale!, sizes);
  for (let n = 0; n < sizes.rows; n++) {
    const logp = rowOf(x!, words, n, sizes, temperature);
    const entropy = entropyOf(logp);
    const target = targets![n]!;
    scores![n * 2] = logp[target]!;
    scores![n * 2 + 1] = entropy;
    if (u) {
      const factors = logp.map((value, v) => (Number(v === target) - Math.exp(value)) / temperature);
      combine(factors, words, u, n, sizes.inner);
    }
    if (w) {
      const factors = logp.map((value) => (-Math.exp(value) * (value + entropy)) / temperature);
      combine(factors, words, w, n, sizes.inner);
    }
  }
}

/** dx_n = dlogp_n u_n + dH_n w_n. */
export function lmHeadGradReference(
  [dScores, u, w]: readonly Values[],
  [dx]: readonly Values[],
  rows: number,
  inner: number,
): void {
  for (let at = 0; at < rows * inner; at++) {
    const n = Math.floor(at / inner);
    dx![at] = dScores![n * 2]! * u![at]! + (w!.length ? dScores![n * 2 + 1]! * w![at]! : 0);
  }
}

export function lmHeadLossReference(
  [x, table, targets, weights]: readonly Values[],
  [scores, dx, dTable]: readonly Values[],
  sizes: HeadSizes,
  temperature: number,
): void {
  const { rows, inner, vocabulary } = sizes;
  const words = Float64Array.from(table!);
  const total = new Float64Array(vocabulary * inner);
  for (let n = 0; n < rows; n++) {
    const logp = rowOf(x!, words, n, sizes, temperature);
    scores![n * 2] = logp[targets![n]!]!;
    scores![n * 2 + 1] = entropyOf(logp);
    const dz = logp.map(
      (value, v) => (weights![n]! * (Math.exp(value) - Number(v === targets![n]))) / temperature,
    );
    combine(dz, words, dx!, n, inner);
    for (let v = 0; v < vocabulary; v++) {
      for (let i = 0; i < inner; i++) total[v * inner + i]! += dz[v]! * x![n * inner + i]!;
    }
  }
  dTable!.set(total);
}
