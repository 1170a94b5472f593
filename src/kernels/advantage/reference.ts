import type { Values } from '../define';
import type { GroupAdvantageAttrs } from './index';

/** Credits come as float32: 0.1 + 0.2 - 0.3 leaves this much of their size, and dividing by it would be a push of millions. */
const CANCELLED = 1e-6;

export function groupAdvantageReference(
  [scores, credits, counts]: readonly Values[],
  [advantages, normalised]: readonly Values[],
  rows: number,
  turns: number,
  { groupSize, sampleStd, epsilon, normalizeByStd }: GroupAdvantageAttrs,
): void {
  for (let start = 0; start < rows; start += groupSize) {
    const group = Array.from(scores!.subarray(start, start + groupSize));
    // A group of one has nothing to be compared with: its score stands as it is.
    const alone = groupSize === 1;
    const mean = alone ? 0 : group.reduce((a, b) => a + b, 0) / groupSize;
    const square = group.reduce((a, b) => a + (b - mean) ** 2, 0);
    const std = alone ? 1 : Math.sqrt(square / (sampleStd ? groupSize - 1 : groupSize));
    const alike = !alone && group.every((score) => score === group[0]);
    for (let g = 0; g < groupSize; g++) {
      const i = start + g;
      const f = alike ? 0 : (group[g]! - mean) / (normalizeByStd ? std + epsilon : 1);
      normalised![i] = f;
      let sum = 0;
      let magnitude = 0;
      let tokens = 0;
      for (let t = 0; t < turns; t++) {
        const credit = credits![i * turns + t]!;
        const count = counts![i * turns + t]!;
        sum += credit * count;
        magnitude += Math.abs(credit) * count;
        if (credit !== 0) tokens += count;
      }
      for (let t = 0; t < turns; t++) {
        advantages![i * turns + t] =
          Math.abs(sum) <= CANCELLED * magnitude ? 0 : (f * credits![i * turns + t]! * tokens) / sum;
      }
    }
  }
}
