/** A policy that knows the words of every gym and nothing else. */
import { RECIPE } from '../../src/headless/checkpoints/recipe';
import { allTexts, tokenizerConfigFile, tokenizerFile } from '../../src/headless/checkpoints/vocabulary';
import type { CheckpointFile, ReadFile } from '../../src/policy/checkpoint';
import type { PolicyConfig } from '../../src/policy/config';
import { initialWeights, quantisedTensors } from '../../src/policy/float-weights';
import { writeSafetensors } from '../../src/policy/safetensors';

/** The checkpoint that the recipe begins with: all words, one narrow layer, nothing learnt. */
export function newborn(seed = 1): ReadFile {
  const { json, size } = tokenizerFile(allTexts());
  const config: PolicyConfig = {
    ...RECIPE.config,
    hidden_size: 16,
    intermediate_size: 32,
    num_hidden_layers: 1,
    vocab_size: size,
  };
  const weights = quantisedTensors(config, initialWeights(config, seed));
  const text = (content: string) => new TextEncoder().encode(content);
  const files: Record<CheckpointFile, Uint8Array> = {
    'config.json': text(JSON.stringify(config)),
    'tokenizer.json': text(json),
    'tokenizer_config.json': text(tokenizerConfigFile(config.max_position_embeddings)),
    'model.safetensors': new Uint8Array(writeSafetensors(weights)),
  };
  return async (file) => new Uint8Array(files[file]).buffer;
}
