/**
 * A checkpoint in Hugging Face layout: config.json, tokenizer.json, tokenizer_config.json and
 * model.safetensors. Linear and embedding weights are int8 [out, in] beside a float `weight_scale` [out];
 * norms are float.
 */
import { parseConfig, type PolicyConfig } from './config';
import { CheckpointError } from './errors';
import { parseSafetensors, type TensorTable } from './safetensors';
import { parseTokenizer, type PolicyTokenizer } from './tokenizer';

export const CHECKPOINT_FILES = [
  'config.json',
  'tokenizer.json',
  'tokenizer_config.json',
  'model.safetensors',
] as const;
export type CheckpointFile = (typeof CHECKPOINT_FILES)[number];

export interface Checkpoint {
  readonly name: string;
  readonly config: PolicyConfig;
  readonly tokenizer: PolicyTokenizer;
  readonly tensors: TensorTable;
  /** Size of the weights on disk and on the device, in bytes. */
  readonly bytes: number;
}

/** Brings one file of a checkpoint; throws a `CheckpointError` with `checkpoint-missing` if it is not there. */
export type ReadFile = (file: CheckpointFile) => Promise<ArrayBuffer>;

/** Reads and checks a whole checkpoint. Throws a `CheckpointError`. */
export async function readCheckpoint(name: string, read: ReadFile): Promise<Checkpoint> {
  const [config, tokenizer, tokenizerConfig, weights] = await Promise.all(CHECKPOINT_FILES.map(read));
  const text = (buffer: ArrayBuffer) => new TextDecoder().decode(buffer);
  const parsed = parseConfig(text(config!));
  const words = parseTokenizer(text(tokenizer!), text(tokenizerConfig!));
  if (words.size > parsed.vocab_size) {
    throw new CheckpointError(
      'checkpoint-broken',
      `The tokenizer knows ${words.size} tokens, the model only ${parsed.vocab_size}.`,
    );
  }
  return {
    name,
    config: parsed,
    tokenizer: words,
    tensors: parseSafetensors(weights!),
    bytes: weights!.byteLength,
  };
}

/** Reads checkpoint files below an address, as the page does. */
export function fetchFrom(base: string): ReadFile {
  return async (file) => {
    const address = `${base}/${file}`;
    let response: Response;
    try {
      response = await fetch(address);
    } catch {
      throw new CheckpointError(
        'checkpoint-missing',
        `${address} could not be fetched. Check the connection and try again.`,
      );
    }
    // A static server that answers every path with the page itself would otherwise pass for a checkpoint.
    if (!response.ok || (response.headers.get('content-type') ?? '').startsWith('text/html')) {
      throw new CheckpointError('checkpoint-missing', `${address} is not there (HTTP ${response.status}).`);
    }
    return response.arrayBuffer();
  };
}
