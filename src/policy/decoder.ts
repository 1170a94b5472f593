/**
 * Conversations in lock-step over a KV cache that is kept from turn to turn. Each row is one conversation.
 * A turn is: the pending words of all active rows go in as one ragged chunk, then tokens are sampled
 * on the device one per row, and read back once. A step of one token is captured as a graph the first time and
 * replayed from then on; all that changes lies in one table of the rows' states, which the sampler moves on in
 * place. Rows that finish early go on idly: what they write lies behind their end and is overwritten by the
 * next chunk.
 */
import { getBackend, keep, tensor2d, tidy, zeros, type Rank, type Tensor2D } from '@tensorflow/tfjs-core';
import {
  capture,
  gatherRows,
  overwrite,
  peek,
  SAMPLE_FIELDS,
  SAMPLES,
  sampleTokens,
  TOKEN_FIELDS,
  type Graph,
} from '../kernels';
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

/** The state of so many rows and the captured step over them. */
interface Lane {
  readonly state: Tensor2D;
  step: Graph | undefined;
}

/** Rows are rounded up to a multiple of this, so that a rollout captures a few steps and not one for every number of rows. */
const ROW_BUCKET = 8;
/** Steps between looks at whether every row has ended, where looking takes a round trip. */
const STEPS_PER_LOOK = 4;

export class Decoder {
  readonly #config: PolicyConfig;
  readonly #weights: PolicyWeights;
  readonly #adapter: Adapter | undefined;
  readonly #options: DecoderOptions;
  readonly #cache: LayerCache[];
  readonly #lanes = new Map<number, Lane>();
  /** Tokens of each row that are in the cache. */
  readonly #lengths: number[];
  /** Tokens each row has sampled, the counter of its random stream. */
  #sampled = 0;

