/** Log-probability of one token per row and the row's entropy, with the gradient. */
import { begin, end } from './share';
import { entropy, logProb, rateOf, readRow, rowGradient } from './softmax';

export function tokenLogProb(
  logits: usize, targets: usize, out: usize, rows: i32, width: i32, temperature: f64,
): void {
  const rate = rateOf(temperature);
  const first = begin(<usize>rows, 1), stop = end(<usize>rows, 1);
  logits += first * (<usize>width << 2);
  targets += first << 2;
  out += first << 3;
  for (let n = first; n < stop; n++) {
    readRow(logits, width, rate, 0);
    const target = <usize>load<i32>(targets);
    store<f32>(out, logProb(load<f32>(logits + (target << 2)), temperature));
    store<f32>(out, entropy, 4);
    logits += <usize>width << 2;
    targets += 4;
    out += 8;
  }
}

/** dz_v = (dlogp ([v = y] - p_v) - dH p_v (log p_v + H)) / T. */
export function tokenLogProbGrad(
  logits: usize, targets: usize, dOut: usize, dLogits: usize, rows: i32, width: i32, temperature: f64,
): void {
  const rate = rateOf(temperature);
  const inverse = <f32>(1 / temperature);
  const bytes = <usize>width << 2;
  const first = begin(<usize>rows, 1), stop = end(<usize>rows, 1);
  logits += first * bytes;
  dLogits += first * bytes;
  targets += first << 2;
  dOut += first << 3;
  for (let n = first; n < stop; n++) {
    const byLogP = load<f32>(dOut) * inverse;
    const byEntropy = load<f32>(dOut, 4) * inverse;
    if (byLogP == 0 && byEntropy == 0) {
      // A token that is not trained on.
      memory.fill(dLogits, 0, bytes);
    } else {
      readRow(logits, width, rate, dLogits);
      rowGradient(dLogits, logits, width, rate, load<i32>(targets), byLogP, byEntropy);
    }
    logits += bytes;
    dLogits += bytes;
    targets += 4;
    dOut += 8;
  }
}
