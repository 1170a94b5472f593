/**
 * Looking into one rollout token by token, with the passes that the loss itself makes (objective.ts): under the policy
 * that sampled it, at the update, after it, under the reference, and under every policy the run remembers.
 */
import { tidy } from '@tensorflow/tfjs-core';
import { logSoftmaxRow } from '../kernels';
import { logitsOf } from '../policy/forward';
import { adapterFrom } from '../policy/lora';
import { Parameters } from '../policy/parameters';
import type { Policy } from '../policy/policy';
import type { Alternative, Inspection, TokenInspection } from '../runs/inspection';
import type { History } from './history';
import { scoreStates, scoringInputs, scoringStates, type Scored } from './objective';
import { tokenChunks } from './tokens';

/** How many other words are named for each token. */
const ALTERNATIVES = 5;

/** What one policy makes of the sampled tokens. */
interface Scores {
  readonly logProbs: readonly number[];
  readonly entropies: readonly number[];
}
interface Distributions extends Scores {
  /** Probability of every word at every token. */
  readonly words: readonly Float64Array[];
}

/** Rollout `rollout` of group `group` of step `step`; `undefined` where that is not remembered. */
export async function inspect(
  policy: Policy,
  history: History,
  { step, group, rollout }: { readonly step: number; readonly group: number; readonly rollout: number },
): Promise<Inspection | undefined> {
  const memory = history.hold(step);
  if (!memory) return undefined;
  const { settings } = memory;
  const index = group * settings.groupSize + rollout;
  const trajectory = memory.trajectories[index];
  if (!trajectory || rollout >= settings.groupSize) return undefined;

  const snapshots = [
    ...history.snapshots.filter((one) => one.step !== step),
    { step, values: memory.after },
  ].sort((a, b) => a.step - b.step);
  const steps = snapshots.map((one) => one.step);
  const about = { step, group, rollout, settings, weight: memory.weights[index]!, steps };
  const sampledTokens = trajectory.turns.reduce((sum, { logProbs }) => sum + logProbs.length, 0);
  if (sampledTokens === 0) return { ...about, turns: trajectory.turns.map(() => []) };

  const [chunk] = tokenChunks([trajectory], trajectory.ids.length);
  const scored = scoringInputs(chunk!);
  const { temperature } = settings;
  try {
    const before = await distributions(policy, memory.sampled, scored, temperature);
    const after = await distributions(policy, memory.after, scored, temperature);
    const update =
      settings.innerEpochs === 1 ? before : await scores(policy, memory.updated, scored, temperature);
    const reference = await scores(policy, null, scored, temperature);
    const along: (readonly number[])[] = [];
    for (const { values } of snapshots)
      along.push((await scores(policy, values, scored, temperature)).logProbs);

    const { tokenizer } = policy.dialogue;
    const token = (n: number): TokenInspection => ({
      text: tokenizer.token(chunk!.targets[n]!),
      old: chunk!.oldLogProbs[n]!,
      update: update.logProbs[n]!,
      now: after.logProbs[n]!,
      reference: reference.logProbs[n]!,
      updateEntropy: update.entropies[n]!,
      nowEntropy: after.entropies[n]!,
      alternatives: likeliest(before.words[n]!, after.words[n]!, (id) => tokenizer.token(id)),
      history: along.map((logProbs) => Math.exp(logProbs[n]!)),
    });
    let n = 0;
    return { ...about, turns: trajectory.turns.map(({ logProbs }) => logProbs.map(() => token(n++))) };
  } finally {
    Object.values(scored).forEach((tensor) => tensor.dispose());
  }
}

/** Runs `pass` under the policy with these adapter values, or under the reference where there are none. */
async function under<T>(
  policy: Policy,
  values: Float32Array | null,
  pass: (adapter: Policy['referenceAdapter']) => Promise<T>,
): Promise<T> {
  if (!values) return pass(policy.referenceAdapter);
  const parameters = new Parameters(policy.parameters.shapes, values);
  try {
    return await pass(adapterFrom(policy.config, parameters.views(), policy.lora));
  } finally {
    parameters.dispose();
  }
}

function scores(policy: Policy, values: Float32Array | null, scored: Scored, temperature: number) {
  return under(policy, values, async (adapter): Promise<Scores> => {
    const made = tidy(() =>
      scoreStates(policy, scoringStates(policy, adapter, scored), scored, { temperature }),
    );
    const rows = await made.array();
    made.dispose();
    return columns(rows);
  });
}

function distributions(policy: Policy, values: Float32Array, scored: Scored, temperature: number) {
  return under(policy, values, async (adapter): Promise<Distributions> => {
    const made = tidy(() => {
      const states = scoringStates(policy, adapter, scored);
      // Of one rollout the logits may be there all at once: a few hundred tokens by the vocabulary.
      return {
        scores: scoreStates(policy, states, scored, { temperature }),
        logits: logitsOf(policy.weights, states),
      };
    });
    const [rows, logits] = await Promise.all([made.scores.array(), made.logits.array()]);
    made.scores.dispose();
    made.logits.dispose();
    const words = logits.map((row) => logSoftmaxRow(row, temperature).map(Math.exp));
    return { ...columns(rows), words };
  });
}

const columns = (rows: readonly (readonly number[])[]): Scores => ({
  logProbs: rows.map(([logProb]) => logProb!),
  entropies: rows.map(([, entropy]) => entropy!),
});

/** The words that were or are the likeliest, likeliest of now first. */
function likeliest(
  before: Float64Array,
  now: Float64Array,
  textOf: (id: number) => string,
): readonly Alternative[] {
  return Array.from(now.keys())
    .sort((a, b) => Math.max(before[b]!, now[b]!) - Math.max(before[a]!, now[a]!))
    .slice(0, ALTERNATIVES)
    .sort((a, b) => now[b]! - now[a]!)
    .map((id) => ({ text: textOf(id), before: before[id]!, now: now[id]! }));
}
