/**
 * The inner loop that all matrix products share: a thread makes a tile of the result in registers,
 *
 *   tile[r][c] += sum_k A[row + r, k] B[k, column + c],
 *
 * reading four numbers at a time. Loads are what such a loop costs, on small GPUs and on software adapters
 * alike: a tile of R x C takes R + C of them for R C multiplications, so large tiles pay wherever there are
 * enough of them to keep the device busy. How large, the device says (profile.ts). No workgroup memory and no
 * barriers: matrices this small live in the caches.
 */
import { unrolled } from '../webgpu-program';
import { TILES, type DeviceProfile, type Tile } from './profile';

export type { Tile };

/** Guarded loads and stores branch, and compilers take minutes over hundreds of branches. */
const LARGEST_GUARDED = 16;

export interface TileLimits {
  /** Into how many parts the sums are cut. */
  readonly parts?: number;
  readonly leastRows?: number;
  /** Whether rows are not a multiple of four numbers wide, so that loads or stores must be guarded. */
  readonly guarded?: boolean;
}

/** The largest tile, up to what suits the device, of which a result of this size has enough. */
export function tileFor(
  profile: DeviceProfile,
  rows: number,
  columns: number,
  { parts = 1, leastRows = 1, guarded = false }: TileLimits = {},
): Tile {
  const largest = guarded ? LARGEST_GUARDED : profile.largestTile;
  const allowed = TILES.filter((tile) => tile.rows * tile.columns <= largest && tile.rows >= leastRows);
  const count = (tile: Tile) => Math.ceil(rows / tile.rows) * Math.ceil(columns / tile.columns) * parts;
  return allowed.find((tile) => count(tile) >= profile.enoughThreads) ?? allowed.at(-1)!;
}

export const tilesIn = (tile: Tile, rows: number, columns: number): number =>
  Math.ceil(rows / tile.rows) * Math.ceil(columns / tile.columns);

/**
 * Where this thread's tile lies: `row`, `column` and, with split sums, `part`. Neighbouring threads take neighbouring
 * columns: they read B side by side and share A.
 */
export const tilePlace = (tile: Tile, rows: string, columns: string): string => `
  let across = (${columns} + ${tile.columns - 1}) / ${tile.columns};
  let down = (${rows} + ${tile.rows - 1}) / ${tile.rows};
  let column = index % across * ${tile.columns};
  let row = index / across % down * ${tile.rows};
  let part = index / across / down;`;

/** Groups of four columns. */
const quads = (tile: Tile) => tile.columns / 4;

/** Declares the sums. */
export const tileVariables = (tile: Tile): string =>
  unrolled(tile.rows, (r) => unrolled(quads(tile), (q) => `var t${r}_${q} = vec4<f32>(0.0);`));

/** `code` for every group of four columns of every row of the tile; the sums are `t{r}_{q}`. */
export const overTile = (tile: Tile, code: (r: number, q: number, sum: string) => string): string =>
  unrolled(tile.rows, (r) => unrolled(quads(tile), (q) => code(r, q, `t${r}_${q}`)));

export interface Operands {
  /** Expression: A[row + r, k .. k + 3]. */
  readonly a: (r: number) => string;
  /** Along K: expression for B[k .. k + 3, column + c]. Across: for B[k + j, column + 4 q .. column + 4 q + 3]. */
  readonly b:
    { readonly along: (c: number) => string } | { readonly across: (j: number, q: number) => string };
}

/** One step of four along K. */
export function productStep(tile: Tile, { a, b }: Operands): string {
  const rows = unrolled(tile.rows, (r) => `let a${r} = ${a(r)};`);
  if ('along' in b) {
    return `
      ${rows}
      ${unrolled(tile.columns, (c) => `let b${c} = ${b.along(c)};`)}
      ${overTile(tile, (r, q, sum) => {
        const dots = [0, 1, 2, 3].map((i) => `dot(a${r}, b${4 * q + i})`);
        return `${sum} += vec4<f32>(${dots.join(', ')});`;
      })}`;
  }
  return `
    ${rows}
    ${unrolled(quads(tile), (q) => unrolled(4, (j) => `let b${j}_${q} = ${b.across(j, q)};`))}
    ${overTile(tile, (r, q, sum) => `${sum} += a${r}.x * b0_${q} + a${r}.y * b1_${q} + a${r}.z * b2_${q} + a${r}.w * b3_${q};`)}`;
}

/** One step of one along K, where four neighbours of A lie across it: `a(i)` is A[k, row + 4 i ..], `b(q)` B[k, column + 4 q ..]. */
export function outerStep(tile: Tile, a: (i: number) => string, b: (q: number) => string): string {
  return `
    ${unrolled(Math.ceil(tile.rows / 4), (i) => `let a${i} = ${a(i)};`)}
    ${unrolled(quads(tile), (q) => `let b${q} = ${b(q)};`)}
    ${overTile(tile, (r, q, sum) => `${sum} += a${Math.floor(r / 4)}[${r % 4}] * b${q};`)}`;
}
