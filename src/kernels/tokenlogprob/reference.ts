import type { Values } from '../define';

/** log p over one row of logits at a temperature. */
export function logSoftmaxRow(
  logits: Values,
  start: number,
  width: number,
  temperature: number,
): Float64Array {
  const out = new Float64Array(width);
  let top = -Infinity;
  for (let v = 0; v < width; v++) top = Math.max(top, (out[v] = logits[start + v]! / temperature));
  let sum = 0;
  for (let v = 0; v < width; v++) sum += Math.exp(out[v]! - top);
  const logSum = top + Math.log(sum);
  for (let v = 0; v < width; v++) out[v]! -= logSum;
  return out;
}

export const entropyOf = (logp: Float64Array): number => {
  let entropy = 0;
  for (const value of logp) entropy -= Math.exp(value) * value;
  return entropy;
};

export function tokenLogProbReference(
  [logits, targets]: readonly Values[],
  [out]: readonly Values[],
  rows: number,
  width: number,
  temperature: number,
): void {
  for (let n = 0; n < rows; n++) {
    const logp = logSoftmaxRow(logits!, n * width, width, temperature);
    out![n * 2] = logp[targets![n]!]!;
    out![n * 2 + 1] = entropyOf(logp);
  }
}

export function tokenLogProbGradReference(
  [logits, targets, dOut]: readonly Values[],
  [dLogits]: readonly Values[],
  rows: number,
  width: number,
  temperature: number,
): void {
  for (let n = 0; n < rows; n++) {
    const logp = logSoftmaxRow(logits!, n * width, width, temperature);
    const entropy = entropyOf(logp);
    const dLogP = dOut![n * 2]!;
    const dEntropy = dOut![n * 2 + 1]!;
    for (let v = 0; v < width; v++) {
      const p = Math.exp(logp[v]!);
      const hit = v === targets![n] ? 1 : 0;
      dLogits![n * width + v] = (dLogP * (hit - p) - dEntropy * p * (logp[v]! + entropy)) / temperature;
    }
  }
}
