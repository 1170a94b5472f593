/**
 * Sampling by the Gumbel-max trick over a counter-based hash, four tokens at a time. One of its two logarithms
 * is saved by comparing exponentials: argmax z/T - log E is argmax exp(z/T) / E.
 */
import { exp2, negativeLogUniform } from './math';
import { COUNTER_AT, DRAWN_AT, ID_AT, KEY_AT, SAMPLES_AT, SEEN_AT } from './layout';
import { begin, end } from './share';
import { logProb, rateOf, readRow, shifted4, top } from './softmax';

/** The finaliser of MurmurHash3. */
@inline
function mix(h: u32): u32 {
  h = (h ^ (h >>> 16)) * 0x85ebca6b;
  h = (h ^ (h >>> 13)) * 0xc2b2ae35;
  return h ^ (h >>> 16);
}

@inline
function mix4(h: v128): v128 {
  h = i32x4.mul(v128.xor(h, i32x4.shr_u(h, 16)), i32x4.splat(0x85ebca6b));
  h = i32x4.mul(v128.xor(h, i32x4.shr_u(h, 13)), i32x4.splat(0xc2b2ae35));
  return v128.xor(h, i32x4.shr_u(h, 16));
}

/** E = -log u for the tokens `index`, given the hash of seed, key and counter. */
@inline
function exponential4(stem: v128, index: v128): v128 {
  return negativeLogUniform(i32x4.shr_u(mix4(v128.xor(stem, i32x4.mul(index, i32x4.splat(0x27d4eb2f)))), 8));
}

/** What the drawn token has most of: 2^t / E, which grows with t ln 2 - log E; where greedy, t itself. */
@inline
function score4(z: v128, top4: v128, rate4: v128, greedy: bool, stem: v128, index: v128): v128 {
  const t = shifted4(z, top4, rate4);
  return greedy ? t : f32x4.div(exp2(t), exponential4(stem, index));
}

/** Draws a token for every row and moves its state on; `fields` numbers a row of `state`. */
export function sample(
  logits: usize, state: usize, fields: usize, rows: i32, width: i32,
  temperature: f64, seed: u32, endToken: i32, padToken: i32,
): void {
  const greedy = temperature == 0;
  const heat = greedy ? 1 : temperature;
  const rate = rateOf(heat);
  const rate4 = f32x4.splat(rate);
  const first = begin(<usize>rows, 1), stop = end(<usize>rows, 1);
  logits += first * (<usize>width << 2);
  state += first * (fields << 2);
  for (let r = first; r < stop; r++) {
    const id = load<i32>(state, ID_AT);
    const drawn = load<u32>(state, DRAWN_AT);
    const out = state + SAMPLES_AT + (<usize>drawn << 3);
    store<u32>(state, drawn + 1, DRAWN_AT);
    if (id == endToken) {
      store<i32>(out, padToken);
      store<i32>(out, 0, 4);
    } else {
      readRow(logits, width, rate);
      let h = mix(seed ^ 0x9e3779b9);
      h = mix(h ^ (load<u32>(state, KEY_AT) * 0x85ebca77));
      h = mix(h ^ ((load<u32>(state, COUNTER_AT) + drawn) * 0xc2b2ae3d));
      const stem = i32x4.splat(h);
      const top4 = f32x4.splat(top);
      // The best of each lane, and where it was; the earliest of equals, as strict comparison keeps it.
      let best4 = f32x4.splat(-Infinity);
      let where4 = i32x4.splat(0);
      let index4 = v128(0, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0);
      let v = 0;
      for (; v + 4 <= width; v += 4) {
        const score = score4(v128.load(logits + (<usize>v << 2)), top4, rate4, greedy, stem, index4);
        const better = f32x4.gt(score, best4);
        best4 = v128.bitselect(score, best4, better);
        where4 = v128.bitselect(index4, where4, better);
        index4 = i32x4.add(index4, i32x4.splat(4));
      }
      let best = f32x4.extract_lane(best4, 0);
      let token = i32x4.extract_lane(where4, 0);
      for (let lane = 1; lane < 4; lane++) {
        best4 = v128.shuffle<f32>(best4, best4, 1, 2, 3, 0);
        where4 = v128.shuffle<f32>(where4, where4, 1, 2, 3, 0);
        const score = f32x4.extract_lane(best4, 0);
        const at = i32x4.extract_lane(where4, 0);
        if (score > best || (score == best && at < token)) {
          best = score;
          token = at;
        }
      }
      for (; v < width; v++) {
        const z = v128.load32_splat(logits + (<usize>v << 2));
        const score = f32x4.extract_lane(score4(z, top4, rate4, greedy, stem, i32x4.splat(v)), 0);
        if (score > best) {
          best = score;
          token = v;
        }
      }
      store<i32>(out, token);
      store<f32>(out, logProb(load<f32>(logits + (<usize>token << 2)), heat), 4);
      store<i32>(state, token, ID_AT);
      store<i32>(state, load<i32>(state, SEEN_AT) + 1, SEEN_AT);
    }
    logits += <usize>width << 2;
    state += fields << 2;
  }
}
