/**
 * Makes models/nano-base and models/nano from nothing: tokenizer, pre-training, cold start, quantisation,
 * measurement, model cards. Seeded and resumable; progress lies in build/checkpoints.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { intentionVocabulary } from '../gyms/intention/vocabulary';
import { openDevice } from '../kernels/device';
import { parseConfig, type PolicyConfig } from '../policy/config';
import { Dialogue, FAREWELL } from '../policy/dialogue';
import { initialWeights, quantisedTensors } from '../policy/float-weights';
import { writeSafetensors } from '../policy/safetensors';
import { parseTokenizer } from '../policy/tokenizer';
import { splitSeed } from '../random';
import { DEFAULT_SETTINGS } from '../runs/settings';
import { Session } from '../training/session';
import { modelCard } from './checkpoints/card';
import { RECIPE, type StageRecipe } from './checkpoints/recipe';
import { runStage, type StageResult } from './checkpoints/stage';
import { tokenizerConfigFile, tokenizerFile } from './checkpoints/vocabulary';
import { nodeHost, readFrom } from './host';

/** Makes both checkpoints below `root`/models. */
export async function makeCheckpoints(root: string): Promise<void> {
  const device = await openDevice(nodeHost(root), 'wasm');
  process.stderr.write(`checkpoints: computing on ${device.device}\n`);
  const tokenizer = tokenizerFile([...intentionVocabulary(), FAREWELL, 'reward 0 1 2 3 4 5 6 7 8 9 . -']);
  const config: PolicyConfig = parseConfig(JSON.stringify({ ...RECIPE.config, vocab_size: tokenizer.size }));
  const tokenizerConfig = tokenizerConfigFile(config.max_position_embeddings);
  const dialogue = new Dialogue(parseTokenizer(tokenizer.json, tokenizerConfig));
  let weights = initialWeights(config, splitSeed(RECIPE.seed, 'weights'));
  for (const stage of [RECIPE.base, RECIPE.coldStart]) {
    const progress = join(root, 'build', 'checkpoints', `${stage.checkpoint}.safetensors`);
    const result = await runStage(stage, config, dialogue, weights, progress);
    weights = result.weights;
    const folder = join(root, 'models', stage.checkpoint);
    await mkdir(folder, { recursive: true });
    await writeFile(
      join(folder, 'config.json'),
      `${JSON.stringify({ architectures: ['Qwen3ForCausalLM'], ...config, hidden_act: 'silu', attention_bias: false }, null, 2)}\n`,
    );
    await writeFile(join(folder, 'tokenizer.json'), `${tokenizer.json}\n`);
    await writeFile(join(folder, 'tokenizer_config.json'), `${tokenizerConfig}\n`);
    await writeFile(join(folder, 'model.safetensors'), writeSafetensors(quantisedTensors(config, weights)));
    await writeFile(join(folder, 'README.md'), await measuredCard(root, stage, result));
  }
}

async function measuredCard(root: string, stage: StageRecipe, result: StageResult): Promise<string> {
  const settings = {
    ...DEFAULT_SETTINGS,
    checkpoint: stage.checkpoint,
    evaluationEpisodes: 192,
    maxTurns: RECIPE.maxTurns,
  };
  const session = await Session.open(settings, (name) => readFrom(join(root, 'models', name)));
  const evaluations = [await session.evaluate('sampled'), await session.evaluate('greedy')];
  const { parameters, vocabulary } = session.policyReport;
  const card = modelCard({
    stage,
    result,
    parameters,
    vocabulary,
    baselines: await session.baselines(),
    evaluations,
  });
  session.dispose();
  return card;
}
