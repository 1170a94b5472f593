/**
 * Finding out what suits the device, by trying: each candidate computes the same small product, is held against the
 * processor's result, and is timed. A candidate that is wrong here (drivers have bugs) is never used.
 */
import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import { Random } from '../../random';
import { matMulReference } from '../matmul/reference';
import { matMulWebgpu } from '../matmul/webgpu';
import { SAMPLE_FIELDS, SAMPLES } from '../sample';
import { sampleWebgpu } from '../sample/webgpu';
import { encoderOf } from './encoder';
import { tilesIn } from './product';
import { CAUTIOUS, onlyTile, setProfile, TILES, tilesOf, type DeviceProfile, type Tile } from './profile';

/** Rows, inner size and columns of the trial products: one as in training, one as in decoding. */
const LARGE = [512, 64, 128] as const;
const SMALL = [64, 64, 192] as const;
/** Products timed together: a single one would be shorter than the way to the device and back. */
const REPEATS = 4;
const ROUNDS = 3;
/** Four workgroups. */
const ENOUGH_FOR_CORES = 256;
/** Relative to numbers of order one. */
const TOLERANCE = 1e-4;

/** No candidate gave the right numbers. */
export class DeviceSelfTestError extends Error {
  constructor() {
    super(
      'the device computes wrong numbers: every form of a small trial differs from what the processor has',
    );
    this.name = 'DeviceSelfTestError';
  }
}

interface Trial {
  readonly tile: Tile;
  readonly milliseconds: number;
}

/** What is known of a device without trying. */
export interface DeviceFacts {
  readonly software: boolean;
  /** Threads of the smallest subgroup; 0 or 1 without subgroups. */
  readonly subgroupWidth: number;
}

/** Chooses the profile of a device. Throws a `DeviceSelfTestError` where nothing works. */
export async function calibrate(
  backend: WebGPUBackend,
  { software, subgroupWidth }: DeviceFacts,
): Promise<DeviceProfile> {
  const large = fastest(
    await trials(
      backend,
      LARGE,
      TILES.filter(({ rows }) => rows > 1),
    ),
  );
  const small = fastest(await trials(backend, SMALL, tilesOf({ ...CAUTIOUS, ...onlyTile(large.tile) })));
  const [rows, , columns] = SMALL;
  const lanesPerRow = await fasterRows(backend, subgroupWidth > 1 ? [1, subgroupWidth] : [1]);
  const profile: DeviceProfile = {
    largestTile: onlyTile(large.tile).largestTile,
    // A software adapter has a few processor cores, and trials so short tell little there.
    enoughThreads: software ? ENOUGH_FOR_CORES : tilesIn(small.tile, rows, columns),
    // A software adapter has its registers in memory anyway; on a GPU more of them means fewer threads at once.
    queriesPerThread: software ? 4 : 1,
    lanesPerRow,
  };
  setProfile(backend, profile);
  return profile;
}

/** By how many lanes a row is read fastest: trial sampling of the largest of many logits. */
async function fasterRows(backend: WebGPUBackend, candidates: readonly number[]): Promise<number> {
  const [rows, width] = [64, 512];
  const random = new Random(2);
  const values = Float32Array.from({ length: rows * width }, () => 8 * random.next());
  const logits = backend.makeTensorInfo([rows, width], 'float32', values);
  const fields = SAMPLES + SAMPLE_FIELDS * REPEATS * (ROUNDS + 1);
  const greedy = { temperature: 0, seed: 0, endToken: -1, padToken: -2 };
  const tried: { lanes: number; milliseconds: number }[] = [];
  for (const lanes of candidates) {
    setProfile(backend, { ...CAUTIOUS, lanesPerRow: lanes });
    const state = backend.makeTensorInfo([rows, fields], 'int32', new Int32Array(rows * fields));
    let milliseconds = Infinity;
    for (let round = 0; round <= ROUNDS; round++) {
      const start = performance.now();
      for (let i = 0; i < REPEATS; i++) sampleWebgpu(backend, [logits, state], [], greedy);
      await finished(backend);
      // The first round compiles.
      if (round > 0) milliseconds = Math.min(milliseconds, performance.now() - start);
    }
    const drawn = (await backend.read(state.dataId)) as Int32Array;
    backend.disposeData(state.dataId);
    const right = Array.from({ length: rows }, (_, r) => {
      const row = values.subarray(r * width, (r + 1) * width);
      return drawn[r * fields + SAMPLES] === row.indexOf(Math.max(...row));
    });
    if (right.every(Boolean)) tried.push({ lanes, milliseconds });
  }
  backend.disposeData(logits.dataId);
  return fastest(tried).lanes;
}

async function finished(backend: WebGPUBackend): Promise<void> {
  encoderOf(backend).submit();
  await backend.queue.onSubmittedWorkDone();
}

function fastest<T extends { milliseconds: number }>(tried: readonly T[]): T {
  const [first, ...others] = tried;
  if (!first) throw new DeviceSelfTestError();
  return others.reduce((best, trial) => (trial.milliseconds < best.milliseconds ? trial : best), first);
}

/** Times every tile that gives the right numbers. */
async function trials(
  backend: WebGPUBackend,
  [rows, inner, columns]: readonly [number, number, number],
  tiles: readonly Tile[],
): Promise<Trial[]> {
  const random = new Random(1);
  const values = (count: number) => Float32Array.from({ length: count }, () => random.next() - 0.5);
  const [a, b] = [values(rows * inner), values(columns * inner)];
  const form = { transposeA: false, transposeB: true, alpha: 1 };
  const expected = new Float32Array(rows * columns);
  matMulReference([a, b], [expected], { rows, inner, columns }, form);
  const inputs = [
    backend.makeTensorInfo([rows, inner], 'float32', a),
    backend.makeTensorInfo([columns, inner], 'float32', b),
  ];
  const product = () =>
    matMulWebgpu(backend, inputs, [{ shape: [rows, columns], dtype: 'float32' }], form)[0]!;

  const right: Tile[] = [];
  for (const tile of tiles) {
    setProfile(backend, { ...CAUTIOUS, ...onlyTile(tile) });
    const out = product();
    const made = (await backend.read(out.dataId)) as Float32Array;
    backend.disposeData(out.dataId);
    if (made.every((value, i) => Math.abs(value - expected[i]!) < TOLERANCE)) right.push(tile);
  }
  const best = right.map(() => Infinity);
  for (let round = 0; round < ROUNDS; round++) {
    for (const [i, tile] of right.entries()) {
      setProfile(backend, { ...CAUTIOUS, ...onlyTile(tile) });
      await finished(backend);
      const start = performance.now();
      for (let j = 0; j < REPEATS; j++) backend.disposeData(product().dataId);
      await finished(backend);
      best[i] = Math.min(best[i]!, performance.now() - start);
    }
  }
  for (const { dataId } of inputs) backend.disposeData(dataId);
  return right.map((tile, i) => ({ tile, milliseconds: best[i]! }));
}
