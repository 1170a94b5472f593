/**
 * Causal attention. Consecutive tokens of one sequence, each seeing one key more than the one before, form
 * a run. A run's keys and values are packed once per head and its scores computed as products, four queries
 * at a time; a token alone, as in decoding, takes its dot products directly.
 *
 * It is divided into parts by pairs of a sequence and a head of keys, and an estimate of their work.
 */
import { tileAt, tilePacked, tileTAt } from './gemm';
import { FIXED_BYTES, panelA, work, workBytes } from './memory';
import { FIRST_AT, SEEN_AT } from './layout';
import { exp2, log64, LOG2E, madd, max4, sum4 } from './math';
import { packColumns, packRows, packStrip } from './pack';
import { owns, parts } from './share';

/** Queries of a run whose probabilities are held at once in the backward pass. */
const BLOCK: usize = 32;
/** A shorter run is not worth packing its keys for. */
const SHORTEST_RUN: usize = 4;

/** How many tokens from n on continue the sequence of n. */
function runLength(tokens: usize, step: usize, n: usize, rows: usize): usize {
  let at = tokens + n * step;
  const first = load<i32>(at, FIRST_AT);
  const count = load<i32>(at, SEEN_AT);
  let length: usize = 1;
  while (n + length < rows) {
    at += step;
    if (load<i32>(at, FIRST_AT) != first || load<i32>(at, SEEN_AT) != count + <i32>length) break;
    length++;
  }
  return length;
}

/** Roughly how long one head of a run takes: its pairs of query and key, and the packing of its keys. */
@inline
function costOf(length: usize, seen: usize): u64 {
  return <u64>length * <u64>(seen + (length >> 1)) + <u64>((seen + length) << 2);
}

/** The cost of all heads of keys of all runs. Needed, and therefore counted, only where there are several parts. */
function totalCost(tokens: usize, step: usize, rows: usize, kvHeads: usize): u64 {
  if (parts == 1) return 0;
  let total: u64 = 0;
  let length: usize = 0;
  for (let n: usize = 0; n < rows; n += length) {
    length = runLength(tokens, step, n, rows);
    total += costOf(length, <usize>load<i32>(tokens + n * step, SEEN_AT));
  }
  return total * <u64>kvHeads;
}

/** Bytes of scratch memory with which `attention` is at its best: it packs the keys of the longest sequence. */
export function attentionScratch(tokens: usize, fields: usize, rows: usize, d: usize): usize {
  const step = fields << 2;
  let need: usize = 0;
  let length: usize = 0;
  for (let n: usize = 0; n < rows; n += length) {
    length = runLength(tokens, step, n, rows);
    const keys = <usize>load<i32>(tokens + n * step, SEEN_AT) + length - 1;
    const padded = (keys + 7) & ~7;
    need = max<usize>(need, length < SHORTEST_RUN && !(d & 3) ? (padded << 2) : padded * (2 * ((d + 7) & ~7) + 4) << 2);
  }
  return need + 16 + FIXED_BYTES;
}

/** Bytes of scratch memory that `attentionGrad` must have for a whole block of queries of the longest sequence. */
export function attentionGradScratch(tokens: usize, fields: usize, rows: usize, d: usize): usize {
  const step = fields << 2;
  let longest: usize = 0;
  for (let n: usize = 0; n < rows; n++) longest = max<usize>(longest, <usize>load<i32>(tokens + n * step, SEEN_AT));
  const wide = (d + 7) & ~7;
  const padded = (longest + 7) & ~7;
  return ((3 * padded * wide + 2 * BLOCK * (wide + padded)) << 2) + FIXED_BYTES;
}

/** The largest of the scores that `exponentials` saw last. */
let topScore: f32 = 0;

/**
 * Turns `count` scores into 2^(rate (score - max)), padded with zeros to `padded`, a multiple of 4, and
 * returns their sum.
 */
