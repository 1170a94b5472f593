import type { Values } from '../define';

const inverseRms = (x: Values, start: number, width: number, epsilon: number): number => {
  let sum = 0;
  for (let i = 0; i < width; i++) sum += x[start + i]! * x[start + i]!;
  return 1 / Math.sqrt(sum / width + epsilon);
};

export function rmsNormReference(
  [x, w]: readonly Values[],
  [y]: readonly Values[],
  rows: number,
  width: number,
  epsilon: number,
): void {
  for (let n = 0; n < rows; n++) {
    const r = inverseRms(x!, n * width, width, epsilon);
    for (let i = 0; i < width; i++) y![n * width + i] = x![n * width + i]! * r * w![i]!;
  }
}

export function rmsNormGradReference(
  [dy, x, w]: readonly Values[],
  [dx]: readonly Values[],
  rows: number,
  width: number,
  epsilon: number,
): void {
  for (let n = 0; n < rows; n++) {
    const r = inverseRms(x!, n * width, width, epsilon);
    let dot = 0;
    for (let i = 0; i < width; i++) dot += dy![n * width + i]! * w![i]! * x![n * width + i]!;
    const pull = (dot / width) * r * r * r;
    for (let i = 0; i < width; i++) {
      dx![n * width + i] = dy![n * width + i]! * w![i]! * r - x![n * width + i]! * pull;
    }
  }
}

export function rmsNormWeightGradReference(
  [dy, x]: readonly Values[],
  [dw]: readonly Values[],
  rows: number,
  width: number,
  epsilon: number,
): void {
  for (let n = 0; n < rows; n++) {
    const r = inverseRms(x!, n * width, width, epsilon);
    for (let i = 0; i < width; i++) dw![i]! += dy![n * width + i]! * x![n * width + i]! * r;
  }
}
