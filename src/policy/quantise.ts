/**
 * int8 with one scale per output channel (row): w[o, i] ~ scale[o] * q[o, i], q in [-127, 127],
 * scale[o] = max_i |w[o, i]| / 127. Symmetric, so that zero stays zero and no offset has to be carried.
 */
export interface Quantised {
  readonly data: Int8Array;
  readonly scale: Float32Array;
}

export function quantiseRows(weights: Float32Array, rows: number, width: number): Quantised {
  const data = new Int8Array(rows * width);
  const scale = new Float32Array(rows);
  for (let o = 0; o < rows; o++) {
    let top = 0;
    for (let i = 0; i < width; i++) top = Math.max(top, Math.abs(weights[o * width + i]!));
    scale[o] = top / 127;
    if (top === 0) continue;
    for (let i = 0; i < width; i++) data[o * width + i] = Math.round(weights[o * width + i]! / scale[o]!);
  }
  return { data, scale };
}

export function dequantiseRows({ data, scale }: Quantised, width: number): Float32Array {
  return Float32Array.from(data, (value, at) => value * scale[Math.floor(at / width)]!);
}