function exponentials(scores: usize, count: usize, padded: usize, rate: f32): f32 {
  const end = scores + (count << 2);
  const stop = scores + (padded << 2);
  for (let at = end; at < stop; at += 4) store<f32>(at, -Infinity);
  const whole = scores + (((count + 3) & ~3) << 2);
  let tops = v128.load(scores);
  for (let at = scores + 16; at < whole; at += 16) tops = f32x4.pmax(tops, v128.load(at));
  topScore = max4(tops);
  const top = f32x4.splat(topScore);
  const rate4 = f32x4.splat(rate);
  let sums = f32x4.splat(0);
  let at = scores;
  for (; at < whole; at += 16) {
    const e = exp2(f32x4.mul(f32x4.sub(v128.load(at), top), rate4));
    sums = f32x4.add(sums, e);
    v128.store(at, e);
  }
  for (; at < stop; at += 16) v128.store(at, i32x4.splat(0));
  return sum4(sums);
}

/** The logarithm of the sum of exponentials of scores that are still to be multiplied by `shrink`. */
@inline
function logSumOf(sum: f32, shrink: f32): f32 {
  return topScore * shrink + <f32>log64(<f64>sum);
}

/** The products of `rows` <= 4 queries with `keys` packed keys, four rows of them in any case. */
function multiplyStrip(
  q: usize, ldq: usize, rows: usize, d: usize, packed: usize, keys: usize, scores: usize, lds: usize,
): void {
  packStrip(q, ldq, rows, d, 1, panelA);
  const end = scores + (keys << 2);
  while (scores < end) {
    tilePacked(d, panelA, packed, scores, lds, 1, false);
    packed += d << 5;
    scores += 32;
  }
}

/** One query over `count` keys, whose rows are `ldk` bytes apart; returns the sum of its exponentials. */
function attendOne(q: usize, k: usize, v: usize, out: usize, count: usize, ldk: usize, bytes: usize, rate: f32): f32 {
  const scores = work;
  let key = k;
  let j: usize = 0;
  for (; j + 4 <= count; j += 4) {
    let s0 = f32x4.splat(0), s1 = s0, s2 = s0, s3 = s0;
    const key1 = key + ldk, key2 = key1 + ldk, key3 = key2 + ldk;
    for (let i: usize = 0; i < bytes; i += 16) {
      const x = v128.load(q + i);
      s0 = madd(s0, x, v128.load(key + i));
      s1 = madd(s1, x, v128.load(key1 + i));
      s2 = madd(s2, x, v128.load(key2 + i));
      s3 = madd(s3, x, v128.load(key3 + i));
    }
    const even = f32x4.add(v128.shuffle<f32>(s0, s1, 0, 4, 2, 6), v128.shuffle<f32>(s0, s1, 1, 5, 3, 7));
    const odd = f32x4.add(v128.shuffle<f32>(s2, s3, 0, 4, 2, 6), v128.shuffle<f32>(s2, s3, 1, 5, 3, 7));
    v128.store(scores + (j << 2), f32x4.add(v128.shuffle<f64>(even, odd, 0, 2), v128.shuffle<f64>(even, odd, 1, 3)));
    key = key3 + ldk;
  }
  for (; j < count; j++) {
    let s = f32x4.splat(0);
    for (let i: usize = 0; i < bytes; i += 16) s = madd(s, v128.load(q + i), v128.load(key + i));
    store<f32>(scores + (j << 2), sum4(s));
    key += ldk;
  }
  const sum = exponentials(scores, count, (count + 3) & ~3, rate);
  const inverse = f32x4.splat(1 / sum);
  let i: usize = 0;
  for (; i + 64 <= bytes; i += 64) {
    let s0 = f32x4.splat(0), s1 = s0, s2 = s0, s3 = s0;
    let value = v + i;
    const end = scores + (count << 2);
    for (let at = scores; at < end; at += 4) {
      const p = v128.load32_splat(at);
      s0 = madd(s0, p, v128.load(value));
      s1 = madd(s1, p, v128.load(value, 16));
      s2 = madd(s2, p, v128.load(value, 32));
      s3 = madd(s3, p, v128.load(value, 48));
      value += ldk;
    }
    v128.store(out + i, f32x4.mul(s0, inverse));
    v128.store(out + i, f32x4.mul(s1, inverse), 16);
    v128.store(out + i, f32x4.mul(s2, inverse), 32);
    v128.store(out + i, f32x4.mul(s3, inverse), 48);
  }
  for (; i < bytes; i += 16) {
    let s = f32x4.splat(0);
    let value = v + i;
    for (j = 0; j < count; j++) {
      s = madd(s, v128.load32_splat(scores + (j << 2)), v128.load(value));
      value += ldk;
    }
    v128.store(out + i, f32x4.mul(s, inverse));
  }
  return sum;
}

