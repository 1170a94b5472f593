import type { Values } from '../define';

/** Byte `k` of a row of int8 weights that are packed four to an int32, lowest byte first. */
export function int8At(packed: Values, index: number): number {
  const word = packed[index >> 2]! | 0;
  return (word << (24 - 8 * (index & 3))) >> 24;
}

/** `y[n,o] = scale[o] * sum_i x[n,i] w[o,i] + s * sum_j h[n,j] b[o,j]`, `h[n,j] = sum_i x[n,i] a[j,i]`. */
export function linearReference(
  [x, w, scale, a, b]: readonly Values[],
  [y, h]: readonly Values[],
  {
    rows,
    inner,
    outer,
    rank,
    loraScale,
  }: { rows: number; inner: number; outer: number; rank: number; loraScale: number },
): void {
  for (let n = 0; n < rows; n++) {
    for (let j = 0; j < rank; j++) {
      let sum = 0;
      for (let i = 0; i < inner; i++) sum += x![n * inner + i]! * a![j * inner + i]!;
      h![n * rank + j] = sum;
    }
    for (let o = 0; o < outer; o++) {
      let base = 0;
      for (let i = 0; i < inner; i++) base += x![n * inner + i]! * int8At(w!, o * inner + i);
      let adapted = 0;
      for (let j = 0; j < rank; j++) adapted += h![n * rank + j]! * b![o * rank + j]!;
      y![n * outer + o] = base * scale![o]! + loraScale * adapted;
    }
  }
}

/** `dx[n,i] = sum_o dy[n,o] scale[o] w[o,i] + sum_j u[n,j] a[j,i]`, `u[n,j] = s * sum_o dy[n,o] b[o,j]`. */
export function linearGradReference(
  [dy, w, scale, a, b]: readonly Values[],
  [dx, u]: readonly Values[],
  {
    rows,
    inner,
    outer,
    rank,
    loraScale,
  }: { rows: number; inner: number; outer: number; rank: number; loraScale: number },
): void {
  for (let n = 0; n < rows; n++) {
    for (let j = 0; j < rank; j++) {
      let sum = 0;
      for (let o = 0; o < outer; o++) sum += dy![n * outer + o]! * b![o * rank + j]!;
      u![n * rank + j] = loraScale * sum;
    }
    for (let i = 0; i < inner; i++) {
      let sum = 0;
      for (let o = 0; o < outer; o++) sum += dy![n * outer + o]! * scale![o]! * int8At(w!, o * inner + i);
      for (let j = 0; j < rank; j++) sum += u![n * rank + j]! * a![j * inner + i]!;
      dx![n * inner + i] = sum;
    }
  }
}
