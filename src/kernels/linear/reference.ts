import type { Values } from '../define';
import type { LinearAttrs, LinearSizes } from './index';

/** Weight number `i` of a matrix packed four to an int32, lowest byte first. */
export function int8At(packed: Values, i: number): number {
  return (packed[i >> 2]! << (24 - 8 * (i & 3))) >> 24;
}

/** Where the part of h that belongs to output channel o begins. */
const partOf = (o: number, rank: number, { second, third }: LinearAttrs) =>
  o < second ? 0 : o < third ? rank : 2 * rank;

export function linearReference(
  [x, w, scale, a, b, norm, residual]: readonly Values[],
  [y, h]: readonly Values[],
  { rows, inner, outer, rank, ranks }: LinearSizes,
  attrs: LinearAttrs,
): void {
  const input = new Float64Array(inner);
  for (let n = 0; n < rows; n++) {
    for (let i = 0; i < inner; i++) input[i] = x![n * inner + i]!;
    if (norm!.length) {
      const square = input.reduce((sum, value) => sum + value * value, 0) / inner;
      for (let i = 0; i < inner; i++) input[i]! *= norm![i]! / Math.sqrt(square + attrs.epsilon);
    }
    for (let j = 0; j < ranks; j++) {
      let sum = 0;
      for (let i = 0; i < inner; i++) sum += input[i]! * a![j * inner + i]!;
      h![n * ranks + j] = sum;
    }
    for (let o = 0; o < outer; o++) {
      let base = 0;
      for (let i = 0; i < inner; i++) base += input[i]! * int8At(w!, o * inner + i);
      let adapted = 0;
      const part = n * ranks + partOf(o, rank, attrs);
      for (let j = 0; j < rank; j++) adapted += h![part + j]! * b![o * rank + j]!;
      const before = residual!.length ? residual![n * outer + o]! : 0;
      y![n * outer + o] = before + base * scale![o]! + attrs.loraScale * adapted;
    }
  }
}

export function linearGradReference(
  [dy, w, scale, a, b]: readonly Values[],
  [dx, u]: readonly Values[],
  { rows, inner, outer, rank, ranks }: LinearSizes,
  attrs: LinearAttrs,
): void {
  for (let n = 0; n < rows; n++) {
    for (let o = 0; rank > 0 && o < outer; o++) {
      const part = n * ranks + partOf(o, rank, attrs);
      for (let j = 0; j < rank; j++)
        u![part + j]! += attrs.loraScale * dy![n * outer + o]! * b![o * rank + j]!;
    }
    for (let i = 0; i < inner; i++) {
      let sum = 0;
      for (let o = 0; o < outer; o++) sum += dy![n * outer + o]! * scale![o]! * int8At(w!, o * inner + i);
      for (let j = 0; j < ranks; j++) sum += u![n * ranks + j]! * a![j * inner + i]!;
      dx![n * inner + i] = sum;
    }
  }
}

export function adapterGradReference(
  [x, dy, h, u]: readonly Values[],
  [da, db]: readonly Values[],
  { rows, inner, outer, rank, ranks }: LinearSizes,
  attrs: LinearAttrs,
): void {
  for (let n = 0; n < rows; n++) {
    for (let j = 0; j < ranks; j++)
      for (let i = 0; i < inner; i++) da![j * inner + i]! += u![n * ranks + j]! * x![n * inner + i]!;
    for (let o = 0; o < outer; o++) {
      const part = n * ranks + partOf(o, rank, attrs);
      for (let j = 0; j < rank; j++)
        db![o * rank + j]! += attrs.loraScale * dy![n * outer + o]! * h![part + j]!;
    }
  }
}