/** out = softmax(q k^T / sqrt(d)) v, and, unless `logSum` is 0, the logarithms of its sums. */
export function attention(
  q: usize, qWidth: usize, k: usize, v: usize, kvWidth: usize, tokens: usize, fields: usize, out: usize, logSum: usize,
  rows: usize, heads: usize, kvHeads: usize, d: usize,
): void {
  const bytes = d << 2;
  const step = fields << 2;
  const ldq = qWidth << 2;
  const ldk = kvWidth << 2;
  const ldo = heads * bytes;
  const shrink: f32 = <f32>1 / sqrt(<f32>d);
  const rate: f32 = LOG2E / sqrt(<f32>d);
  const width = <usize>d;
  const wide = (width + 7) & ~7;
  // The direct way is by fours.
  const whole = (width & 3) == 0;
  const total = totalCost(tokens, step, rows, kvHeads);
  let before: u64 = 0;
  let length: usize = 0;
  for (let n: usize = 0; n < <usize>rows; n += length) {
    length = runLength(tokens, step, n, rows);
    const first = <usize>load<i32>(tokens + n * step, FIRST_AT);
    const seen = <usize>load<i32>(tokens + n * step, SEEN_AT);
    const keys = seen + length - 1;
    const padded = (keys + 7) & ~7;
    const packedK = work;
    const packedV = packedK + padded * bytes;
    const scores = packedV + ((keys * wide) << 2);
    const cost = costOf(length, seen);
    const fits = scores + (padded << 4) + 16 <= work + workBytes;
    if (!fits && !whole) unreachable();
    for (let h: usize = 0; h < <usize>heads; h++) {
      const group = (h * <usize>kvHeads) / <usize>heads;
      if (!owns(before + <u64>group * cost, total)) continue;
      const keyRows = k + first * ldk + group * bytes;
      const valueRows = v + first * ldk + group * bytes;
      let query = q + n * ldq + h * bytes;
      let to = out + n * ldo + h * bytes;
      let log = logSum + ((n * heads + h) << 2);
      if (whole && (length < SHORTEST_RUN || !fits)) {
        for (let i: usize = 0; i < length; i++) {
          const sum = attendOne(query, keyRows, valueRows, to, seen + i, ldk, bytes, rate);
          if (logSum) store<f32>(log, logSumOf(sum, shrink));
          query += ldq;
          to += ldo;
          log += heads << 2;
        }
        continue;
      }
      if (h == 0 || group != ((h - 1) * <usize>kvHeads) / <usize>heads) {
        packColumns(keyRows, ldk, d, keys, packedK, 0);
        packRows(valueRows, ldk, keys, d, packedV, 0);
      }
      for (let i: usize = 0; i < length; i += 4) {
        const height = min<usize>(4, length - i);
        const visible = seen + i + height - 1;
        const lds = padded << 2;
        multiplyStrip(query, ldq, height, width, packedK, visible, scores, lds);
        // Exponentials are not divided by their sum; the output, being shorter, is.
        const upTo = (visible + 3) & ~3;
        const scale = scores + 4 * lds;
        for (let r: usize = 0; r < height; r++) {
          const sum = exponentials(scores + r * lds, seen + i + r, upTo, rate);
          store<f32>(scale + (r << 2), 1 / sum);
          if (logSum) store<f32>(log, logSumOf(sum, shrink));
          log += heads << 2;
        }
        for (let c: usize = 0; c < width; c += 8) {
          tileAt(height, width - c, visible, scores, lds, packedV + ((c * keys) << 2), 32, to + (c << 2), ldo, 1, false);
        }
        for (let r: usize = 0; r < height; r++) {
          const inverse = v128.load32_splat(scale + (r << 2));
          let c: usize = 0;
          for (; c + 16 <= bytes; c += 16) v128.store(to + c, f32x4.mul(v128.load(to + c), inverse));
          for (; c < bytes; c += 4) store<f32>(to + c, load<f32>(to + c) * f32x4.extract_lane(inverse, 0));
          to += ldo;
        }
        query += ldq << 2;
      }
    }
    before += <u64>kvHeads * cost;
  }
}

