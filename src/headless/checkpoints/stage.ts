/** One stage of training, which can be interrupted and taken up again. */
import { mkdir, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { PolicyConfig } from '../../policy/config';
import type { Dialogue } from '../../policy/dialogue';
import { parseSafetensors, writeSafetensors } from '../../policy/safetensors';
import { splitSeed } from '../../random';
import { LanguageTrainer } from '../../training/language-trainer';
import { cosineRate } from '../../training/sft';
import { writeWhole } from '../host';
import { sequences } from './data';
import { RECIPE, type StageRecipe } from './recipe';

const SAVE_EVERY = 100;

export interface StageResult {
  readonly weights: Float32Array;
  readonly tokens: number;
  readonly seconds: number;
  readonly loss: number;
}

interface Progress {
  readonly state: Float32Array;
  readonly updates: number;
  readonly tokens: number;
  readonly seconds: number;
  readonly loss: number;
}

/** Trains a stage from `initial` weights, going on from `progressFile` if there is one. */
export async function runStage(
  stage: StageRecipe,
  config: PolicyConfig,
  dialogue: Dialogue,
  initial: Float32Array,
  progressFile: string,
): Promise<StageResult> {
  const trainer = new LanguageTrainer(config, initial);
  let { tokens, seconds, loss } = { tokens: 0, seconds: 0, loss: NaN };
  const saved = await load(progressFile);
  if (saved) {
    trainer.parameters.restore(saved);
    ({ tokens, seconds, loss } = saved);
    process.stderr.write(`${stage.checkpoint}: going on after update ${saved.updates}\n`);
  }
  while (trainer.parameters.updates < stage.updates) {
    const started = performance.now();
    const step = trainer.parameters.updates + 1;
    const seed = splitSeed(RECIPE.seed, stage.checkpoint, step);
    const batch = await sequences(dialogue, stage, seed);
    const value = await trainer.step(batch, cosineRate(stage.peakRate, step, stage.updates));
    loss = Number.isNaN(loss) ? value : 0.98 * loss + 0.02 * value;
    tokens += batch.reduce((sum, { ids }) => sum + ids.length, 0);
    seconds += (performance.now() - started) / 1000;
    if (step % SAVE_EVERY === 0 || step === stage.updates) {
      await save(progressFile, { ...(await trainer.parameters.snapshot()), tokens, seconds, loss });
      process.stderr.write(
        `${stage.checkpoint}: update ${step} of ${stage.updates}, loss ${loss.toFixed(3)}, ${Math.round(seconds)} s\n`,
      );
    }
  }
  const weights = await trainer.parameters.values();
  trainer.parameters.dispose();
  return { weights, tokens, seconds, loss };
}

async function load(path: string): Promise<Progress | undefined> {
  let bytes: Buffer;
  try {
    bytes = await readFile(path);
  } catch {
    return undefined;
  }
  const tensors = parseSafetensors(new Uint8Array(bytes).buffer);
  const numbers = (name: string) => Float32Array.from(tensors.get(name)?.data ?? []);
  const [updates = 0, tokens = 0, seconds = 0, loss = NaN] = numbers('progress');
  return { state: numbers('state'), updates, tokens, seconds, loss };
}

async function save(path: string, { state, updates, tokens, seconds, loss }: Progress): Promise<void> {
  const file = writeSafetensors(
    new Map([
      ['state', { dtype: 'F32', shape: [state.length], data: state }],
      ['progress', { dtype: 'F32', shape: [4], data: Float32Array.of(updates, tokens, seconds, loss) }],
    ]),
  );
  await mkdir(dirname(path), { recursive: true });
  await writeWhole(path, file);
}
