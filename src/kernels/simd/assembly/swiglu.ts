/** SwiGLU and its gradient. The last few numbers are computed in lanes of their own, all the others by fours. */
import { exp4 } from './math';
import { begin, end } from './share';

@inline
function sigmoid4(x: v128): v128 {
  const one = f32x4.splat(1.0);
  return f32x4.div(one, f32x4.add(one, exp4(f32x4.neg(x))));
}

@inline
function gated(gate: v128, up: v128): v128 {
  return f32x4.mul(f32x4.mul(gate, sigmoid4(gate)), up);
}

/** y = gate sigmoid(gate) up; a row of `gateUp` is its gates and its ups. */
export function swiGlu(gateUp: usize, y: usize, rows: usize, width: usize): void {
  const bytes = width << 2;
  const stop = end(rows, 1);
  for (let n = begin(rows, 1); n < stop; n++) {
    const gate = gateUp + n * (bytes << 1);
    const up = gate + bytes;
    const to = y + n * bytes;
    let i: usize = 0;
    for (; i + 16 <= bytes; i += 16) v128.store(to + i, gated(v128.load(gate + i), v128.load(up + i)));
    for (; i < bytes; i += 4) {
      store<f32>(to + i, f32x4.extract_lane(gated(v128.load32_splat(gate + i), v128.load32_splat(up + i)), 0));
    }
  }
}

/** s (1 + gate (1 - s)), the derivative of gate sigmoid(gate). */
@inline
function slope(gate: v128, s: v128): v128 {
  const one = f32x4.splat(1.0);
  return f32x4.mul(s, f32x4.add(one, f32x4.mul(gate, f32x4.sub(one, s))));
}

export function swiGluGrad(dy: usize, gateUp: usize, dGateUp: usize, rows: usize, width: usize): void {
  const bytes = width << 2;
  const stop = end(rows, 1);
  for (let n = begin(rows, 1); n < stop; n++) {
    const from = dy + n * bytes;
    const gate = gateUp + n * (bytes << 1);
    const up = gate + bytes;
    const dGate = dGateUp + n * (bytes << 1);
    const dUp = dGate + bytes;
    let i: usize = 0;
    for (; i + 16 <= bytes; i += 16) {
      const g = v128.load(gate + i);
      const d = v128.load(from + i);
      const s = sigmoid4(g);
      v128.store(dGate + i, f32x4.mul(f32x4.mul(d, v128.load(up + i)), slope(g, s)));
      v128.store(dUp + i, f32x4.mul(d, f32x4.mul(g, s)));
    }
    for (; i < bytes; i += 4) {
      const g = v128.load32_splat(gate + i);
      const d = load<f32>(from + i);
      const s = sigmoid4(g);
      store<f32>(dGate + i, d * load<f32>(up + i) * f32x4.extract_lane(slope(g, s), 0));
      store<f32>(dUp + i, d * f32x4.extract_lane(f32x4.mul(g, s), 0));
    }
  }
}
