import type { Values } from '../define';

export function matMulReference(
  [a, b]: readonly Values[],
  [c]: readonly Values[],
  { rows, inner, columns }: { rows: number; inner: number; columns: number },
  { transposeA, transposeB, alpha }: { transposeA: boolean; transposeB: boolean; alpha: number },
): void {
  for (let m = 0; m < rows; m++) {
    for (let n = 0; n < columns; n++) {
      let sum = 0;
      for (let k = 0; k < inner; k++) {
        sum +=
          a![transposeA ? k * rows + m : m * inner + k]! * b![transposeB ? n * inner + k : k * columns + n]!;
      }
      c![m * columns + n] = alpha * sum;
    }
  }
}
