/**
 * What was learnt, as a file: the adapter's matrices in safetensors under the names that PEFT gives them, with the
 * settings of the run and the checkpoint it belongs to in the file's metadata.
 */
import * as v from 'valibot';
import type { Checkpoint } from '../policy/checkpoint';
import type { PolicyConfig } from '../policy/config';
import { CheckpointError } from '../policy/errors';
import { adapterParts } from '../policy/lora';
import {
  readSafetensors,
  writeSafetensors,
  type StoredTensor,
  type TensorTable,
} from '../policy/safetensors';
import type { Settings } from './settings';
import { parseSettings } from './validate';

const KIND = 'turnwise-adapter';

/** An adapter and where it comes from. */
export interface AdapterFile {
  /** Those of the run, rank and alpha of the adapter among them. */
  readonly settings: Settings;
  /** GRPO steps that made it. */
  readonly step: number;
  /** `weightsHash` of the checkpoint that it sits on. */
  readonly checkpointHash: string;
  readonly tensors: TensorTable;
}

const metadataSchema = v.object({
  kind: v.literal(KIND),
  step: v.pipe(v.string(), v.regex(/^\d{1,15}$/), v.transform(Number)),
  checkpoint_sha256: v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/)),
  settings: v.pipe(v.string(), v.parseJson()),
});

const partName = (name: string): string => `base_model.model.model.${name}.weight`;

/** SHA-256 over the weights of a checkpoint, in hex. */
export async function weightsHash({ tensors }: Pick<Checkpoint, 'tensors'>): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', new Uint8Array(writeSafetensors(tensors)));
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** `values` are the flat adapter, as `adapterParts` lays it out. */
export function writeAdapter(
  config: PolicyConfig,
  values: Float32Array,
  { settings, step, checkpointHash }: Omit<AdapterFile, 'tensors'>,
): Uint8Array {
  const tensors = adapterParts(config, { rank: settings.loraRank }).map(
    ({ name, shape, offset }): [string, StoredTensor] => [
      partName(name),
      { dtype: 'F32', shape, data: values.slice(offset, offset + shape[0] * shape[1]) },
    ],
  );
  return writeSafetensors(new Map(tensors), {
    kind: KIND,
    checkpoint_sha256: checkpointHash,
    step: String(step),
    settings: JSON.stringify(settings),
  });
}

/** Reads a file that `writeAdapter` wrote; `name` is for messages. Throws a `CheckpointError`. */
export function readAdapter(buffer: ArrayBuffer, name: string): AdapterFile {
  const { tensors, metadata } = readSafetensors(buffer, name);
  if (metadata.kind !== KIND) {
    throw new CheckpointError(
      'checkpoint-unfit',
      `${name} is a safetensors file, but no adapter of ours. Make one by "turnwise train --save FILE".`,
    );
  }
  const known = v.safeParse(metadataSchema, metadata);
  if (!known.success) {
    const wrong = known.issues.map((issue) => v.getDotPath(issue) ?? issue.message).join(', ');
    throw new CheckpointError('checkpoint-broken', `${name} is broken: its metadata is wrong in ${wrong}.`);
  }
  const { settings, step, checkpoint_sha256: checkpointHash } = known.output;
  const parsed = parseSettings(settings);
  if (!parsed.ok) {
    throw new CheckpointError(
      'checkpoint-unfit',
      `${name} was saved with settings that this version cannot use: ${parsed.problems.join('; ')}.`,
    );
  }
  return { settings: parsed.settings, step, checkpointHash, tensors };
}

/**
 * The flat adapter for a policy, in the order of `adapterParts`. Throws a `CheckpointError` where it was made for
 * another policy.
 */
export function adapterValues(
  { tensors, settings, checkpointHash }: AdapterFile,
  policy: {
    readonly config: PolicyConfig;
    readonly hash: string;
    readonly rank: number;
    readonly alpha: number;
  },
): Float32Array {
  const unfit = (why: string) => new CheckpointError('checkpoint-unfit', `The adapter does not fit: ${why}.`);
  if (settings.loraRank !== policy.rank || settings.loraAlpha !== policy.alpha) {
    throw unfit(
      `it has rank ${settings.loraRank} and alpha ${settings.loraAlpha}, the run ${policy.rank} and ${policy.alpha}; set loraRank and loraAlpha to its own`,
    );
  }
  if (checkpointHash !== policy.hash) {
    throw unfit(
      `it was trained on other weights than those of this checkpoint (its own was called "${settings.checkpoint}"); take that checkpoint as it was then, or train again`,
    );
  }
  const parts = adapterParts(policy.config, policy);
  const values = new Float32Array(parts.reduce((sum, { shape }) => sum + shape[0] * shape[1], 0));
  for (const { name, shape, offset } of parts) {
    const tensor = tensors.get(partName(name));
    if (tensor?.dtype !== 'F32' || tensor.shape.join() !== shape.join())
      throw unfit(`it has no matrix ${partName(name)} of ${shape.join(' by ')} numbers`);
    if (!tensor.data.every(Number.isFinite))
      throw unfit(`${partName(name)} holds something that is no number`);
    values.set(tensor.data, offset);
  }
  if (tensors.size > parts.length) throw unfit(`it has ${tensors.size} matrices, the policy ${parts.length}`);
  return values;
}
