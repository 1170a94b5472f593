/**
 * Conversations in lock-step over a KV cache that is kept from turn to turn. Each row is one conversation.
 * A turn is: the pending words of all active rows go in as one ragged chunk, then tokens are sampled
 * on the device one per row, and read back once. Rows that finish early go on idly: what they write lies
 * behind their end and is overwritten by the next chunk.
 */
import { concat, getBackend, tensor2d, tidy, zeros, type Rank, type Tensor2D } from '@tensorflow/tfjs-core';
import { gatherRows, SAMPLE_FIELDS, sampleTokens, SPAN_FIELDS } from '../kernels';
import { indexColumn } from './batch';
import type { PolicyConfig } from './config';
import { hiddenStates, logitsOf, type LayerCache } from './forward';
import type { Adapter } from './lora';
import type { PolicyWeights } from './weights';

export interface DecoderOptions {
  readonly rows: number;
  /** Longest conversation in tokens. */
  readonly context: number;
  /** Most tokens of one turn, its end token included. */
  readonly maxNewTokens: number;
  readonly temperature: number;
  readonly seed: number;
  readonly endToken: number;
  readonly padToken: number;
}

/** What one row does in a turn: the tokens that come before it speaks again. */
export interface PendingTurn {
  readonly row: number;
  readonly ids: readonly number[];
}

export interface SampledTurn {
  readonly row: number;
  /** Sampled ids up to and including the end token, or all of them if none came. */
  readonly ids: number[];
  /** Log-probability of each at the sampling temperature, in nats. */
  readonly logProbs: number[];
}

export class Decoder {
  readonly #config: PolicyConfig;
  readonly #weights: PolicyWeights;
  readonly #adapter: Adapter | undefined;
  readonly #options: DecoderOptions;
  readonly #cache: LayerCache[];
  /** Tokens of each row that are in the cache. */
  readonly #lengths: number[];
  /** Tokens each row has sampled, the counter of its random stream. */
  #sampled = 0;

  constructor(
    config: PolicyConfig,
    weights: PolicyWeights,
    adapter: Adapter | undefined,
    options: DecoderOptions,
  ) {
    this.#config = config;
    this.#weights = weights;
    this.#adapter = adapter;
    this.#options = options;
    const width = config.num_key_value_heads * config.head_dim;
    const empty = () => zeros<Rank.R2>([options.rows * options.context, width]);
    this.#cache = Array.from({ length: config.num_hidden_layers }, () => ({
      keys: empty(),
      values: empty(),
    }));
    this.#lengths = new Array<number>(options.rows).fill(0);
  }

  /** Whether a row can take `incoming` more tokens and still speak a whole turn. */
  hasRoom(row: number, incoming: number): boolean {
    return this.#lengths[row]! + incoming + this.#options.maxNewTokens <= this.#options.context;
  }

  /** Feeds what is pending and samples a turn for each of these rows. One read-back. */
  async turn(pending: readonly PendingTurn[]): Promise<SampledTurn[]> {
    if (pending.length === 0) return [];
    const samples = tidy(() => this.#sampleTurn(pending));
    const flat = (await samples.data()) as Int32Array;
    samples.dispose();
    const width = samples.shape[1];
    const { endToken } = this.#options;
    return pending.map(({ row, ids: fed }, r) => {
      const ids: number[] = [];
      const logProbs: number[] = [];
      const record = flat.subarray(r * width, (r + 1) * width);
      const bits = new Float32Array(record.slice().buffer);
      for (let at = 0; at < width; at += SAMPLE_FIELDS) {
        ids.push(record[at]!);
        logProbs.push(bits[at + 1]!);
        if (record[at] === endToken) break;
      }
      // The last sampled token has not been fed yet; it goes in at the head of the next chunk.
      this.#lengths[row]! += fed.length + ids.length - 1;
      return { row, ids, logProbs };
    });
  }

  dispose(): void {
    for (const { keys, values } of this.#cache) {
      keys.dispose();
      values.dispose();
    }
  }

  #sampleTurn(pending: readonly PendingTurn[]): Tensor2D {
    const { context, maxNewTokens, temperature, seed, endToken, padToken } = this.#options;
    const total = pending.reduce((sum, { ids }) => sum + ids.length, 0);
    const ids = new Int32Array(total);
    const spans = new Int32Array(total * SPAN_FIELDS);
    const last: number[] = [];
    const next = new Int32Array(pending.length * SPAN_FIELDS);
    let at = 0;
    pending.forEach(({ row, ids: tokens }, r) => {
      const start = this.#lengths[row]!;
      if (start + tokens.length + maxNewTokens > context)
        throw new Error(`Row ${row} would outgrow the context of ${context} tokens`);
      tokens.forEach((id, i) => {
        ids[at] = id;
        spans.set([row * context, start + i + 1, 0], at * SPAN_FIELDS);
        at++;
      });
      last.push(at - 1);
      next.set([row * context, start + tokens.length + 1, 0], r * SPAN_FIELDS);
    });

    const keys = indexColumn(pending.map(({ row }) => row));
    const nextSpans = tensor2d(next, [pending.length, SPAN_FIELDS], 'int32');
    const step = (tokens: Tensor2D, where: Tensor2D, offset: number) =>
      hiddenStates(this.#config, this.#weights, this.#adapter, {
        ids: tokens,
        spans: where,
        offset,
        cache: this.#cache,
      });
    const draw = (hidden: Tensor2D, previous: Tensor2D | undefined) =>
      sampleTokens(logitsOf(this.#weights, hidden), keys, previous, {
        temperature,
        seed,
        counter: this.#sampled++,
        endToken,
        padToken,
      });

    const chunk = step(indexColumn(ids), tensor2d(spans, [total, SPAN_FIELDS], 'int32'), 0);
    const samples = [draw(gatherRows(chunk, indexColumn(last)), undefined)];
    for (let t = 1; t < maxNewTokens && !allFinished(samples.at(-1)!); t++) {
      const previous = samples.at(-1)!;
      samples.push(tidy(() => draw(step(previous, nextSpans, t - 1), previous)));
    }
    // Counters must not depend on when the slowest row ended, or a row's tokens would depend on its neighbours.
    this.#sampled += maxNewTokens - samples.length;
    return samples.length === 1 ? samples[0]!.clone() : concat(samples, 1);
  }
}

/** Whether every row has ended. Looked at only where looking costs nothing; on a GPU it would stall the queue. */
function allFinished(samples: Tensor2D): boolean {
  if (getBackend() === 'webgpu') return false;
  const values = samples.dataSync();
  for (let at = SAMPLE_FIELDS - 1; at < values.length; at += SAMPLE_FIELDS) if (!values[at]) return false;
  return true;
}