  /** The adapter must not change while the decoder lives. */
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
    const width = 2 * config.num_key_value_heads * config.head_dim;
    this.#cache = Array.from({ length: config.num_hidden_layers }, () =>
      // One slot more than the rows have, for the rows that only fill up a lane.
      zeros<Rank.R2>([options.rows * options.context + 1, width]),
    );
    this.#lengths = new Array<number>(options.rows).fill(0);
  }

  /** Whether a row can take `incoming` more tokens and still speak a whole turn. */
  hasRoom(row: number, incoming: number): boolean {
    return this.#lengths[row]! + incoming + this.#options.maxNewTokens <= this.#options.context;
  }

  /** Feeds what is pending and samples a turn for each of these rows. One read-back. */
  async turn(pending: readonly PendingTurn[]): Promise<SampledTurn[]> {
    if (pending.length === 0) return [];
    const lane = this.#lane(pending.length);
    this.#feed(pending, lane);
    const rows = await this.#speak(lane);
    const fields = lane.state.shape[1];
    const { maxNewTokens, endToken } = this.#options;
    this.#sampled += maxNewTokens;
    return pending.map(({ row, ids: fed }, r) => {
      const ids: number[] = [];
      const logProbs: number[] = [];
      const start = r * fields + SAMPLES;
      const record = rows.slice(start, start + maxNewTokens * SAMPLE_FIELDS);
      const bits = new Float32Array(record.buffer);
      for (let at = 0; at < record.length; at += SAMPLE_FIELDS) {
        ids.push(record[at]!);
        logProbs.push(bits[at + 1]!);
        if (record[at] === endToken) break;
      }
      // The last sampled token has not been fed yet; it goes in at the head of the next chunk.
      this.#lengths[row]! += fed.length + ids.length - 1;
      return { row, ids, logProbs };
    });
  }

  /** Asks for everything that a turn of so many rows runs, once, for `compileAhead`: nothing of it may be computed. */
  rehearse(rows: number, tokensPerRow: number): void {
    const lane = this.#lane(rows);
    const ids = new Array<number>(tokensPerRow).fill(this.#options.padToken);
    this.#feed(
      Array.from({ length: rows }, (_, row) => ({ row, ids })),
      lane,
    );
    tidy(() => this.#draw(this.#hidden(lane.state), lane.state));
  }

  dispose(): void {
    for (const { state, step } of this.#lanes.values()) {
      step?.dispose();
      state.dispose();
    }
    for (const store of this.#cache) store.dispose();
  }

  #lane(rows: number): Lane {
    const { maxNewTokens, rows: most } = this.#options;
    const size = Math.min(most, Math.ceil(rows / ROW_BUCKET) * ROW_BUCKET);
    let lane = this.#lanes.get(size);
    if (!lane) {
      const state = keep(
        tidy(() => zeros<Rank.R2>([size, SAMPLES + maxNewTokens * SAMPLE_FIELDS], 'int32').clone()),
      );
      this.#lanes.set(size, (lane = { state, step: undefined }));
    }
    return lane;
  }

  /** Runs the pending tokens through the model and draws the first token of the turn. */
  #feed(pending: readonly PendingTurn[], { state }: Lane): void {
    const { context, maxNewTokens, endToken, rows: most } = this.#options;
    const total = pending.reduce((sum, { ids }) => sum + ids.length, 0);
    const tokens = new Int32Array(total * TOKEN_FIELDS);
    const [size, fields] = state.shape;
    const rows = new Int32Array(size * fields);
    // Rows to fill up the lane are finished before they begin, and write where nobody reads.
    for (let r = pending.length; r < size; r++) rows.set([endToken, most * context, 1, 0], r * fields);
    const last = new Int32Array(size);
    let at = 0;
    pending.forEach(({ row, ids }, r) => {
      const start = this.#lengths[row]!;
      if (start + ids.length + maxNewTokens > context)
        throw new Error(`Row ${row} would outgrow the context of ${context} tokens`);
      ids.forEach((id, i) => {
        tokens.set([id, row * context, start + i + 1, 0], at * TOKEN_FIELDS);
        at++;
      });
      last[r] = at - 1;
      rows.set([ids.at(-1)!, row * context, start + ids.length, 0, row, this.#sampled], r * fields);
    });
    overwrite(state, rows);
    tidy(() => {
      const chunk = this.#hidden(tensor2d(tokens, [total, TOKEN_FIELDS], 'int32'));
      this.#draw(gatherRows(chunk, indexColumn(last)), state);
    });
  }

  /** Draws the rest of the turn's tokens; resolves with the rows' final states. */
  async #speak(lane: Lane): Promise<Int32Array> {
    const { maxNewTokens } = this.#options;
    // On the processor everything has happened by now and looking is free; on a GPU the next steps are under way
    // before the answer about the last ones is there.
    const waits = getBackend() === 'webgpu';
    const stepsPerLook = waits ? STEPS_PER_LOOK : 1;
    let looking = peek(lane.state) as Promise<Int32Array>;
    for (let drawn = 1; drawn < maxNewTokens;) {
      const seen = looking;
      if (!waits && this.#allFinished(await seen, lane)) return seen;
      const until = Math.min(maxNewTokens, drawn + stepsPerLook);
      for (; drawn < until; drawn++) this.#step(lane);
      looking = peek(lane.state) as Promise<Int32Array>;
      if (waits && this.#allFinished(await seen, lane)) return seen;
    }
    return looking;
  }

  #step(lane: Lane): void {
    if (lane.step) lane.step.replay();
    else lane.step = capture(() => this.#draw(this.#hidden(lane.state), lane.state));
  }

  #hidden(tokens: Tensor2D): Tensor2D {
    return hiddenStates(this.#config, this.#weights, this.#adapter, { tokens, cache: this.#cache });
  }

  #draw(hidden: Tensor2D, state: Tensor2D): void {
    const { temperature, seed, endToken, padToken } = this.#options;
    sampleTokens(logitsOf(this.#weights, hidden), state, { temperature, seed, endToken, padToken });
  }

  #allFinished(rows: Int32Array, { state: { shape } }: Lane): boolean {
    const { endToken } = this.#options;
    for (let at = 0; at < rows.length; at += shape[1]!) if (rows[at] !== endToken) return false;
    return true;
  }
}
