/**
 * From conversations to training tokens: which positions of the packed batch are scored, against which
 * target, and to which turn they belong.
 */
import type { Trajectory } from './rollout';

export interface TokenChunk {
  /** Input ids of each sequence, their last token left off: nothing is predicted from it. */
  readonly sequences: readonly (readonly number[])[];
  /** Rollout of each sequence. */
  readonly rollouts: readonly number[];
  /** For each scored token, in their order: its input position in the packed chunk, target id, rollout, turn, old log-probability. */
  readonly positions: Int32Array;
  readonly targets: Int32Array;
  readonly rollout: Int32Array;
  readonly turn: Int32Array;
  readonly oldLogProbs: Float32Array;
}

/** Indices of sequences of these lengths in runs of at most `maxTokens` tokens; a longer sequence goes alone. */
export function runsOf(lengths: readonly number[], maxTokens: number): number[][] {
  const runs: number[][] = [];
  let size = Infinity;
  lengths.forEach((length, i) => {
    if (size + length > maxTokens) {
      runs.push([]);
      size = 0;
    }
    runs.at(-1)!.push(i);
    size += length;
  });
  return runs;
}

/** Cuts a batch into chunks of whole sequences of at most `maxTokens` tokens, which bounds activation memory. */
export const tokenChunks = (trajectories: readonly Trajectory[], maxTokens: number): TokenChunk[] =>
  runsOf(
    trajectories.map(({ ids }) => ids.length),
    maxTokens,
  ).map((members) => chunkOf(trajectories, members));

function chunkOf(trajectories: readonly Trajectory[], rollouts: readonly number[]): TokenChunk {
  const positions: number[] = [];
  const targets: number[] = [];
  const rollout: number[] = [];
  const turn: number[] = [];
  const oldLogProbs: number[] = [];
  let base = 0;
  const sequences = rollouts.map((r) => {
    const { ids, turns } = trajectories[r]!;
    turns.forEach(({ start, logProbs }, t) => {
      logProbs.forEach((logProb, i) => {
        positions.push(base + start + i - 1);
        targets.push(ids[start + i]!);
        rollout.push(r);
        turn.push(t);
        oldLogProbs.push(logProb);
      });
    });
    base += ids.length - 1;
    return ids.slice(0, -1);
  });
  return {
    sequences,
    rollouts,
    positions: Int32Array.from(positions),
    targets: Int32Array.from(targets),
    rollout: Int32Array.from(rollout),
    turn: Int32Array.from(turn),
    oldLogProbs: Float32Array.from(oldLogProbs),
  };
}
