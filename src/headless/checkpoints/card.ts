/** The model card: what a checkpoint is, how it was made, and what it was measured to do. */
import type { GymName } from '../../gyms/options';
import type { Baselines, EvaluationRecord } from '../../runs/record';
import { RECIPE, type StageRecipe } from './recipe';
import type { StageResult } from './stage';

export interface CardFacts {
  readonly stage: StageRecipe;
  readonly result: StageResult;
  readonly parameters: number;
  readonly vocabulary: number;
  readonly measurements: readonly Measurement[];
}

/** How the policy and the players of known quality do in one gym. */
export interface Measurement {
  readonly gym: GymName;
  readonly baselines: Baselines;
  readonly evaluations: readonly EvaluationRecord[];
}

const percent = (value: number) => `${(100 * value).toFixed(1)} %`;

export function modelCard({ stage, result, parameters, vocabulary, measurements }: CardFacts): string {
  const { config } = RECIPE;
  const cold = stage.checkpoint === 'nano';
  const flop = 6 * parameters * result.tokens;
  const rows = measurements.flatMap(({ gym, baselines, evaluations }) =>
    evaluations.map(
      ({ decoding, episodes, score, score_ci95, success, turns, validity }) =>
        `| ${gym} | ${decoding} | ${episodes} | ${score.toFixed(3)} ± ${score_ci95.toFixed(3)} | ${baselines.random.toFixed(3)} | ${baselines.oracle.toFixed(3)} | ${percent(success)} | ${turns.toFixed(2)} | ${percent(validity)} |`,
    ),
  );
  const weights = Object.values(RECIPE.gyms).reduce((sum, { weight }) => sum + weight, 0);
  const shares = Object.entries(RECIPE.gyms)
    .map(([gym, { weight, expertShare }]) => {
      const share = `${gym} ${percent(weight / weights)}`;
      return cold ? `${share}, of it ${percent(expertShare)} expert turns` : share;
    })
    .join('; ');
  return `---
license: mit
library_name: turnwise
tags: [turnwise, grpo, userrl, qwen3]
---
# Turnwise ${stage.checkpoint}

${
  cold
    ? 'The cold-started policy: it holds a conversation in the tool protocol, but mostly says whatever comes to mind, as the noisy demonstrators do. Reinforcement learning starts here.'
    : 'The base: it knows the language and the facts of the gyms, and has seen the tool protocol only now and then.'
}

A Qwen3-style decoder of ${parameters.toLocaleString('en')} parameters: ${config.num_hidden_layers} layers, width ${config.hidden_size}, ${config.num_attention_heads} heads over ${config.num_key_value_heads} key heads of ${config.head_dim}, SwiGLU ${config.intermediate_size}, tied embeddings, a vocabulary of ${vocabulary} words, context ${config.max_position_embeddings}. Matrices are int8 with one float scale per output channel (\`*.weight_scale\`); norms are float. Dequantised (\`weight * weight_scale\`), the tensors load into \`Qwen3ForCausalLM\`.

## How it was made

\`npm run checkpoints\` makes it, from seed ${RECIPE.seed}, with this project's own engine; it can be interrupted and taken up again.

| | |
|---|---|
| data | ${cold ? `conversations of the noisy demonstrators with scripted users of every strength, half of them plain; ${percent(RECIPE.shownRewards)} show the policy its rewards; mixed with ${percent(stage.interviews)} prose` : `generated prose about the gyms' worlds, ${percent(stage.interviews)} of it written-down conversations of a good demonstrator (expert share ${RECIPE.interviewExpertShare}); ${(100 * stage.conversations).toFixed(2)} % of the sequences are in the tool protocol`} |
| gyms | ${shares} |
| updates | ${stage.updates} of ${stage.batch} sequences (${result.tokens.toLocaleString('en')} tokens) |
| optimiser | AdamW, peak ${stage.peakRate}, cosine, all weights in float, then quantised |
| compute | ${(flop / 1e12).toFixed(2)} TFLOP (6 x parameters x tokens), ${Math.round(result.seconds)} s on WASM, one thread |
| final loss | ${result.loss.toFixed(3)} nats a token |

## What it does

Test splits, plain user, at most ${RECIPE.maxTurns} turns. Score: sum of turn rewards as a fraction of the most a task allows, with a 95 % interval; beside it what the random demonstrator and the oracle score.

| gym | decoding | episodes | score | random | oracle | success | turns | well-formed turns |
|---|---|---|---|---|---|---|---|---|
${rows.join('\n')}

Not for anything but watching it learn: it knows some hundred words of eight small worlds.
`;
}