/**
 * Makes of one row of exponentials e (summing to `sum`) and of dOut . v, in place, the probabilities p and
 * the gradients of the scores, p (dOut . v - sum_j p_j dOut . v_j) shrink. Padding stays zero.
 */
function scoreGradients(p: usize, pull: usize, count: usize, padded: usize, sum: f32, shrink: f32): void {
  // What lies in the padding of `pull` may be anything, even NaN.
  for (let j = count; j < padded; j++) store<f32>(pull + (j << 2), 0);
  const inverse = f32x4.splat(1 / sum);
  let means = f32x4.splat(0);
  for (let at: usize = 0; at < padded << 2; at += 16) {
    const x = f32x4.mul(v128.load(p + at), inverse);
    v128.store(p + at, x);
    means = madd(means, x, v128.load(pull + at));
  }
  const mean = f32x4.splat(sum4(means));
  const factor = f32x4.splat(shrink);
  for (let at: usize = 0; at < padded << 2; at += 16) {
    const x = f32x4.mul(v128.load(p + at), factor);
    v128.store(pull + at, f32x4.mul(x, f32x4.sub(v128.load(pull + at), mean)));
  }
}

/** Zeros in `rows` rows of `bytes` bytes each, `ld` bytes apart. */
@inline
function clear(at: usize, rows: usize, bytes: usize, ld: usize): void {
  for (const stop = at + rows * ld; at < stop; at += ld) memory.fill(at, 0, bytes);
}

