import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import type { OutputSpec } from '../define';
import { SPAN_FIELDS } from '../layout';
import { constantTable, runProgram } from '../webgpu-program';
import type { RotaryAttrs } from './index';

/**
 * Turns per position of each pair, base^(-2i/d) / 2 pi, as a sum of two floats: the first has so few bits that
 * its product with any position below 8192 is exact.
 */
function turnTable(d: number, base: number): { shape: number[]; values: Float32Array } {
  const half = d / 2;
  const values = new Float32Array(2 * half);
  for (let i = 0; i < half; i++) {
    const turns = base ** ((-2 * i) / d) / (2 * Math.PI);
    const grain = 2 ** (Math.floor(Math.log2(turns)) - 10);
    const coarse = Math.round(turns / grain) * grain;
    values[2 * i] = coarse;
    values[2 * i + 1] = turns - coarse;
  }
  return { shape: [half, 2], values };
}

/**
 * (cos, sin) of the angle position * turns. WGSL lets `pow`, `sin` and `cos` be as wrong as one part in two
 * thousand, differently on each device, and an angle is wrong by its position times that. So whole turns go
 * away while the product is exact, then whole quarters, and what is left, within 45 degrees, is a short series.
 */
const TURN = `
  fn turned(position : i32, pair : i32) -> vec2<f32> {
    let coarse = f32(position) * turns[2 * pair];
    var turn = coarse - round(coarse) + f32(position) * turns[2 * pair + 1];
    turn -= round(turn);
    let quarter = round(turn * 4.0);
    let x = (turn - quarter * 0.25) * 6.283185307179586;
    let xx = x * x;
    let sine = x * (1.0 + xx * (-1.0 / 6.0 + xx * (1.0 / 120.0 + xx * (-1.0 / 5040.0 + xx / 362880.0))));
    let cosine = 1.0 + xx * (-0.5 + xx * (1.0 / 24.0 + xx * (-1.0 / 720.0 + xx / 40320.0)));
    switch (i32(quarter) & 3) {
      case 1: { return vec2<f32>(-sine, cosine); }
      case 2: { return vec2<f32>(-cosine, -sine); }
      case 3: { return vec2<f32>(sine, -cosine); }
      default: { return vec2<f32>(cosine, sine); }
    }
  }`;

/** A thread turns one pair in every head of a token, for the angle is the same in all of them. */
export function rotaryWebgpu(
  backend: WebGPUBackend,
  inputs: readonly (TensorInfo | undefined)[],
  [y]: readonly OutputSpec[],
  { heads, base, offset, inverse }: RotaryAttrs,
): TensorInfo[] {
  const [x, spans] = inputs as [TensorInfo, TensorInfo];
  const [rows, width] = x.shape as [number, number];
  const d = width / heads;
  const turns = constantTable(backend, `rotary ${d} ${base}`, () => turnTable(d, base));
  const [out] = runProgram(backend, {
    name: 'rotary',
    inputs: { x, spans, turns },
    outputs: { result: y! },
    threads: (rows * d) / 2,
    floats: { direction: inverse ? -1 : 1 },
    ints: { heads, offset },
    functions: () => TURN,
    main: () => `
      let half = uniforms.turnsShape.x;
      let n = index / half;
      let pair = index % half;
      let cs = turned(spans[n * ${SPAN_FIELDS} + 1] - 1 + uniforms.offset, pair) * vec2<f32>(1.0, uniforms.direction);
      for (var head = 0; head < uniforms.heads; head++) {
        let low = n * uniforms.xShape.y + head * 2 * half + pair;
        let high = low + half;
        let a = x[low];
        let b = x[high];
        result[low] = a * cs.x - b * cs.y;
        result[high] = b * cs.x + a * cs.y;
      }`,
  });
  return [out];
}
