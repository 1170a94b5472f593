/** AdamW over one flat vector, with the gradient clipped to a global norm. */
import { madd } from './math';
import { begin, end, part } from './share';

export function adamW(
  state: usize, grad: usize, next: usize, norm: usize, count: i32,
  learningRate: f64, beta1: f64, beta2: f64, epsilon: f64, weightDecay: f64, maxNorm: f64,
  correction1: f64, correction2: f64,
): void {
  const bytes = <usize>count << 2;
  // Squares in double precision: that of a large gradient would be infinite in single. Every part sums them
  // all, which costs far less than the update.
  let squares = f64x2.splat(0);
  let i: usize = 0;
  for (; i + 8 <= bytes; i += 8) {
    const g = f64x2.promote_low_f32x4(v128.load64_zero(grad + i));
    squares = f64x2.add(squares, f64x2.mul(g, g));
  }
  let square = f64x2.extract_lane(squares, 0) + f64x2.extract_lane(squares, 1);
  for (; i < bytes; i += 4) square += <f64>load<f32>(grad + i) * <f64>load<f32>(grad + i);
  const length = sqrt(square);
  if (part == 0) store<f32>(norm, <f32>length);
  const first = begin(<usize>count, 4) << 2, stop = end(<usize>count, 4) << 2;
  if (!isFinite(length)) {
    for (let row: usize = 0; row < 3 * bytes; row += bytes) {
      memory.copy(next + row + first, state + row + first, stop - first);
    }
    return;
  }

  const shrink = min(1, maxNorm / (length + 1e-6));
  const keep1 = <f32>beta1, keep2 = <f32>beta2;
  const take1 = <f32>((1 - beta1) * shrink), take2 = <f32>((1 - beta2) * shrink * shrink);
  const up1 = <f32>(learningRate / correction1), up2 = <f32>(1 / correction2);
  const decay = <f32>(learningRate * weightDecay), eps = <f32>epsilon;
  const m0 = state + bytes, v0 = m0 + bytes, m1 = next + bytes, v1 = m1 + bytes;
  for (i = first; i + 16 <= stop; i += 16) {
    const g = v128.load(grad + i);
    const p = v128.load(state + i);
    const m = madd(f32x4.mul(f32x4.splat(keep1), v128.load(m0 + i)), f32x4.splat(take1), g);
    const v = madd(f32x4.mul(f32x4.splat(keep2), v128.load(v0 + i)), f32x4.splat(take2), f32x4.mul(g, g));
    const below = f32x4.add(f32x4.sqrt(f32x4.mul(v, f32x4.splat(up2))), f32x4.splat(eps));
    const step = f32x4.div(f32x4.mul(m, f32x4.splat(up1)), below);
    v128.store(next + i, f32x4.sub(f32x4.sub(p, f32x4.mul(p, f32x4.splat(decay))), step));
    v128.store(m1 + i, m);
    v128.store(v1 + i, v);
  }
  for (; i < stop; i += 4) {
    const g = load<f32>(grad + i);
    const p = load<f32>(state + i);
    const m = keep1 * load<f32>(m0 + i) + take1 * g;
    const v = keep2 * load<f32>(v0 + i) + take2 * (g * g);
    store<f32>(next + i, p - p * decay - (m * up1) / (sqrt(v * up2) + eps));
    store<f32>(m1 + i, m);
    store<f32>(v1 + i, v);
  }
}
