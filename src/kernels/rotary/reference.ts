import type { Values } from '../define';
import { SPAN_FIELDS } from '../layout';

export function rotaryReference(
  [x, spans]: readonly Values[],
  [y]: readonly Values[],
  rows: number,
  width: number,
  { heads, base, offset, inverse }: { heads: number; base: number; offset: number; inverse: boolean },
): void {
  const d = width / heads;
  const half = d / 2;
  for (let n = 0; n < rows; n++) {
    const position = spans![n * SPAN_FIELDS + 1]! - 1 + offset;
    for (let i = 0; i < half; i++) {
      const angle = position * base ** ((-2 * i) / d);
      const cos = Math.cos(angle);
      const sin = inverse ? -Math.sin(angle) : Math.sin(angle);
      for (let h = 0; h < heads; h++) {
        const low = n * width + h * d + i;
        const high = low + half;
        y![low] = x![low]! * cos - x![high]! * sin;
        y![high] = x![high]! * cos + x![low]! * sin;
      }
    }
  }
}
