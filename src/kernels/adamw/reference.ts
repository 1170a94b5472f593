import type { Values } from '../define';
import type { AdamWAttrs } from './index';

export function adamWReference(
  [state, grad]: readonly Values[],
  [next, norm]: readonly Values[],
  count: number,
  o: AdamWAttrs,
): void {
  let square = 0;
  for (let i = 0; i < count; i++) square += grad![i]! * grad![i]!;
  const length = Math.sqrt(square);
  norm![0] = length;
  if (!Number.isFinite(length)) {
    next!.set(state!);
    return;
  }
  const shrink = Math.min(1, o.maxNorm / (length + 1e-6));
  const correction1 = 1 - o.beta1 ** o.step;
  const correction2 = 1 - o.beta2 ** o.step;
  for (let i = 0; i < count; i++) {
    const g = grad![i]! * shrink;
    const m = o.beta1 * state![count + i]! + (1 - o.beta1) * g;
    const v = o.beta2 * state![2 * count + i]! + (1 - o.beta2) * g * g;
    const step = m / correction1 / (Math.sqrt(v / correction2) + o.epsilon);
    next![i] = state![i]! - o.learningRate * (o.weightDecay * state![i]! + step);
    next![count + i] = m;
    next![2 * count + i] = v;
  }
}
