/**
 * Makes models/nano-base and models/nano from nothing: tokenizer, pre-training, cold start, quantisation,
 * measurement, model cards. Seeded and resumable; progress lies in build/checkpoints.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { GYM_NAMES } from '../gyms/options';
import { openDevice } from '../kernels/device';
import { parseConfig, type PolicyConfig } from '../policy/config';
import { Dialogue } from '../policy/dialogue';
import { initialWeights, quantisedTensors } from '../policy/float-weights';
import { writeSafetensors } from '../policy/safetensors';
import { parseTokenizer } from '../policy/tokenizer';
import { splitSeed } from '../random';
import { DEFAULT_SETTINGS } from '../runs/settings';
import type { PolicyReport } from '../runs/record';
import { Session } from '../training/session';
import { modelCard, type Measurement } from './checkpoints/card';
import { RECIPE, type StageRecipe } from './checkpoints/recipe';
import { runStage, type StageResult } from './checkpoints/stage';
import { allTexts, tokenizerConfigFile, tokenizerFile } from './checkpoints/vocabulary';
import { nodeHost, readFrom } from './host';

/** Makes both checkpoints below `root`/models. */
export async function makeCheckpoints(root: string): Promise<void> {
  const device = await openDevice(nodeHost(root), 'wasm');
  process.stderr.write(`checkpoints: computing on ${device.device}\n`);
  const tokenizer = tokenizerFile(allTexts());
  process.stderr.write(`checkpoints: a vocabulary of ${tokenizer.size} tokens for all gyms\n`);
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

/** Test conversations that each gym is measured by, for each way of decoding. */
const MEASURED_EPISODES = 96;

async function measuredCard(root: string, stage: StageRecipe, result: StageResult): Promise<string> {
  const measurements: Measurement[] = [];
  let report: PolicyReport | undefined;
  for (const gym of GYM_NAMES) {
    const settings = {
      ...DEFAULT_SETTINGS,
      gym,
      checkpoint: stage.checkpoint,
      evaluationEpisodes: MEASURED_EPISODES,
      maxTurns: RECIPE.maxTurns,
    };
    const session = await Session.open(settings, (name) => readFrom(join(root, 'models', name)));
    report ??= session.policyReport;
    measurements.push({
      gym,
      baselines: await session.baselines(),
      evaluations: [await session.evaluate('sampled'), await session.evaluate('greedy')],
    });
    session.dispose();
  }
  if (!report) throw new Error('There is no gym to measure the checkpoint in.');
  const { parameters, vocabulary } = report;
  return modelCard({ stage, result, parameters, vocabulary, measurements });
}
