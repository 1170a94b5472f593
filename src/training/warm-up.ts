/**
 * Compiling ahead what a run will compute on a GPU, so that its first step is not the one that waits, and none after
 * it: everything a step does is asked for once, in a way that only compiles and computes nothing.
 */
import { tidy, zeros, type Rank } from '@tensorflow/tfjs-core';
import { adamW, compileAhead, groupAdvantageOp } from '../kernels';
import type { Adapter } from '../policy/lora';
import type { Policy } from '../policy/policy';
import type { Settings } from '../runs/settings';
import { BATCH } from './evaluate';
import { decoderFor } from './grpo';
import { chunkGradient, disposeChunk, prepareChunk } from './objective';
import type { TokenChunk } from './tokens';

/** Words of a reply. */
const WORDS = 10;
/** Tokens of training passes: few, and so many that sums over them are cut into parts. */
const PASSES = [64, 2048] as const;
const SEQUENCE = 64;

/** Resolves with how many programs were compiled; at once with 0 where there is nothing to compile. */
export function warmUp(
  policy: Policy,
  settings: Settings,
  maxNewTokens: number,
  onProgress?: (done: number, total: number) => void,
): Promise<number> {
  cutMatrices(policy);
  return compileAhead(() => {
    rehearseRollout(policy, settings, maxNewTokens);
    for (const tokens of PASSES) rehearsePass(policy, settings, tokens);
    rehearseCredit(settings);
    rehearseUpdate(policy);
  }, onProgress);
}

/** The same for what a comparison of players plays beside that: the policy without its adapter. */
export function warmUpComparison(
  policy: Policy,
  onProgress?: (done: number, total: number) => void,
): Promise<number> {
  cutMatrices(policy);
  return compileAhead(() => rehearseTurns(policy, BATCH, 0, undefined, null), onProgress);
}

/** Of the adapters, which are kept from when they are first asked for: that must not be in a rehearsal. */
function cutMatrices({ adapter, referenceAdapter }: Policy): void {
  void [adapter, referenceAdapter];
}

function rehearseRollout(policy: Policy, settings: Settings, maxNewTokens: number): void {
  const most = Math.max(settings.tasksPerStep * settings.groupSize, settings.evaluationEpisodes);
  // Test tasks are played greedily, too.
  for (const temperature of new Set([settings.temperature, 0]))
    rehearseTurns(policy, most, temperature, maxNewTokens);
}

function rehearseTurns(
  policy: Policy,
  most: number,
  temperature: number,
  maxNewTokens?: number,
  adapter?: Adapter | null,
): void {
  for (const rows of [most, 1]) {
    const decoder = decoderFor(policy, rows, temperature, 0, maxNewTokens, adapter);
    decoder.rehearse(rows, WORDS);
    decoder.dispose();
  }
}

/** A chunk of as many tokens, a third of them sampled. */
function chunkOf(tokens: number): TokenChunk {
  const count = Math.ceil(tokens / SEQUENCE);
  const scored = Math.floor(tokens / 3);
  const zerosOf = () => new Int32Array(scored);
  return {
    sequences: Array.from({ length: count }, () => new Array<number>(SEQUENCE).fill(0)),
    rollouts: Array.from({ length: count }, () => 0),
    positions: Int32Array.from({ length: scored }, (_, i) => 3 * i),
    targets: zerosOf(),
    rollout: zerosOf(),
    turn: zerosOf(),
    oldLogProbs: new Float32Array(scored),
  };
}

function rehearsePass(policy: Policy, settings: Settings, tokens: number): void {
  const advantages = zeros<Rank.R2>([1, settings.maxTurns]);
  const chunk = prepareChunk(policy, chunkOf(tokens), advantages, [1], settings);
  const { gradient, stats } = chunkGradient(policy, chunk, settings, false);
  [gradient, stats, advantages].forEach((tensor) => tensor.dispose());
  disposeChunk(chunk);
}

function rehearseCredit({ groupSize, maxTurns, std, epsilon, normalizeByStd }: Settings): void {
  const options = { groupSize, sampleStd: std === 'sample', epsilon, normalizeByStd };
  const turns = () => zeros<Rank.R2>([groupSize, maxTurns]);
  tidy(() => void groupAdvantageOp(zeros<Rank.R1>([groupSize]), turns(), turns(), options));
}

function rehearseUpdate({ parameters: { size } }: Policy): void {
  const options = { learningRate: 0, beta1: 0, beta2: 0, epsilon: 1, weightDecay: 0, maxNorm: 1, step: 1 };
  tidy(() => void adamW(zeros<Rank.R2>([3, size]), zeros<Rank.R1>([size]), options));
}