/** Gradients of attention over a batch whose slots are its tokens. */
export function attentionGrad(
  qkv: usize, tokens: usize, fields: usize, dOut: usize, dQkv: usize, rows: usize, heads: usize, kvHeads: usize, d: usize,
): void {
  const bytes = d << 2;
  const step = fields << 2;
  // Queries, keys and values lie side by side, and so do their gradients.
  const ld = (heads + 2 * kvHeads) * bytes;
  const ldo = heads * bytes;
  const k = qkv + heads * bytes, v = k + kvHeads * bytes;
  const dk = dQkv + heads * bytes, dv = dk + kvHeads * bytes;
  const shrink: f32 = <f32>1 / sqrt(<f32>d);
  const width = <usize>d;
  const wide = (width + 7) & ~7;
  const total = totalCost(tokens, step, rows, kvHeads);
  // Of the sequence at hand: where its work begins, and that of one head of the run it begins with.
  let before: u64 = 0, cost: u64 = 0, sequence = usize.MAX_VALUE;
  let counted: u64 = 0;
  let length: usize = 0;
  for (let n: usize = 0; n < <usize>rows; n += length) {
    length = runLength(tokens, step, n, rows);
    const first = <usize>load<i32>(tokens + n * step, FIRST_AT);
    const seen = <usize>load<i32>(tokens + n * step, SEEN_AT);
    const keys = seen + length - 1;
    const padded = (keys + 7) & ~7;
    const lds = padded << 2;
    if (first != sequence) {
      sequence = first;
      before = counted;
      cost = costOf(length, seen);
    }
    counted += <u64>kvHeads * costOf(length, seen);
    const columnsK = work;
    const columnsV = columnsK + padded * bytes;
    const rowsK = columnsV + padded * bytes;
    const rowsQ = rowsK + ((keys * wide) << 2);
    const rowsO = rowsQ + BLOCK * (wide << 2);
    const p = rowsO + BLOCK * (wide << 2);
    // As many queries at once as the scratch area holds; a sequence too long for even four is refused.
    const stop = work + workBytes;
    const room = p < stop ? (stop - p) / (2 * lds) : <usize>0;
    if (room < 4) unreachable();
    const block = min<usize>(BLOCK, room & ~3);
    const pull = p + block * lds;
    for (let h: usize = 0; h < <usize>heads; h++) {
      const group = (h * <usize>kvHeads) / <usize>heads;
      // All queries of a sequence add to the gradients of its keys, and must be of the same part.
      if (!owns(before + <u64>group * cost, total)) continue;
      const shift = first * ld + group * bytes;
      if (h == 0 || group != ((h - 1) * <usize>kvHeads) / <usize>heads) {
        clear(dk + n * ld + group * bytes, length, bytes, ld);
        clear(dv + n * ld + group * bytes, length, bytes, ld);
        packColumns(k + shift, ld, d, keys, columnsK, 0);
        packColumns(v + shift, ld, d, keys, columnsV, 0);
        packRows(k + shift, ld, keys, d, rowsK, 0);
      }
      for (let start: usize = 0; start < length; start += block) {
        const queries = min<usize>(block, length - start);
        const at = (n + start) * ld + h * bytes;
        const above = dOut + (n + start) * ldo + h * bytes;
        const visible = seen + start + queries - 1;
        const upTo = (visible + 7) & ~7;
        for (let i: usize = 0; i < queries; i += 4) {
          const height = min<usize>(4, queries - i);
          const sees = seen + start + i + height - 1;
          const from = at + i * ld;
          multiplyStrip(qkv + from, ld, height, width, columnsK, sees, p + i * lds, lds);
          multiplyStrip(above + i * ldo, ldo, height, width, columnsV, sees, pull + i * lds, lds);
          for (let r: usize = 0; r < height; r++) {
            const row = (i + r) * lds;
            const count = seen + start + i + r;
            const sum = exponentials(p + row, count, upTo, shrink * LOG2E);
            scoreGradients(p + row, pull + row, count, upTo, sum, shrink);
          }
          for (let c: usize = 0; c < width; c += 8) {
            tileAt(height, width - c, sees, pull + i * lds, lds, rowsK + ((c * keys) << 2), 32, dQkv + from + (c << 2), ld, 1, false);
          }
        }
        packRows(qkv + at, ld, queries, d, rowsQ, 0);
        packRows(above, ldo, queries, d, rowsO, 0);
        for (let j: usize = 0; j < visible; j += 4) {
          // Key j is seen by none of the block's queries before this one.
          const skip = j < seen + start ? <usize>0 : j + 1 - seen - start;
          const inner = queries - skip;
          const height = min<usize>(4, visible - j);
          const from = skip * lds + (j << 2);
          const to = shift + j * ld;
          for (let c: usize = 0; c < width; c += 8) {
            const panel = ((c * queries) << 2) + (skip << 5);
            tileTAt(height, width - c, inner, pull + from, lds, rowsQ + panel, 32, dk + to + (c << 2), ld, 1, true);
            tileTAt(height, width - c, inner, p + from, lds, rowsO + panel, 32, dv + to + (c << 2), ld, 1, true);
          }
        }
      }
    }
  }
}
