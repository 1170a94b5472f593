/** What suits the device at hand: chosen by measurement when it is opened (self-test.ts), with safe values before. */
import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';

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
