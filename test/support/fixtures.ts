/** Reading what the Python scripts of test/fixtures left behind. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readFrom } from '../../src/headless/host';
import { readCheckpoint, type Checkpoint } from '../../src/policy/checkpoint';
import { ROOT } from './device';

export const TINY = join(ROOT, 'test/fixtures/tiny');
export const NANO = join(ROOT, 'models/nano');

/** Float32 numbers packed as base64. */
export const unpack = (text: string): Float32Array =>
  new Float32Array(new Uint8Array(Buffer.from(text, 'base64')).buffer);

/** The same hash as `checkpoint_hash` of reference_model.py. */
function checkpointHash(folder: string): string {
  const hash = createHash('sha256');
  for (const name of ['config.json', 'tokenizer.json', 'model.safetensors'])
    hash.update(readFileSync(join(folder, name)));
  return hash.digest('hex');
}

/** A fixture, if it was made from the checkpoint that is there now. */
export function readFixture<T extends { readonly checkpoint: string }>(name: string, checkpoint: string): T {
  const fixture = JSON.parse(readFileSync(join(ROOT, `test/fixtures/${name}.json`), 'utf8')) as T;
  if (fixture.checkpoint !== checkpointHash(checkpoint)) {
    throw new Error(
      `test/fixtures/${name}.json is stale: it was made from another checkpoint than the one now in ${checkpoint}. ` +
        `Make it again: python3 test/fixtures/${name}.py (the script says what it needs).`,
    );
  }
  return fixture;
}

export const readTiny = (): Promise<Checkpoint> => readCheckpoint('tiny', readFrom(TINY));
export const readNano = (): Promise<Checkpoint> => readCheckpoint('nano', readFrom(NANO));
