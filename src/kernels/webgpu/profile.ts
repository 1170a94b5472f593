/** What suits the device at hand: chosen by measurement when it is opened (self-test.ts), with safe values before. */
import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';

/** What of a matrix product one thread makes. */
export interface Tile {
  readonly rows: number;
  /** A multiple of 4. */
  readonly columns: number;
}

/** From large to small. */
export const TILES: readonly Tile[] = [
  { rows: 16, columns: 8 },
  { rows: 8, columns: 8 },
  { rows: 8, columns: 4 },
  { rows: 4, columns: 4 },
  { rows: 1, columns: 4 },
];

const area = ({ rows, columns }: Tile) => rows * columns;

export interface DeviceProfile {
  /** Most numbers of a result that one thread makes. */
  readonly largestTile: number;
  /** So many threads keep the device busy. */
  readonly enoughThreads: number;
  /** Neighbouring tokens whose attention one thread works out. More share their loads, and take registers for it. */
  readonly queriesPerThread: number;
  /** Threads that work on one row together where rows are long (see `Program.rows`); 1 where each works alone. */
  readonly lanesPerRow: number;
}

/** For a device nobody has measured. */
export const CAUTIOUS: DeviceProfile = {
  largestTile: 32,
  enoughThreads: 2048,
  queriesPerThread: 1,
  lanesPerRow: 1,
};

const profiles = new WeakMap<WebGPUBackend, DeviceProfile>();

export const profileOf = (backend: WebGPUBackend): DeviceProfile => profiles.get(backend) ?? CAUTIOUS;

export function setProfile(backend: WebGPUBackend, profile: DeviceProfile): void {
  profiles.set(backend, profile);
}

export const isCalibrated = (backend: WebGPUBackend): boolean => profiles.has(backend);

/** The tiles that suit a device. */
export const tilesOf = ({ largestTile }: DeviceProfile): readonly Tile[] =>
  TILES.filter((tile) => area(tile) <= largestTile);

/** What in a profile has every product take this tile, as far as its kind allows. */
export const onlyTile = (tile: Tile): Pick<DeviceProfile, 'largestTile' | 'enoughThreads'> => ({
  largestTile: area(tile),
  enoughThreads: 1,
});
